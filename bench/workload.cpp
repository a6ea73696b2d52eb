#include "workload.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace bench {

namespace {

using lcn::Operation;

lcn::Problem problem_of(const Row& row) {
    const Shape& s = *row.shape;
    lcn::Problem p;
    p.batch = row.batch;
    p.input_rows = s.rows, p.input_columns = s.columns, p.channels = s.channels;
    p.filters = s.filters;
    p.kernel_rows = s.kernel_rows, p.kernel_columns = s.kernel_columns;
    p.stride_rows = s.stride_rows, p.stride_columns = s.stride_columns;
    p.padding = s.same ? lcn::Padding::same : lcn::Padding::valid;
    return p;
}

int64_t input_size(const Row& row) {
    return int64_t(row.batch) * row.shape->rows * row.shape->columns * row.shape->channels;
}
int64_t output_size(const Row& row) {
    return row.batch * row.shape->positions() * row.shape->filters;
}

// Each copy of the weights begins on a cache line of its own.
int64_t copy_size(const Row& row) {
    return (row.shape->weights() + 15) / 16 * 16;
}

// Cold weights come from a ring of copies larger than four times the cache; large ones are such a ring alone.
int64_t copies_of(const Row& row, int64_t cache) {
    return row.cold ? cache / copy_size(row) + 1 : 1;  // 4 bytes each
}

int64_t workspace_size(const Row& row, const Functions& functions) {
    int64_t bytes = 0;
    functions.workspace_bytes(problem_of(row), row.operation, bytes);
    return (bytes + 3) / 4;
}

void fill_with_numbers(const Floats& tensor, uint64_t seed) {
    for (int64_t i = 0; i < tensor.size(); i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        tensor.data()[i] = float(int32_t(seed >> 32)) * 0x1p-31f;
    }
}

}  // namespace

const Functions general = {
    lcn::workspace_bytes,
    [](const lcn::Problem& p, const float* input, const float* kernel, float* output, lcn::Workspace w) {
        return lcn::forward(p, input, kernel, nullptr, output, nullptr, w);
    },
    lcn::backward_input,
    [](const lcn::Problem& p, const float* input, const float* output_gradient, float* kernel_gradient,
       lcn::Workspace w) {
        return lcn::backward_weights(p, input, output_gradient, kernel_gradient, nullptr,
                                     lcn::Update::overwrite, w);
    },
};

int64_t Workload::bytes(const Row& row, int64_t cache) {
    return 4 * (input_size(row) + copies_of(row, cache) * copy_size(row) + output_size(row));
}

Workload::Workload(const Row& r, int64_t cache, const Functions& functions)
    : row(r),
      problem(problem_of(r)),
      input(input_size(r)),
      weights(copies_of(r, cache) * copy_size(r)),
      output(output_size(r)),
      functions_(functions),
      copies_(copies_of(r, cache)),
      copy_size_(copy_size(r)),
      workspace_(workspace_size(r, functions)) {
    uint64_t seed = 1;
    for (const Floats* tensor : {&input, &weights, &output}) {
        if (tensor == &result())
            std::fill_n(tensor->data(), tensor->size(), std::numeric_limits<float>::quiet_NaN());
        else
            fill_with_numbers(*tensor, seed++);
    }
}

lcn::Status Workload::run(lcn::Workspace workspace) {
    float* const copy = weights.data() + copy_ * copy_size_;
    copy_ = (copy_ + 1) % copies_;
    switch (row.operation) {
        case Operation::forward:
            return functions_.forward(problem, input.data(), copy, output.data(), workspace);
        case Operation::backward_input:
            return functions_.backward_input(problem, output.data(), copy, input.data(), workspace);
        case Operation::backward_weights:
            return functions_.backward_weights(problem, input.data(), output.data(), copy, workspace);
    }
    return {};
}

const Floats& Workload::result() const {
    switch (row.operation) {
        case Operation::forward:
            return output;
        case Operation::backward_input:
            return input;
        case Operation::backward_weights:
            return weights;
    }
    return output;
}

int64_t Workload::result_size() const {
    return row.operation == Operation::backward_weights ? row.shape->weights() : result().size();
}

}  // namespace bench
