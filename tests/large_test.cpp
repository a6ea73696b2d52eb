// Tensors past 2^31 and 2^32 elements, where 32-bit indices would wrap. They lie in sparse mappings of which
// little is touched; where there is no address space for them the tests are skipped.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

// Zeros that take memory only where they are written.
class SparseFloats {
  public:
    explicit SparseFloats(int64_t count) : bytes_(size_t(count) * 4) {
        void* const mapping =
            mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapping != MAP_FAILED) data_ = static_cast<float*>(mapping);
    }
    ~SparseFloats() {
        if (data_) munmap(data_, bytes_);
    }
    SparseFloats(const SparseFloats&) = delete;
    SparseFloats& operator=(const SparseFloats&) = delete;

    // Reading what was never written then maps few large pages instead of many small ones.
    void read_in_large_pages() { madvise(data_, bytes_, MADV_HUGEPAGE); }

    float* data() const { return data_; }

  private:
    size_t bytes_;
    float* data_ = nullptr;
};

#define LCN_SKIP_WITHOUT(...)                 \
    for (const float* mapped : {__VA_ARGS__}) \
        if (!mapped) GTEST_SKIP() << "no address space for sparse tensors"

std::vector<char> workspace_for(const lcn::Problem& p, Operation operation, lcn::Workspace& workspace) {
    int64_t bytes = 0;
    EXPECT_TRUE(lcn::workspace_bytes(p, operation, bytes).ok());
    std::vector<char> memory(size_t(bytes) + 1);
    workspace = {memory.data(), bytes};
    return memory;
}

class Large : public TargetTest {};
class LongLarge : public TargetTest {};

// Images further apart than 2^31 and 2^32 elements, in small and large batches.
TEST_P(Large, distant_images) {
    const int64_t distance = (int64_t(1) << 32) + 5;
    const SparseFloats input(9 * distance), output(9 * distance);
    LCN_SKIP_WITHOUT(input.data(), output.data());
    Random random(1);
    ASSERT_TRUE(lcn::set_threads(2).ok());
    for (int64_t gap : {distance, distance / 2 + 1})
        for (bool channels_first : {false, true})
            for (int64_t batch : {2, 9}) {
                Case c{{batch, 5, 6, 3, 19, 3, 2, 1, 1, true, channels_first}};
                lcn::Problem p = problem_of(c);
                p.input_batch_stride = p.output_batch_stride = gap;
                const int64_t x = c.layer.input_size() / batch, y = c.layer.output_size() / batch;
                auto spread = [&](const Floats& from, const SparseFloats& to, int64_t image) {
                    for (int64_t n = 0; n < batch; n++)
                        std::copy_n(&from[n * image], image, to.data() + n * gap);
                };
                auto gather = [&](const SparseFloats& from, int64_t image) {
                    Floats to(batch * image);
                    for (int64_t n = 0; n < batch; n++)
                        std::copy_n(from.data() + n * gap, image, &to[n * image]);
                    return to;
                };
                lcn::Workspace w;
                const Operands o = integer_operands(c.layer, random);
                const auto forward_memory = workspace_for(p, Operation::forward, w);
                spread(o.input, input, x);
                ASSERT_TRUE(
                    lcn::forward(p, input.data(), o.kernel.data(), nullptr, output.data(), nullptr, w).ok());
                EXPECT_TRUE(exact(expected_results(Operation::forward, c, o)[0], gather(output, y))) << c;

                const auto input_memory = workspace_for(p, Operation::backward_input, w);
                spread(o.output_gradient, output, y);
                ASSERT_TRUE(lcn::backward_input(p, output.data(), o.kernel.data(), input.data(), w).ok());
                EXPECT_TRUE(exact(expected_results(Operation::backward_input, c, o)[0], gather(input, x)))
                    << c;

                const auto weights_memory = workspace_for(p, Operation::backward_weights, w);
                Floats kernel_gradient(o.kernel.size());
                spread(o.input, input, x);
                ASSERT_TRUE(lcn::backward_weights(p, input.data(), output.data(), kernel_gradient.data(),
                                                  nullptr, lcn::Update::overwrite, w)
                                .ok());
                EXPECT_TRUE(exact(expected_results(Operation::backward_weights, c, o)[0], kernel_gradient))
                    << c;
            }
}

