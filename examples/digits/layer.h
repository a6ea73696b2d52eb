// A locally connected layer that trains: its weights, their gradients, and one call of lcn for each pass.
#pragma once

#include <lcn/lcn.h>

#include <cstddef>
#include <random>
#include <vector>

namespace digits {

// Numbers that training changes, and the gradient of the loss by them.
template <typename Array>
struct Parameters {
    Array values, gradient;
};

struct ImageSize {
    int64_t rows, columns, channels;

    int64_t count() const { return rows * columns * channels; }
};

struct LayerDescription {
    int64_t filters;
    int64_t kernel_side;  // rows and columns of the kernel
    lcn::Function function;
};

// Padding valid, stride 1, channels_last.
class Layer {
  public:
    // Throws std::runtime_error when the kernel does not fit the input.
    Layer(const ImageSize& input, const LayerDescription& description, std::mt19937& random);

    // Takes `batch` images, which must stay until the backward calls are done; gives `batch` outputs, valid
    // until the next forward.
    const float* forward(int64_t batch, const float* input);

    // Takes the gradient of the loss by the outputs of the last forward, turns it into the one before the
    // activation, and sets the gradients of kernel and bias from it.
    void backward_weights(float* gradient);
    // Takes what backward_weights left; gives the gradient of the loss by the inputs, valid until the next
    // call.
    float* backward_input(const float* gradient);

    const ImageSize& input_size() const { return input_size_; }
    const ImageSize& output_size() const { return output_size_; }
    const lcn::Problem& problem() const { return problem_; }

    // [output rows][output columns][kernel_side][kernel_side][channels][filters]
    Parameters<std::vector<float>> kernel;
    Parameters<std::vector<float>> bias;  // [output rows][output columns][filters]

  private:
    lcn::Workspace workspace(lcn::Operation operation);

    ImageSize input_size_;
    lcn::Problem problem_;
    ImageSize output_size_;
    const float* input_ = nullptr;
    std::vector<float> output_, input_gradient_;
    std::vector<std::byte> workspace_;
};

}  // namespace digits
