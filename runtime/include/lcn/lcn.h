// lcn: locally connected 2D layers, convolutions whose weights are not shared between positions.
//
// Plain pointers and a problem description; float32. With N = batch, H x W = input rows x columns, C =
// channels, F = filters, KH x KW = kernel rows x columns, SH, SW = strides, OH x OW = output rows x columns:
//
//   before[n, r, q, f] = bias[r, q, f] + sum over i, j, c of input[n, r*SH - PH + i, q*SW - PW + j, c]
//                                                            * kernel[r, q, i, j, c, f]
//   output             = activation(before)
//
//   valid: PH = PW = 0,               OH = (H - KH) / SH + 1
//   same:  PH = KH / 2, PW = KW / 2,  OH = (H + SH - 1) / SH      (Keras's `same`, not TensorFlow's SAME)
//
// Divisions round down. Taps outside the image contribute nothing (their weights are not read), their
// gradient is 0.
//
// Tensors, outermost dimension first, contiguous, except that images may be spaced by a batch stride:
//
//   tensor                      channels_last          channels_first
//   input, input_gradient       [N][H][W][C]           [N][C][H][W]
//   kernel, kernel_gradient     [OH][OW][KH][KW][C][F] [OH][OW][C][KH][KW][F]   (Keras implementation 1)
//   bias, bias_gradient         [OH][OW][F]            [F][OH][OW]              (as Keras reads its buffer)
//   output, output_gradient, .. [N][OH][OW][F]         [N][F][OH][OW]
//
// Ownership: the caller owns every buffer; nothing is kept after a call. Buffers need 4-byte alignment only.
// Memory: a call allocates nothing. It works in a workspace of workspace_bytes(), owned by the caller, below
// 2 MB per thread whatever the batch. (The library's own threads are started once, by the first call that
// uses them.) Errors: nothing throws, prints or aborts. A Status names the argument and its value; a call
// that returns one has not touched any output. Threads: all functions may be called from several threads at
// once on different outputs and workspaces. A call that finds the library's threads busy with another call
// does its work in the calling thread. The library's threads take no signal that is sent to the process. Fork:
// in a child the library's threads do not exist; calls there work, in the calling thread. Determinism: for one build and target, results have the same bits for any number of
// threads, any alignment and any run; those of forward also for any batch size and any place in the batch.
// backward_input has two orders of summation, one below 8 images and one from 8 on; backward_weights sums
// over the batch in order, a large one in parts that depend on the shape alone. On a device (a GPU) forward
// has two orders too, with the same border.
//
// Devices: their targets run only when they are asked for. A call copies its tensors to device 0 and back,
// allocates there, needs no workspace, and takes tensors below 2^31 elements; it fails with device_failed or
// no_device_memory when the driver does, and its outputs then are unspecified. A child that is forked after
// the first use of a device cannot use it. lcn/device.h has the calls on tensors that are on a device.
#ifndef LCN_LCN_H
#define LCN_LCN_H

#include <cstdint>
#include <limits>

#include "lcn/api.h"

namespace lcn {

enum class Code {
    ok,
    null_pointer,         // a required pointer is null
    misaligned,           // a pointer is not a multiple of 4 bytes
    overlap,              // an output overlaps another buffer of the call
    invalid_size,         // a size or stride is not positive, or the kernel does not fit the image
    overflow,             // a tensor would have more than 2^62 bytes, or more elements than a device takes
    invalid_argument,     // any other value out of its range
    unknown_target,       // no target of this name was built into the library
    unusable_target,      // this machine cannot run the target, or any target of the library
    workspace_too_small,  // fewer bytes than workspace_bytes() says
    device_failed,        // a GPU or its driver failed
    no_device_memory,     // the memory of a GPU does not suffice
    not_built,            // the library was built without this operation (LCN_OPERATIONS)
    no_memory,            // of the host: for a tuning (lcn/tuning.h), for what a device's driver needs
};

struct Status {
    Code code = Code::ok;
    char message[200] = "";  // empty when ok; else a sentence with the argument's name and value

