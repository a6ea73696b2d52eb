// lcn/layer.h: the layers LocallyConnected2D and LocallyConnected1D of Keras (tf.keras of TensorFlow 2.3 and
// the later Keras 2), with their arguments, weights, losses, constraints and configuration. Link lcn::layer.
//
//   lcn::LocallyConnected2D layer({64, {3, 3}});           // filters, kernel_size, ... in Keras's order
//   lcn::Tensor output = layer({{1, 32, 32, 3}, pixels});  // built at the first call: (1, 30, 30, 64)
//
// Shapes and tensors are in Keras's order, outermost first, without gaps: input (N, H, W, C), or (N, C, H, W)
// with channels_first; LocallyConnected1D (N, L, C) or (N, C, L). `implementation` decides the layout of the
// kernel that is seen, set and saved, and nothing else: all run the same kernels at the same speed
// (docs/keras_layer.md, which also lists every difference from Keras).
//
// Errors: wrong arguments throw std::invalid_argument with a sentence that names the argument and its value;
// a call at the wrong moment (before build, a change after it) std::logic_error; a target that cannot run, a
// device that fails or has no memory, or no memory for the weights (the sentence says how much they take),
// std::runtime_error; no memory for anything else std::bad_alloc. A call that throws has changed nothing.
// What a function of your own throws passes through; the output of a call may be written by then. Memory: the
// layer owns its weights; `memory` says how much before it is taken. Threads: const methods, and calls of a
// built layer, may run at once in several threads; all else needs the layer alone. A layer that was moved
// from can only be assigned to or destroyed. Devices: with the target of a GPU weights are copied there by
// the first call that needs them and stay until they change; what else a call reads or writes is copied each
// time. Environment: the first layer of a process loads the tuning file that LCN_TUNING names
// (lcn/tuning_file.h), which changes speed alone.
#ifndef LCN_LAYER_H
#define LCN_LAYER_H

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "lcn/api.h"

namespace lcn {

namespace layer {
struct State;
}

using Shape = std::vector<int64_t>;
inline constexpr int64_t unknown = -1;  // Keras's None in a shape

struct Tensor {
    Shape shape;
    std::vector<float> values;
};

// Functions of your own, on tensors in Keras's shape and layout. A layer that has one has no get_config.
struct ActivationFunction {
    std::function<void(const Shape& shape, const float* before, float* output)> value;
    // before_gradient = output_gradient times the derivative at `before` (its Jacobian, transposed)
    std::function<void(const Shape& shape, const float* before, const float* output_gradient,
                       float* before_gradient)>
        gradient;
};
using InitializerFunction = std::function<void(const Shape& shape, float* values)>;
struct RegularizerFunction {
    std::function<double(const Shape& shape, const float* values)> loss;
    // gradient += d loss / d values
    std::function<void(const Shape& shape, const float* values, float* gradient)> add_gradient;
};
using ConstraintFunction = std::function<void(const Shape& shape, float* values)>;

// What Keras takes as None, a name, a dictionary or a function:
//
//   nullptr                                                    None
//   "l2"                                                       a name
//   R"({"class_name": "L2", "config": {"l2": 0.001}})"         a dictionary, as JSON
//   RegularizerFunction{...}                                   your own
template <typename Own>
class Setting {
  public:
    Setting(std::nullptr_t = nullptr) {}
    Setting(const char* text) : text_(text) {}
    Setting(std::string text) : text_(std::move(text)) {}
    template <typename T, typename = std::enable_if_t<std::is_constructible_v<Own, T> &&
                                                      !std::is_convertible_v<T, std::string> &&
                                                      !std::is_same_v<std::decay_t<T>, Setting>>>
    Setting(T&& own) : own_(std::forward<T>(own)) {}

    const std::optional<std::string>& text() const { return text_; }
    const std::optional<Own>& own() const { return own_; }

