#include "operations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cut_small_work.h"

namespace lcn_test {

namespace {

template <typename Fill>
Operands operands_of(const reference::Layer& l, Fill&& fill) {
    return {fill(l.input_size()),  fill(l.kernel_size()), fill(l.bias_size()),
            fill(l.output_size()), fill(l.kernel_size()), fill(l.bias_size())};
}

// A tensor of images with gaps between them; read-only when it is made of values.
class Images {
  public:
    Images(const Case& c, int64_t elements, int64_t gap)
        : batch_(c.layer.batch),
          image_(elements / batch_),
          stride_(image_ + gap),
          memory_(stride_ * (batch_ - 1) + image_, c.placement) {}
    Images(const Case& c, const Floats& values, int64_t gap) : Images(c, int64_t(values.size()), gap) {
        for (int64_t n = 0; n < batch_; n++)
            std::copy_n(&values[n * image_], image_, memory_.data() + n * stride_);
        memory_.make_read_only();
    }

    float* data() const { return memory_.data(); }

    Floats values() const {
        EXPECT_TRUE(memory_.surroundings_intact()) << "written outside the tensor";
        Floats result(batch_ * image_);
        for (int64_t n = 0; n < batch_; n++)
            std::copy_n(memory_.data() + n * stride_, image_, &result[n * image_]);
        for (int64_t n = 1; n < batch_; n++)
            EXPECT_TRUE(memory_.intact((n - 1) * stride_ + image_, n * stride_)) << "written between images";
        return result;
    }

  private:
    int64_t batch_, image_, stride_;
    GuardedFloats memory_;
};

// A tensor without a batch; read-only when it is made of values.
class Tensor {
  public:
    Tensor(Placement placement, int64_t elements) : memory_(elements, placement) {}
    Tensor(Placement placement, const Floats& values) : Tensor(placement, int64_t(values.size())) {
        fill(values);
        memory_.make_read_only();
    }

    void fill(const Floats& values) { std::copy(values.begin(), values.end(), memory_.data()); }
    float* data() const { return memory_.data(); }
    float* data_if(bool wanted) const { return wanted ? memory_.data() : nullptr; }

    Floats values() const {
        EXPECT_TRUE(memory_.surroundings_intact()) << "written outside the tensor";
        return Floats(memory_.data(), memory_.data() + memory_.count());
    }