// One image of more than 2^31 elements, looked at in a few places, in rows, columns and planes far apart.
TEST_P(Large, one_large_image) {
    const int64_t side = 1 << 16;
    const reference::Layer layers[] = {
        {1, side, side, 1, 20, 2, 3, side - 2, side / 2 - 2, false, false},
        {1, 3, side * side / 4, 1, 20, 2, 3, 1, side * side / 8 - 2, false, false},
        {1, side, side / 2, 3, 20, 2, 3, side - 2, side / 4 - 2, false, true},
        {1, side, side, 1, 20, 2, 3, side - 2, side / 2 - 2, true, true}};
    for (const reference::Layer& l : layers) {
        Case c{l};
        const SparseFloats input(l.input_size());
        LCN_SKIP_WITHOUT(input.data());
        Random random(2);
        reference::for_each_product(
            l, [&](int64_t, int64_t x, int64_t) { input.data()[x] = random.integer(3); });
        const Floats kernel = random.integers(l.kernel_size()), gradient = random.integers(l.output_size());
        const lcn::Problem p = problem_of(c);
        Floats output(l.output_size()), kernel_gradient(l.kernel_size());
        lcn::Workspace w;
        const auto forward_memory = workspace_for(p, Operation::forward, w);
        ASSERT_TRUE(lcn::forward(p, input.data(), kernel.data(), nullptr, output.data(), nullptr, w).ok());
        EXPECT_TRUE(exact(reference::forward<float>(l, input.data(), kernel.data(), nullptr), output)) << c;
        const auto weights_memory = workspace_for(p, Operation::backward_weights, w);
        ASSERT_TRUE(lcn::backward_weights(p, input.data(), gradient.data(), kernel_gradient.data(), nullptr,
                                          lcn::Update::overwrite, w)
                        .ok());
        EXPECT_TRUE(exact(reference::backward_weights(l, input.data(), gradient.data()), kernel_gradient))
            << c;
    }
}

// A kernel tensor of more than 2^31 weights, all zero but a few; these alone make the results.
void check_large_kernel(const reference::Layer& l) {
    SparseFloats kernel(l.kernel_size());
    LCN_SKIP_WITHOUT(kernel.data());
    kernel.read_in_large_pages();
    Random random(3);
    const Floats input = random.integers(l.input_size()), gradient = random.integers(l.output_size());
    Floats output(l.output_size(), NAN), input_gradient(l.input_size(), NAN);
    Floats expected_output(l.output_size()), expected_gradient(l.input_size());
    auto corners = [](int64_t extent) { return std::vector{int64_t(0), extent / 2, extent - 1}; };
    for (int64_t r : corners(l.output_rows()))
        for (int64_t q : corners(l.output_columns()))
            for (int64_t i : corners(l.kernel_rows))
                for (int64_t j : corners(l.kernel_columns))
                    for (int64_t c : corners(l.channels))
                        for (int64_t f : corners(l.filters)) {
                            float& weight = kernel.data()[l.kernel_index(r, q, i, j, c, f)];
                            if (weight != 0) continue;  // a corner seen before
                            weight = random.integer(3);
                            for (int64_t n = 0; n < l.batch; n++) {
                                const int64_t x =
                                    l.input_index(n, l.input_row(r, i), l.input_column(q, j), c);
                                const int64_t y = l.output_index(n, r, q, f);
                                expected_output[y] += input[x] * weight;
                                expected_gradient[x] += gradient[y] * weight;
                            }
                        }
    const Case c{l};
    const lcn::Problem p = problem_of(c);
    lcn::Workspace w;
    const auto forward_memory = workspace_for(p, Operation::forward, w);
    ASSERT_TRUE(lcn::forward(p, input.data(), kernel.data(), nullptr, output.data(), nullptr, w).ok());
    EXPECT_TRUE(expected_output == output) << c;
    const auto input_memory = workspace_for(p, Operation::backward_input, w);
    ASSERT_TRUE(lcn::backward_input(p, gradient.data(), kernel.data(), input_gradient.data(), w).ok());
    EXPECT_TRUE(expected_gradient == input_gradient) << c;
}