  private:
    std::optional<std::string> text_;
    std::optional<Own> own_;
};

// One size for every axis, `3`, or one for each, `{3, 2}`: rows, then columns.
class Sizes {
  public:
    Sizes(int64_t every) : values_{every}, is_list_(false) {}
    Sizes(std::initializer_list<int64_t> each) : values_(each), is_list_(true) {}
    explicit Sizes(std::vector<int64_t> each) : values_(std::move(each)), is_list_(true) {}

    const std::vector<int64_t>& values() const { return values_; }
    bool is_list() const { return is_list_; }

  private:
    std::vector<int64_t> values_;
    bool is_list_;
};

// The arguments of both layers, in Keras's order, with Keras's names, defaults and meaning.
struct LayerArguments {
    int64_t filters;
    Sizes kernel_size;
    Sizes strides = 1;
    std::string padding = "valid";                // or "same", with implementation 2 and 3
    std::optional<std::string> data_format = {};  // none: as keras.json says, or else channels_last
    Setting<ActivationFunction> activation = {};
    bool use_bias = true;
    Setting<InitializerFunction> kernel_initializer = "glorot_uniform";
    Setting<InitializerFunction> bias_initializer = "zeros";
    Setting<RegularizerFunction> kernel_regularizer = {};
    Setting<RegularizerFunction> bias_regularizer = {};
    Setting<RegularizerFunction> activity_regularizer = {};
    Setting<ConstraintFunction> kernel_constraint = {};
    Setting<ConstraintFunction> bias_constraint = {};
    int64_t implementation = 1;

    // The keywords of every Keras layer.
    std::optional<std::string> name = {};  // none: locally_connected2d, locally_connected2d_1, ...
    bool trainable = true;
    std::string dtype = "float32";                // no other
    bool dynamic = false;                         // kept for the configuration
    std::optional<Shape> input_shape = {};        // without the batch
    std::optional<Shape> batch_input_shape = {};  // with it
    std::optional<int64_t> batch_size = {};
    std::optional<int64_t> input_dim = {};
    std::optional<std::vector<Tensor>> weights = {};  // initial values: kernel and, with a bias, bias
    bool autocast = true;                             // inputs are float32 already
};

// The same initializer (one that scales with fans: glorot, he, lecun, variance_scaling) with the fans of one
// position, KH KW C and KH KW F, instead of Keras's, which count the positions too: weights come out small.
// Keras cannot read the result: get_config() writes what it can read, once the shape of the input is known.
LCN_API std::string per_position(const std::string& initializer);

// In bytes. A batch that is unknown counts as one image.
struct LayerMemory {
    int64_t weights;    // from build on
    int64_t gradients;  // besides, from the first backward or update on
    int64_t call;       // besides, at most, for a call (kept for the next one)
    int64_t backward;   // besides, at most, for a backward or for gradients, whose results come on top
};

// A trainable weight, "kernel" or "bias", and its gradient. `values` may be written until the layer is called
// again; then parameters() is to be asked anew, for a device may have a copy of them. Elements are in the
// layer's own order, the same for both: enough for any rule that works element by element; with `same` there
// are also taps outside the image, which stay 0. With implementation 2 and a kernel_regularizer there is also
// "kernel_outside", the entries outside all windows, which the regularizer makes decay.
struct Parameter {
    std::string name;
    int64_t count;
    float* values;
    const float* gradient;
};

// What both layers share; N = batch.
class LCN_API LocallyConnected {
  public:
    LocallyConnected(LocallyConnected&&) noexcept;
    LocallyConnected& operator=(LocallyConnected&&) noexcept;
    ~LocallyConnected();

    // -- Arguments

    // As given, but padding, data_format, name and batch_input_shape resolved; `weights` are gone once built.
    const LayerArguments& arguments() const;
    const std::string& name() const;
    void set_arguments(LayerArguments arguments);  // until the layer is built
    bool trainable() const;
    void set_trainable(bool trainable);  // at any time
    std::string get_config() const;      // JSON, as Keras writes it

