#include "tune/operands.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "errors.h"

namespace lcn::tool {

namespace {

constexpr uint32_t canary = 0x7fa5c3e1;  // a NaN, so that what reads it is wrong

void put_canaries(float* at) {
    for (int64_t k = 0; k < Guarded::canaries; k++) std::memcpy(at + k, &canary, sizeof canary);
}

bool canaries_alive(const float* at) {
    for (int64_t k = 0; k < Guarded::canaries; k++)
        if (std::memcmp(at + k, &canary, sizeof canary) != 0) return false;
    return true;
}

void fill(float* data, int64_t count, uint64_t seed) {
    seed += 0x9e3779b97f4a7c15u;
    for (int64_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        data[i] = float(int32_t(seed >> 32)) * 0x1p-31f;
    }
}

int64_t stride_of(const reference::Layer& l) {
    return (l.kernel_size() + 15) / 16 * 16 + Guarded::canaries;
}

int64_t copies_of(const reference::Layer& l, int64_t ring_bytes) {
    return ring_bytes / (4 * stride_of(l)) + 1;
}

}  // namespace

Guarded::Guarded(int64_t count) : count_(count), memory_(count + 2 * canaries) {
    put_canaries(memory_.data());
    put_canaries(data() + count);
}

bool Guarded::intact() const {
    return canaries_alive(memory_.data()) && canaries_alive(data() + count_);
}

reference::Layer layer_of(const Problem& p) {
    return {p.batch,
            p.input_rows,
            p.input_columns,
            p.channels,
            p.filters,
            p.kernel_rows,
            p.kernel_columns,
            p.stride_rows,
            p.stride_columns,
            p.padding == Padding::same,
            p.data_format == DataFormat::channels_first};
}

int64_t Operands::bytes(const Problem& p, int64_t ring_bytes) {
    const reference::Layer l = layer_of(p);
    // And one more result, that of the usual choice.
    const int64_t most = std::max({l.input_size(), l.output_size(), l.kernel_size()});
    const int64_t floats = l.input_size() + l.output_size() + copies_of(l, ring_bytes) * stride_of(l) + most;
    return floats > INT64_MAX / 4 ? INT64_MAX : 4 * floats;
}

Operands::Operands(const Problem& p, Operation operation, int64_t ring_bytes, uint64_t seed)
    : problem_(p),
      operation_(operation),
      layer_(layer_of(p)),
      stride_(stride_of(layer_)),
      copies_(copies_of(layer_, ring_bytes)),
      input_(layer_.input_size()),
      output_(layer_.output_size()),
      ring_(copies_ * stride_ + Guarded::canaries) {
    fill(input_.data(), input_.count(), seed);
    fill(output_.data(), output_.count(), seed + 1);
    put_canaries(ring_.data());
    for (int64_t k = 0; k < copies_; k++) {
        fill(copy(k), stride_ - Guarded::canaries, seed + 2);
        put_canaries(copy(k) + stride_ - Guarded::canaries);
    }
}

void Operands::prepare() {
    check(lcn::workspace_bytes(problem_, operation_, workspace_bytes_));
    reserve(workspace_bytes_);
}

void Operands::reserve(int64_t bytes) {
    const int64_t floats = (bytes + 3) / 4;
    if (!workspace_ || workspace_->count() != floats) workspace_ = std::make_unique<Guarded>(floats);
}

void Operands::run(int64_t bytes) {
    float* const weights = copy(next_);
    next_ = (next_ + 1) % copies_;
    const Workspace workspace{workspace_->data(), bytes};
    switch (operation_) {
        case Operation::forward:
            check(forward(problem_, input_.data(), weights, nullptr, output_.data(), nullptr, workspace));
            return;
        case Operation::backward_input:
            check(backward_input(problem_, output_.data(), weights, input_.data(), workspace));
            return;
        case Operation::backward_weights:
            check(backward_weights(problem_, input_.data(), output_.data(), weights, nullptr,
                                   Update::overwrite, workspace));
            return;
    }
}

const float* Operands::result_data() const {
    const float* const results[] = {output_.data(), input_.data(), copy(0)};
    return results[int(operation_)];
}

int64_t Operands::result_count() const {
    const int64_t counts[] = {output_.count(), input_.count(), layer_.kernel_size()};
    return counts[int(operation_)];
}

bool Operands::copy_intact(int64_t index) const {
    return canaries_alive(copy(index) - Guarded::canaries) &&
           canaries_alive(copy(index) + stride_ - Guarded::canaries);
}

void Operands::run_checked() {
    std::fill_n(const_cast<float*>(result_data()), result_count(), std::numeric_limits<float>::quiet_NaN());
    next_ = 0;
    run(workspace_bytes_);
    if (!input_.intact() || !output_.intact() || !copy_intact(0))
        throw std::runtime_error("a call wrote outside a tensor");
    if (!workspace_->intact()) throw std::runtime_error("a call wrote outside its workspace");
}

std::vector<float> Operands::result() const {
    return {result_data(), result_data() + result_count()};
}

bool Operands::result_is(const std::vector<float>& expected) const {
    return std::memcmp(expected.data(), result_data(), expected.size() * sizeof(float)) == 0;
}

std::string Operands::wrong() const {
    return bench::check_answer(layer_, operation_, {input_.data(), copy(0), output_.data()});
}

}  // namespace lcn::tool
