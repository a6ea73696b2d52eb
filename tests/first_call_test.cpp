// What happens at the first call of a process: LCN_TARGET is read, tables and threads are made. Everything
// runs in child processes; this one never calls a pass itself.
#include <atomic>
#include <cstdlib>
#include <thread>

#include "lcn/kernels.h"
#include "support/child.h"
#include "support/gates.h"

namespace lcn_test {

namespace {

using lcn::Operation;

Case small_case() {
    Case c{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, true}};
    c.bias = true;
    c.threads = 3;
    c.activation.function = lcn::Function::relu;
    return c;
}

// Runs everything. Returns the target whose kernels ran, or the first status that is not ok.
std::string run_everything() {
    const Case c = small_case();
    Random random(1);
    const Operands o = integer_operands(c.layer, random);
    std::vector<lcn::Status> statuses;
    for (Operation operation : operations) run_in_place(operation, c, o, statuses.emplace_back());
    Floats gradient(10);
    statuses.push_back(
        lcn::activation_gradient(c.activation, 10, o.input.data(), o.input.data(), gradient.data()));
    const char* name = nullptr;
    statuses.push_back(lcn::target(name));
    for (const lcn::Status& status : statuses)
        if (!status.ok()) return std::to_string(int(status.code)) + " " + status.message;
    for (int k = 0; k < lcn::kernel_count(); k++)
        if (lcn::kernel_info(k).ran && std::string(lcn::kernel_info(k).target) != name)
            return std::string(lcn::kernel_info(k).symbol) + " ran";
    return name;
}

std::string with_environment(const char* value) {
    return in_child([=] {
        if (value)
            setenv("LCN_TARGET", value, 1);
        else
            unsetenv("LCN_TARGET");
        return run_everything();
    });
}

std::string best_usable_target() {
    int t = 0;
    while (!lcn::target_info(t).usable || lcn::target_info(t).device) t++;
    return lcn::target_info(t).name;
}

TEST(Environment, without_lcn_target_the_best_target_runs) {
    EXPECT_EQ(with_environment(nullptr), best_usable_target());
    EXPECT_EQ(with_environment(""), best_usable_target());
}

TEST(Environment, lcn_target_forces_a_target) {
    for (int t = 0; t < lcn::target_count(); t++) {
        if (!lcn::target_info(t).usable || lcn::target_info(t).device) continue;
        EXPECT_EQ(with_environment(lcn::target_info(t).name), lcn::target_info(t).name);
    }
}

TEST(Environment, an_unknown_lcn_target_is_an_error_of_every_call) {
    EXPECT_EQ(with_environment("fast"), std::to_string(int(lcn::Code::unknown_target)) +
                                            " LCN_TARGET: no target named 'fast' in this library");
    EXPECT_EQ(in_child([] {
                  setenv("LCN_TARGET", "fast", 1);
                  const Case c = small_case();
                  int64_t bytes = 0, refused = 0;
                  for (Operation operation : operations) {
                      lcn::Status status = lcn::workspace_bytes(problem_of(c), operation, bytes);
                      refused += status.code == lcn::Code::unknown_target;
                  }
                  float one = 1;
                  const lcn::Workspace none;
                  for (const lcn::Status& status :
                       {lcn::forward(problem_of(c), &one, &one, &one, &one, nullptr, none),
                        lcn::backward_input(problem_of(c), &one, &one, &one, none),
                        lcn::backward_weights(problem_of(c), &one, &one, &one, nullptr,
                                              lcn::Update::overwrite, none),
                        lcn::activation_gradient(c.activation, 1, &one, &one, &one)})
                      refused += status.code == lcn::Code::unknown_target;
                  return std::to_string(refused) + " refused";
              }),
              "7 refused");
}

TEST(Environment, an_unusable_lcn_target_is_an_error) {
    int unusable = 0;
    for (int t = 0; t < lcn::target_count(); t++) {
        if (lcn::target_info(t).usable) continue;
        const std::string code = std::to_string(int(lcn::Code::unusable_target)) + " LCN_TARGET";
        EXPECT_EQ(with_environment(lcn::target_info(t).name).rfind(code, 0), 0u);
        unusable++;
    }
    if (unusable == 0) GTEST_SKIP() << "this machine can run every target";
}

TEST(Environment, set_target_overrides_lcn_target) {
    EXPECT_EQ(
        in_child([] {
            setenv("LCN_TARGET", "nonsense", 1);
            if (!lcn::set_target("portable").ok()) return std::string("portable is refused");
            if (run_everything() != "portable") return run_everything();
            lcn::set_target(nullptr);
            return std::string(run_everything().find("nonsense") == std::string::npos ? "forgotten" : "kept");
        }),
        "kept");
}

// Eight threads make the first calls of a process at once, and then some more: every result is right.
TEST(FirstCalls, may_race) {
    for (int round = 0; round < 20; round++) {
        const std::string said = in_child([] {
            Case c = small_case();
            c.activation.function = lcn::Function::linear;
            Random random(2);
            const Operands o = integer_operands(c.layer, random);
            const reference::Sums expected = expected_results(Operation::forward, c, o)[0];
            std::atomic<int> waiting{8}, wrong{0};
            std::vector<std::thread> threads;
            for (int t = 0; t < 8; t++)
                threads.emplace_back([&] {
                    waiting--;
                    while (waiting > 0) std::this_thread::yield();
                    for (int k = 0; k < 3; k++) {
                        lcn::Status status;
                        const Results results = run_in_place(Operation::forward, c, o, status);
                        wrong += !status.ok() || !exact(expected, results[0]);
                    }
                });
            for (std::thread& thread : threads) thread.join();
            return std::to_string(wrong) + " wrong";
        });
        ASSERT_EQ(said, "0 wrong");
    }
}

}  // namespace

}  // namespace lcn_test
