// The workspace: how large it is, that a wrong one is refused, that nothing else is allocated.
#include <malloc.h>

#include <atomic>
#include <cstdlib>

#include "support/gates.h"
#include "support/suite.h"
#include "support/target_test.h"

namespace {

std::atomic<int64_t> allocations{0};

}  // namespace

// Every allocation of the process passes here, those of operator new among them.
extern "C" void* __libc_malloc(size_t size);
extern "C" void* malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

namespace lcn_test {

namespace {

using lcn::Operation;

constexpr int64_t limit_per_thread = 2'000'000;

// Expects the workspaces of all operations below the limit, for few and many threads.
void expect_small(const Case& c) {
    for (int threads : {1, 2, 7, 64})
        for (Operation operation : operations) {
            int64_t bytes = -1;
            ASSERT_TRUE(lcn::set_threads(threads).ok());
            const lcn::Status status = lcn::workspace_bytes(problem_of(c), operation, bytes);
            ASSERT_TRUE(status.ok()) << status.message << " " << c;
            EXPECT_GE(bytes, 0);
            EXPECT_LT(bytes, limit_per_thread * threads)
                << name_of(operation) << " " << threads << " threads " << c;
        }
}

class Workspace : public TargetTest {
  protected:
    void TearDown() override {
        activation_gradient({lcn::Function::relu}, {1}, {1});  // these tests need not run a kernel
        TargetTest::TearDown();
    }
};

TEST_P(Workspace, below_2_MB_per_thread_for_real_layers) {
    for (const SuiteShape& shape : suite_shapes()) {
        std::vector<int64_t> batches = shape.batches;
        for (int64_t batch : {1, 2, 7, 8, 9, 31, 33, 100, 1000, 4096}) batches.push_back(batch);
        for (int64_t batch : batches)
            for (bool channels_first : {false, true})
                for (lcn::Function function : {lcn::Function::linear, lcn::Function::tanh}) {
                    Case c{shape.layer(batch)};
                    c.layer.channels_first = channels_first;
                    c.activation.function = function;
                    expect_small(c);
                    if (HasFailure()) return;
                }
    }
}

// A size of 1 to 2^bits, small ones as likely as large ones.
int64_t any_size(Random& random, int bits) {
    return 1 + random.below(int64_t(1) << random.below(bits + 1));
}

TEST_P(Workspace, below_2_MB_per_thread_for_any_layer) {
    Random random(1);
    for (int k = 0; k < 3000; k++) {
        Case c;
        c.layer = {any_size(random, 13), any_size(random, 10),
                   any_size(random, 10), any_size(random, 14),
                   any_size(random, 14), any_size(random, 8),
                   any_size(random, 8),  any_size(random, 3),
                   any_size(random, 3),  true,
                   random.below(2) == 1};
        c.activation.function = random.below(2) ? lcn::Function::tanh : lcn::Function::linear;
        expect_small(c);
        if (HasFailure()) return;
    }
}

// With one filter a batch is never large: its gradients are brought together some images at a time.
TEST_P(Workspace, below_2_MB_per_thread_for_any_batch) {
    for (bool channels_first : {false, true})
        for (int64_t filters : {1, 2, 9}) {
            const Case c{{600'000, 1, 2, 1, filters, 1, 1, 1, 1, false, channels_first}};
            expect_small(c);
            if (filters > 1) continue;
            ASSERT_TRUE(lcn::set_threads(1).ok());
            Random random(3);
            check(Operation::backward_input, c, integer_operands(c.layer, random), exact);
        }
}

// Taller than what a ring of rows may take.
TEST_P(Workspace, below_2_MB_per_thread_for_tall_kernels) {
    Random random(2);
    for (bool same : {false, true})
        for (bool channels_first : {false, true}) {
            const Case c{{9, 40'000, 1, 1, 2, same ? 70'001 : 40'000, 1, 20'000, 1, same, channels_first}};
            expect_small(c);
            ASSERT_TRUE(lcn::set_threads(1).ok());
            check(Operation::backward_input, c, integer_operands(c.layer, random), exact);
        }
}

// Layers for which each operation needs a workspace.
std::vector<Case> needing_workspace() {
    Case first{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, true}}, last = first;
    last.layer.channels_first = false;
    return {first, last};
}

TEST_P(Workspace, too_small_or_null_is_refused) {
    int refused = 0;
    for (const Case& c : needing_workspace())
        for (Operation operation : operations) {
            int64_t bytes = 0;
            ASSERT_TRUE(lcn::workspace_bytes(problem_of(c), operation, bytes).ok());
            if (bytes == 0) continue;
            const GuardedFloats from(100'000), kernel(100'000), to(100'000), workspace(bytes / 4 + 1);
            auto call = [&](lcn::Workspace w) {
                const lcn::Problem p = problem_of(c);
                if (operation == Operation::forward)
                    return lcn::forward(p, from.data(), kernel.data(), nullptr, to.data(), nullptr, w);
                if (operation == Operation::backward_input)
                    return lcn::backward_input(p, from.data(), kernel.data(), to.data(), w);
                return lcn::backward_weights(p, from.data(), kernel.data(), to.data(), nullptr,
                                             lcn::Update::overwrite, w);
            };
            for (int64_t given : {INT64_MIN, int64_t(-1), int64_t(0), bytes / 2, bytes - 1}) {
                const lcn::Status status = call({workspace.data(), given});
                EXPECT_EQ(status.code, lcn::Code::workspace_too_small) << name_of(operation) << " " << given;
                EXPECT_NE(std::string(status.message).find("workspace.bytes is " + std::to_string(given)),
                          std::string::npos)
                    << status.message;
            }
            const lcn::Status status = call({nullptr, bytes});
            EXPECT_EQ(status.code, lcn::Code::null_pointer);
            EXPECT_NE(std::string(status.message).find("workspace.data"), std::string::npos)
                << status.message;
            EXPECT_TRUE(to.intact(0, to.count()) && workspace.intact(0, workspace.count())) << "written to";
            refused++;
        }
    EXPECT_GE(refused, 3);
}

TEST_P(Workspace, none_where_none_is_needed) {
    Case c{{1, 6, 7, 5, 20, 3, 3, 1, 1, false, false}};
    for (Operation operation : operations) {
        int64_t bytes = -1;
        ASSERT_TRUE(lcn::workspace_bytes(problem_of(c), operation, bytes).ok());
        EXPECT_EQ(bytes, 0) << name_of(operation);
    }
    const Floats input(c.layer.input_size()), kernel(c.layer.kernel_size());
    Floats output(c.layer.output_size());
    EXPECT_TRUE(
        lcn::forward(problem_of(c), input.data(), kernel.data(), nullptr, output.data(), nullptr, {}).ok());
}

// Planning ends as soon for 2^50 filters, in whatever pieces.
TEST_P(Workspace, of_any_number_of_filters_is_planned_at_once) {
    expect_families({});
    for (Operation operation : operations) {
        int64_t bytes = 0;
        const lcn::Status status = lcn::workspace_bytes(
            problem_of({{1, 3, 3, 1, int64_t(1) << 50, 2, 2, 1, 1, false, false}}), operation, bytes);
        EXPECT_TRUE(status.ok()) << status.message;
    }
    const Case c{{1, 3, 3, 1, 20, 2, 2, 1, 1, false, false}};
    lcn::Status status;
    run_in_place(Operation::forward, c, zero_operands(Operation::forward, c.layer), status);
    EXPECT_TRUE(status.ok()) << status.message;
}

// Once the threads are running.
TEST_P(Workspace, a_call_allocates_nothing) {
    for (int threads : {1, 3}) {
        ASSERT_TRUE(lcn::set_threads(threads).ok());
        for (const Case& c : needing_workspace()) {
            lcn::Problem p = problem_of(c);
            p.activation.function = lcn::Function::gelu;
            const Floats input(c.layer.input_size()), kernel(c.layer.kernel_size()),
                bias(c.layer.bias_size());
            Floats output(c.layer.output_size()), gradient = input, weights = kernel, bias_gradient = bias;
            std::vector<char> memory(size_t(limit_per_thread * threads));
            const lcn::Workspace workspace{memory.data(), int64_t(memory.size())};
            auto call_everything = [&] {
                int64_t bytes = 0;
                bool ok = lcn::workspace_bytes(p, Operation::forward, bytes).ok();
                ok &= lcn::forward(p, input.data(), kernel.data(), bias.data(), output.data(), nullptr,
                                   workspace)
                          .ok();
                ok &= lcn::activation_gradient(p.activation, int64_t(output.size()), output.data(),
                                               output.data(), output.data())
                          .ok();
                ok &= lcn::backward_input(p, output.data(), kernel.data(), gradient.data(), workspace).ok();
                ok &= lcn::backward_weights(p, input.data(), output.data(), weights.data(),
                                            bias_gradient.data(), lcn::Update::overwrite, workspace)
                          .ok();
                ok &= lcn::forward(p, nullptr, kernel.data(), bias.data(), output.data(), nullptr, workspace)
                          .code == lcn::Code::null_pointer;
                return ok;
            };
            EXPECT_TRUE(call_everything());
            const int64_t before = allocations;
            EXPECT_GT(before, 0) << "allocations are not counted";
            const bool ok = call_everything();
            const int64_t after = allocations;
            EXPECT_TRUE(ok);
            EXPECT_EQ(after, before) << c;
        }
    }
}

LCN_TEST_EVERY_PROCESSOR(Workspace);

}  // namespace

}  // namespace lcn_test