  private:
    GuardedFloats memory_;
};

// Makes one call in a workspace of the size it asks for.
template <typename Call>
void call_in_workspace(const Case& c, lcn::Operation operation, Call&& call) {
    int64_t bytes = 0;
    const lcn::Problem problem = problem_of(c);
    EXPECT_TRUE(lcn::set_threads(c.threads).ok());
    const lcn::Status asked = lcn::workspace_bytes(problem, operation, bytes);
    ASSERT_TRUE(asked.ok()) << asked.message;
    const GuardedFloats workspace((bytes + 3) / 4, c.placement);
    const lcn::Status status = call(problem, lcn::Workspace{workspace.data(), bytes});
    EXPECT_TRUE(status.ok()) << status.message;
    EXPECT_TRUE(workspace.surroundings_intact()) << "written outside the workspace";
}

Results forward(const Case& c, const Operands& o) {
    const Images input(c, o.input, c.input_gap);
    const Tensor kernel(c.placement, o.kernel), bias(c.placement, o.bias);
    const Images output(c, c.layer.output_size(), c.output_gap);
    const Images before(c, c.layer.output_size(), c.output_gap);
    call_in_workspace(c, lcn::Operation::forward, [&](const lcn::Problem& p, lcn::Workspace workspace) {
        return lcn::forward(p, input.data(), kernel.data(), bias.data_if(c.bias), output.data(),
                            c.before ? before.data() : nullptr, workspace);
    });
    if (!c.before) return {output.values()};
    return {output.values(), before.values()};
}

Results backward_input(const Case& c, const Operands& o) {
    const Images output_gradient(c, o.output_gradient, c.output_gap);
    const Tensor kernel(c.placement, o.kernel);
    const Images input_gradient(c, c.layer.input_size(), c.input_gap);
    call_in_workspace(c, lcn::Operation::backward_input,
                      [&](const lcn::Problem& p, lcn::Workspace workspace) {
                          return lcn::backward_input(p, output_gradient.data(), kernel.data(),
                                                     input_gradient.data(), workspace);
                      });
    return {input_gradient.values()};
}

Results backward_weights(const Case& c, const Operands& o) {
    const Images input(c, o.input, c.input_gap), output_gradient(c, o.output_gradient, c.output_gap);
    Tensor kernel(c.placement, c.layer.kernel_size()), bias(c.placement, c.layer.bias_size());
    if (c.accumulate) kernel.fill(o.kernel_gradient), bias.fill(o.bias_gradient);
    const lcn::Update update = c.accumulate ? lcn::Update::accumulate : lcn::Update::overwrite;
    call_in_workspace(c, lcn::Operation::backward_weights,
                      [&](const lcn::Problem& p, lcn::Workspace workspace) {
                          return lcn::backward_weights(p, input.data(), output_gradient.data(), kernel.data(),
                                                       bias.data_if(c.bias), update, workspace);
                      });
    if (!c.bias) return {kernel.values()};
    return {kernel.values(), bias.values()};
}

}  // namespace

Operands integer_operands(const reference::Layer& layer, Random& random) {
    return operands_of(layer, [&](int64_t count) { return random.integers(count); });
}

Operands real_operands(const reference::Layer& layer, Random& random) {
    return operands_of(layer, [&](int64_t count) { return random.reals(count); });
}

Operands zero_operands(lcn::Operation operation, const reference::Layer& l) {
    Operands operands;
    if (operation != lcn::Operation::backward_input) operands.input.resize(l.input_size());
    if (operation != lcn::Operation::backward_weights) operands.kernel.resize(l.kernel_size());
    if (operation == lcn::Operation::forward) operands.bias.resize(l.bias_size());
    if (operation != lcn::Operation::forward) operands.output_gradient.resize(l.output_size());
    if (operation == lcn::Operation::backward_weights) {
        operands.kernel_gradient.resize(l.kernel_size());
        operands.bias_gradient.resize(l.bias_size());
    }
    return operands;
}

Results run(lcn::Operation operation, const Case& c, const Operands& operands) {
    switch (operation) {
        case lcn::Operation::forward:
            return forward(c, operands);
        case lcn::Operation::backward_input:
            return backward_input(c, operands);
        case lcn::Operation::backward_weights:
            return backward_weights(c, operands);
    }
    return {};
}

Results run_in_place(lcn::Operation operation, const Case& c, const Operands& o, lcn::Status& status) {
    const lcn::Problem p = problem_of(c);
    int64_t bytes = 0;
    status = lcn::workspace_bytes(p, operation, bytes);
    if (!status.ok()) return {};
    std::vector<char> memory(size_t(bytes) + 1);
    const lcn::Workspace workspace{memory.data(), bytes};
    if (operation == lcn::Operation::forward) {
        Floats output(c.layer.output_size());
        status = lcn::forward(p, o.input.data(), o.kernel.data(), c.bias ? o.bias.data() : nullptr,
                              output.data(), nullptr, workspace);
        return {output};
    }
    if (operation == lcn::Operation::backward_input) {
        Floats gradient(c.layer.input_size());
        status =
            lcn::backward_input(p, o.output_gradient.data(), o.kernel.data(), gradient.data(), workspace);
        return {gradient};
    }
    Floats kernel = o.kernel_gradient, bias = o.bias_gradient;
    const lcn::Update update = c.accumulate ? lcn::Update::accumulate : lcn::Update::overwrite;
    status = lcn::backward_weights(p, o.input.data(), o.output_gradient.data(), kernel.data(),
                                   c.bias ? bias.data() : nullptr, update, workspace);
    if (!c.bias) return {kernel};
    return {kernel, bias};
}

const char* name_of(lcn::Operation operation) {
    static const char* const names[] = {"forward", "backward_input", "backward_weights"};
    return names[int(operation)];
}

Floats activation_gradient(const lcn::Activation& activation, const Floats& before, const Floats& gradient) {
    const Tensor x({}, before), dy({}, gradient), dx({}, int64_t(before.size()));
    const lcn::Status status =
        lcn::activation_gradient(activation, int64_t(before.size()), x.data(), dy.data(), dx.data());
    EXPECT_TRUE(status.ok()) << status.message;
    return dx.values();
}

}  // namespace lcn_test