    bool ok() const { return code == Code::ok; }
};

enum class Padding { valid, same };
enum class DataFormat { channels_last, channels_first };
enum class Operation { forward, backward_input, backward_weights };
enum class Update { overwrite, accumulate };

// The elementwise activations of Keras. Parameters that a function does not name are ignored by it.
enum class Function {
    linear,        // x
    relu,          // x >= max_value ? max_value : x > threshold ? x : alpha (x - threshold)
    relu6,         // min(max(x, 0), 6)
    leaky_relu,    // x > 0 ? x : alpha x
    elu,           // x > 0 ? x : alpha (exp(x) - 1)
    selu,          // 1.05070098 (x > 0 ? x : 1.67326324 (exp(x) - 1))
    softplus,      // ln(1 + exp(x))
    softsign,      // x / (1 + |x|)
    swish,         // x sigmoid(x); Keras's silu is the same
    tanh,          // tanh(x)
    sigmoid,       // 1 / (1 + exp(-x))
    exponential,   // exp(x)
    hard_sigmoid,  // clip(0.2 x + 0.5, 0, 1)
    gelu,          // x/2 (1 + erf(x / sqrt(2)))
    mish           // x tanh(softplus(x))
};

LCN_API const char* function_name(Function function);  // as above; "" for no such value

struct Activation {
    Function function = Function::linear;
    float alpha = 0.0f;  // slope below the threshold (relu), below 0 (leaky_relu), scale (elu)
    float max_value = std::numeric_limits<float>::infinity();  // relu
    float threshold = 0.0f;                                    // relu
};

struct Problem {
    int64_t batch = 1;
    int64_t input_rows = 0, input_columns = 0, channels = 0;
    int64_t filters = 0;
    int64_t kernel_rows = 0, kernel_columns = 0;
    int64_t stride_rows = 1, stride_columns = 1;
    Padding padding = Padding::valid;
    DataFormat data_format = DataFormat::channels_last;
    Activation activation = {};
    // Elements from one image to the next; 0: images are contiguous.
    int64_t input_batch_stride = 0;   // of input and input_gradient
    int64_t output_batch_stride = 0;  // of output, before_activation and output_gradient
};

struct Workspace {
    void* data = nullptr;  // contents are neither read nor kept between calls
    int64_t bytes = 0;
};

// Sets rows and columns to OH and OW.
LCN_API Status output_size(const Problem& problem, int64_t& rows, int64_t& columns);

// Sets bytes to what `operation` needs for `problem` with the present target and number of threads; often 0.
LCN_API Status workspace_bytes(const Problem& problem, Operation operation, int64_t& bytes);

// output = activation(before). `bias` may be null: no bias. `before_activation` may be null, or receives
// `before`, which activation_gradient needs; it has the shape and the batch stride of the output.
LCN_API Status forward(const Problem& problem, const float* input, const float* kernel, const float* bias,
                       float* output, float* before_activation, Workspace workspace);

// The backward passes take the gradient of `before` (see activation_gradient); the activation of `problem` is
// ignored.
//
//   input_gradient[n, y, x, c] = sum over all (r, q, i, j) whose tap hits (y, x), and over f,
//                                of output_gradient[n, r, q, f] * kernel[r, q, i, j, c, f]
LCN_API Status backward_input(const Problem& problem, const float* output_gradient, const float* kernel,
                              float* input_gradient, Workspace workspace);

//   kernel_gradient[r, q, i, j, c, f] (+)= sum over n of input[n, r*SH - PH + i, q*SW - PW + j, c]
//                                                        * output_gradient[n, r, q, f]
//   bias_gradient[r, q, f]            (+)= sum over n of output_gradient[n, r, q, f]
//
// `update` says whether the gradients are overwritten or added to. `bias_gradient` may be null.
LCN_API Status backward_weights(const Problem& problem, const float* input, const float* output_gradient,
                                float* kernel_gradient, float* bias_gradient, Update update,
                                Workspace workspace);

// before_gradient[x] = output_gradient[x] * activation'(before_activation[x]) for x in [0, count).
// before_gradient may be either input. The output may stand in for before_activation for relu with alpha 0
// and no max_value, for leaky_relu with a positive alpha, and for relu6.
LCN_API Status activation_gradient(const Activation& activation, int64_t count,
                                   const float* before_activation, const float* output_gradient,
                                   float* before_gradient);

// Number of threads for the calls that follow, 1 to 1024; at first the number of processors this process may
// use. A call with too little work for all of them, 25 us each, uses fewer.
LCN_API Status set_threads(int threads);
LCN_API int threads();

// Runs task(argument, index) for every index in [0, count), in any order and on any threads, and returns when
// all are done. Replaces the library's own threads until it is set to null again. Not to be changed while a
// call runs.
using ParallelFor = void (*)(void* context, int count, void (*task)(void* argument, int index),
                             void* argument);
LCN_API void set_parallel_for(ParallelFor parallel_for, void* context);

// Forces a target by name; null or "" goes back to the environment variable LCN_TARGET, or else the best
// target this machine can run. With an LCN_TARGET that is unknown or unusable every call returns that error.
LCN_API Status set_target(const char* name);

// Sets name to the target that calls use.
LCN_API Status target(const char*& name);

LCN_API const char* version();

}  // namespace lcn

#endif
