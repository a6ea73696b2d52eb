#include "bench/autoscheduled/kernel.h"

#include <dlfcn.h>

#include <stdexcept>
#include <vector>

namespace bench {

namespace {

using lcn::Operation;

enum class Tensor { input, weights, output };

struct Arguments {
    Tensor first, second, result;
};

Arguments arguments_of(Operation operation) {
    switch (operation) {
        case Operation::forward:
            return {Tensor::input, Tensor::weights, Tensor::output};
        case Operation::backward_input:
            return {Tensor::output, Tensor::weights, Tensor::input};
        case Operation::backward_weights:
            return {Tensor::input, Tensor::output, Tensor::weights};
    }
    throw std::runtime_error("no such operation");
}

// In Halide's order, innermost first.
std::vector<int> extents(Tensor tensor, const Row& row) {
    const Shape& s = *row.shape;
    const int columns = int(s.output_columns()), rows = int(s.output_rows());
    switch (tensor) {
        case Tensor::input:
            return {s.channels, s.columns, s.rows, row.batch};
        case Tensor::weights:
            return {s.filters, s.channels, s.kernel_columns, s.kernel_rows, columns, rows};
        case Tensor::output:
            return {s.filters, columns, rows, row.batch};
    }
    throw std::runtime_error("no such tensor");
}

uint8_t* bytes(const float* data) {
    return reinterpret_cast<uint8_t*>(const_cast<float*>(data));
}

void* open(const std::string& library) {
    void* const opened = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!opened) throw std::runtime_error(dlerror());
    return opened;
}

}  // namespace

Kernel::Kernel(const std::string& library, const Row& row) : library_(open(library)) {
    function_ = reinterpret_cast<decltype(function_)>(dlsym(library_, "autoscheduled"));
    const auto set_threads = reinterpret_cast<int (*)(int)>(dlsym(library_, "halide_set_num_threads"));
    if (!function_ || !set_threads) throw std::runtime_error(library + " is not a kernel");
    set_threads(1);
    const Arguments arguments = arguments_of(row.operation);
    first_ = Buffer(static_cast<float*>(nullptr), extents(arguments.first, row));
    second_ = Buffer(static_cast<float*>(nullptr), extents(arguments.second, row));
    result_ = Buffer(static_cast<float*>(nullptr), extents(arguments.result, row));
}

Kernel::~Kernel() {
    dlclose(library_);
}

int Kernel::operator()(const float* first, const float* second, float* result) {
    first_.raw_buffer()->host = bytes(first);
    second_.raw_buffer()->host = bytes(second);
    result_.raw_buffer()->host = bytes(result);
    return function_(first_, second_, result_);
}

}  // namespace bench
