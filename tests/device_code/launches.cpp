// device_launches FOLDER: what every kernel of a device hands to the driver, on a machine without one. This
// program's lcn_device_* take the place of the runtime's, which the kernels' objects call: they write the
// code to FOLDER/<symbol>.<target>, and the launch to standard output, one line for each kernel:
//
//   symbol target blocks_x blocks_y blocks_z threads_x threads_y threads_z shared_bytes function tensors
//
// Tensors are those that its code takes, in order, with a comma after each.
#include <HalideRuntime.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "kernel.h"

namespace {

struct Kernel {
    const char *symbol, *target, *operation;
    void (*entry)();
};

// The kernel that is called, and what it has handed over.
struct Call {
    const Kernel& kernel;
    std::string folder;
    int launches = 0;
};

// Where a tensor is, for the kernel; nobody reads its memory.
enum Tensor : uint64_t { input = 1, weights, bias, output, elements };

const char* name_of(uint64_t tensor) {
    constexpr const char* names[] = {"", "input,", "weights,", "bias,", "output,", "elements,"};
    return names[tensor];
}

}  // namespace

extern "C" {

int lcn_device_load(void* call, void**, const char* source, int bytes) {
    const auto& c = *static_cast<Call*>(call);
    std::ofstream file(c.folder + "/" + c.kernel.symbol + "." + c.kernel.target, std::ios::binary);
    file.write(source, std::streamsize(strnlen(source, size_t(bytes))));
    return file.flush() ? 0 : -1;
}

int lcn_device_run(void* call, void*, const char* function, int blocks_x, int blocks_y, int blocks_z,
                   int threads_x, int threads_y, int threads_z, int shared_bytes, size_t* bytes,
                   void** arguments, int8_t* is_buffer) {
    auto& c = *static_cast<Call*>(call);
    std::string tensors;
    for (int k = 0; bytes[k] != 0; k++)
        if (is_buffer[k]) tensors += name_of(static_cast<halide_buffer_t*>(arguments[k])->device);
    std::printf("%s %s %d %d %d %d %d %d %d %s %s\n", c.kernel.symbol, c.kernel.target, blocks_x, blocks_y,
                blocks_z, threads_x, threads_y, threads_z, shared_bytes, function, tensors.c_str());
    c.launches++;
    return 0;
}

void lcn_device_unload(void*, void*) {}
int lcn_device_copy(void*, halide_buffer_t*, const halide_device_interface_t*) {
    return 0;
}
const halide_device_interface_t* lcn_device_interface() {
    return nullptr;
}

#define LCN_KERNEL(target, operation, types, symbol, ...) void symbol();
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL

}  // extern "C"

namespace {

constexpr Kernel kernels[] = {
#define LCN_KERNEL(target, operation, types, symbol, ...) {#symbol, #target, #operation, symbol},
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
};

// A layer that is larger than every group of tiles: 3 x 3 windows without padding in images of 8 x 8.
constexpr int64_t batch = 128, side = 8, channels = 128, filters = 256, window = 3;
constexpr int64_t columns = side - window + 1, positions = columns * columns, taps = window * channels;
template <int N>
using View = lcn::View<N>;

using Buffer = halide_buffer_t*;

template <typename... Arguments>
void call(Call& c, Arguments... arguments) {
    reinterpret_cast<int (*)(void*, Arguments...)>(c.kernel.entry)(&c, arguments...);
}

// As passes.cpp calls them.
void forward(Call& c, Buffer image, Buffer weights, Buffer, Buffer bias, Buffer output, Buffer) {
    call<Buffer, Buffer, Buffer, int, int, int, int, int, int, Buffer>(c, image, weights, bias, int(channels),
                                                                       int(columns), 1, 0, 0, 1, output);
}
void backward_input_gather(Call& c, Buffer, Buffer, Buffer weights, Buffer, Buffer output, Buffer pixels) {
    call<Buffer, Buffer, int, int, int, int, int, int, int, Buffer>(
        c, output, weights, int(side), int(columns), int(columns), 1, 1, 0, 0, pixels);
}
void backward_weights(Call& c, Buffer image, Buffer weights, Buffer, Buffer, Buffer output, Buffer) {
    call<Buffer, Buffer, int, int, int, int, int, Buffer>(c, image, output, int(channels), int(columns), 1, 0,
                                                          0, weights);
}

// False when it is none of those above.
bool call_layer(Call& c) {
    const std::string operation = c.kernel.operation;
    const auto of_operation = operation == "forward"                 ? forward
                              : operation == "backward_input_gather" ? backward_input_gather
                              : operation == "backward_weights"      ? backward_weights
                                                                     : nullptr;
    if (!of_operation) return false;
    View<4> image(input,
                  {{batch, side * side * channels}, {1, 0}, {side, side * channels}, {side * channels, 1}});
    View<5> of_windows(weights, {{positions, window * taps * filters},
                                 {1, 0},
                                 {window, taps * filters},
                                 {taps, filters},
                                 {filters, 1}});
    View<5> of_channels(weights, {{positions, window * taps * filters},
                                  {window, taps * filters},
                                  {window, channels * filters},
                                  {channels, filters},
                                  {filters, 1}});
    View<3> biases(bias, {{batch, 0}, {positions, filters}, {filters, 1}});
    View<3> results(output, {{batch, positions * filters}, {positions, filters}, {filters, 1}});
    View<3> pixels(input, {{batch, side * side * channels}, {side * side, channels}, {channels, 1}});
    of_operation(c, image, of_windows, of_channels, biases, results, pixels);
    return true;
}

bool call_elementwise(Call& c) {
    const std::string operation = c.kernel.operation;
    View<2> row(elements, {{1, 0}, {1000, 1}});
    View<1> line(elements, {{1000, 1}});
    if (operation == "activation")
        call<Buffer, float, float, float, Buffer>(c, row, 1, 1, 1, row);
    else if (operation == "activation_gradient")
        call<Buffer, Buffer, float, float, float, Buffer>(c, row, row, 1, 1, 1, row);
    else if (operation == "axpby")
        call<Buffer, float, float, Buffer>(c, line, 1, 1, line);
    else
        return false;
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: device_launches FOLDER\n", stderr), 2;
    for (const Kernel& kernel : kernels) {
        Call c{kernel, argv[1]};
        if (!call_layer(c) && !call_elementwise(c)) {
            std::fprintf(stderr, "%s: launches.cpp does not call this operation\n", kernel.symbol);
            return 1;
        }
        if (c.launches == 1) continue;
        std::fprintf(stderr, "%s was launched %d times\n", kernel.symbol, c.launches);
        return 1;
    }
}