TEST_P(Large, kernel_of_several_positions) {
    for (bool channels_first : {false, true})
        check_large_kernel({1, 2, 3, 70'000, 5200, 1, 1, 1, 1, false, channels_first});
}
TEST_P(Large, kernel_of_one_position) {
    for (int64_t batch : {1, 8})
        for (bool channels_first : {false, true})
            check_large_kernel({batch, 30, 20, 700, 5200, 30, 20, 1, 1, false, channels_first});
}

// The same floats again and again, as one long array: what is written is small, but its addresses are not.
class RepeatedFloats {
  public:
    RepeatedFloats(int64_t count, int64_t period) : bytes_(size_t(count) * 4) {
        const int file = memfd_create("repeated", 0);
        if (file < 0 || ftruncate(file, period * 4) != 0) return;
        void* const range =
            mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        bool mapped = range != MAP_FAILED;
        for (size_t at = 0; mapped && at < bytes_; at += size_t(period) * 4)
            mapped = mmap(static_cast<char*>(range) + at, std::min(size_t(period) * 4, bytes_ - at),
                          PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED;
        if (mapped) data_ = static_cast<float*>(range);
        close(file);
    }
    ~RepeatedFloats() {
        if (data_) munmap(data_, bytes_);
    }
    RepeatedFloats(const RepeatedFloats&) = delete;
    RepeatedFloats& operator=(const RepeatedFloats&) = delete;

    float* data() const { return data_; }

  private:
    size_t bytes_;
    float* data_ = nullptr;
};

// The gradient of a kernel of more than 2^31 weights repeats itself, because the input does.
TEST_P(LongLarge, kernel_gradient) {
    for (bool channels_first : {false, true})
        for (int64_t batch : {1, 2}) {
            const reference::Layer l{batch, 2, 3, 70'000, 5200, 1, 1, 1, 1, false, channels_first};
            const int64_t positions = 6, different = 2112;  // taps; times filters a multiple of any page
            const RepeatedFloats kernel_gradient(l.kernel_size(), different * l.filters);
            LCN_SKIP_WITHOUT(kernel_gradient.data());
            Random random(4);
            const Floats taps = random.integers(batch * different),
                         filters = random.integers(batch * l.filters);
            Floats input(l.input_size()), gradient(l.output_size());
            for (int64_t n = 0; n < batch; n++)
                for (int64_t position = 0; position < positions; position++) {
                    const int64_t r = position / 3, q = position % 3;
                    for (int64_t c = 0; c < l.channels; c++)
                        input[l.input_index(n, r, q, c)] =
                            taps[n * different + (position * l.channels + c) % different];
                    for (int64_t f = 0; f < l.filters; f++)
                        gradient[l.output_index(n, r, q, f)] = filters[n * l.filters + f];
                }
            Floats expected(different * l.filters);
            for (int64_t n = 0; n < batch; n++)
                for (int64_t k = 0; k < different; k++)
                    for (int64_t f = 0; f < l.filters; f++)
                        expected[k * l.filters + f] += taps[n * different + k] * filters[n * l.filters + f];
            const lcn::Problem p = problem_of(Case{l});
            lcn::Workspace w;
            const auto memory = workspace_for(p, Operation::backward_weights, w);
            ASSERT_TRUE(lcn::backward_weights(p, input.data(), gradient.data(), kernel_gradient.data(),
                                              nullptr, lcn::Update::overwrite, w)
                            .ok());
            EXPECT_TRUE(std::equal(expected.begin(), expected.end(), kernel_gradient.data()))
                << "batch " << batch << " channels_first " << channels_first;
        }
}

LCN_TEST_EVERY_PROCESSOR(Large);
LCN_TEST_EVERY_PROCESSOR(LongLarge);

}  // namespace

}  // namespace lcn_test