    // -- Shapes and memory. A shape has the batch first, which may be unknown.

    Shape compute_output_shape(const Shape& input_shape) const;
    LayerMemory memory(const Shape& input_shape) const;

    // -- Weights: kernel and, with a bias, bias, as Keras holds them

    void build(const Shape& input_shape);  // makes the weights and sets their initial values
    bool built() const;
    std::vector<Shape> weight_shapes() const;
    std::vector<Shape> weight_shapes(const Shape& input_shape) const;  // also before build
    int64_t count_params() const;
    std::vector<Tensor> get_weights() const;
    void set_weights(const std::vector<Tensor>& weights);
    // Those of a layer that takes the same input and has the same sizes, whatever the implementation of
    // either. The entries of implementation 2 outside all windows stay as they are.
    void copy_weights(const LocallyConnected& other);

    // -- Running

    // The output; builds the layer at first, which it stays when only the call that follows has no memory.
    Tensor operator()(const Tensor& input);
    // The same on the caller's memory, once the layer is built. `before_activation` may be null, or receives
    // what backward() can take up again; it has the shape of the output.
    void call(int64_t batch, const float* input, float* output, float* before_activation = nullptr) const;
    // The losses of activity_regularizer (of the call that ended last), kernel_regularizer and
    // bias_regularizer, in this order, without those that are None. That of the activity is divided by the
    // batch.
    std::vector<float> losses() const;

    // -- Training

    struct Gradients {
        Tensor input, kernel, bias;  // as the input and the weights are; bias is empty without one
    };
    // Of sum(output * output_gradient).
    Gradients gradients(const Tensor& input, const Tensor& output_gradient) const;

    // Adds the gradients of sum(output * output_gradient) + the loss of activity_regularizer to those of the
    // parameters, and sets `input_gradient`, which may be null, to that of the input. `before_activation` as
    // call() left it; null: it is computed again. A layer that is not trainable has no parameters.
    void backward(int64_t batch, const float* input, const float* before_activation,
                  const float* output_gradient, float* input_gradient);
    // The weights to train, their gradients with those of their regularizers added.
    std::vector<Parameter> parameters();
    // Calls `rule` for each of parameters(), applies the constraints and clears the gradients. When a
    // function of your own throws on the way, what it has changed stays changed and the gradients stay as
    // they are.
    void update(const std::function<void(const Parameter&)>& rule);
    void clear_gradients();  // without an update
    // What an optimizer of Keras does to the weights after a step.
    void apply_constraints();

  protected:
    enum class FromConfig { tag };
    LocallyConnected(int dimensions, LayerArguments arguments);
    LocallyConnected(FromConfig, int dimensions, const std::string& config);

  private:
    std::unique_ptr<layer::State> state_;
};

class LocallyConnected2D : public LocallyConnected {
  public:
    using Arguments = LayerArguments;
    explicit LocallyConnected2D(Arguments arguments) : LocallyConnected(2, std::move(arguments)) {}
    // Takes what get_config() writes, and every form in which Keras 2 wrote it.
    static LocallyConnected2D from_config(const std::string& config) {
        return LocallyConnected2D(FromConfig::tag, config);
    }

  private:
    LocallyConnected2D(FromConfig tag, const std::string& config) : LocallyConnected(tag, 2, config) {}
};

// kernel_size and strides: one number, or a list of one.
class LocallyConnected1D : public LocallyConnected {
  public:
    using Arguments = LayerArguments;
    explicit LocallyConnected1D(Arguments arguments) : LocallyConnected(1, std::move(arguments)) {}
    static LocallyConnected1D from_config(const std::string& config) {
        return LocallyConnected1D(FromConfig::tag, config);
    }

  private:
    LocallyConnected1D(FromConfig tag, const std::string& config) : LocallyConnected(tag, 1, config) {}
};

}  // namespace lcn

#endif
