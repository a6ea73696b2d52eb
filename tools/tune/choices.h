#pragma once

#include <string>

namespace lcn::tool {

// `lcn choices`: the choices of a tuning's file as CMake reads them (cmake/LcnTuned.cmake), for libraries of
// lcn_add_layer(). Of several machines or numbers of threads the first that has a problem counts. The file is
// refused whole as when it is loaded, but may name another machine, and kernels of another library; and when
// it has a kernel that may change bits. To standard output when `output_path` is empty.
void print_choices(const std::string& tuning_path, const std::string& output_path);

}  // namespace lcn::tool
