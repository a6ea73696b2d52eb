// The files of `lcn tune`, for programs that link lcn::layer; docs/tuning.md has their schema.
//
// A file is taken whole or refused whole, with a reason: when it is damaged, or was made by another version
// of lcn, with other kernels, or on machines that are none like this one, or when an entry may change bits
// and nobody asked for that. Then calls use what they used before.
#ifndef LCN_TUNING_FILE_H
#define LCN_TUNING_FILE_H

#include <string>

#include "lcn/api.h"

namespace lcn {

// Makes the entries of the file the tuning of all calls (lcn/tuning.h). With `reorders` also those that may
// change bits. Throws std::runtime_error with the path and the reason, and changes nothing then.
LCN_API void load_tuning(const std::string& path, bool reorders = false);

// The file that the environment names by LCN_TUNING is loaded once, by the first of these: this function, and
// the first layer that is made (lcn/layer.h); but not when there is a tuning already, for what the program
// asks for comes first. LCN_TUNING_REORDERS=1 is `reorders`. The functions of lcn.h alone read no file.
// A layer says nothing of a file that was refused; `refused` here does.
struct EnvironmentTuning {
    std::string path;     // "": LCN_TUNING is not set, or empty
    std::string refused;  // why, with the path; "": the file is in force, or there is none
};
LCN_API const EnvironmentTuning& environment_tuning();

}  // namespace lcn

#endif
