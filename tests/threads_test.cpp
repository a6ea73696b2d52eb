// Many threads, the caller's threads, and processes that fork.
#include <atomic>
#include <thread>

#include "support/child.h"
#include "support/cut_small_work.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

// Cases with work for several threads; every third case of a cover.
std::vector<Case> parallel_cases() {
    std::vector<Case> cases;
    const std::vector<Case> all = pairwise_cases(120);
    for (size_t k = 0; k < all.size(); k += 3) {
        Case c = all[k];
        c.threads = 4, c.before = false, c.input_gap = c.output_gap = 0;
        cases.push_back(c);
    }
    return cases;
}

class Threads : public TargetTest {
  protected:
    void TearDown() override {
        lcn::set_parallel_for(nullptr, nullptr);
        TargetTest::TearDown();
    }
};

// Calls from eight threads at once that read the same tensors; only one at a time finds the library's threads
// idle.
TEST_P(Threads, eight_share_operands) {
    ASSERT_TRUE(lcn::set_threads(4).ok());
    Random random(1);
    for (const Case& c : parallel_cases()) {
        const Operands o = integer_operands(c.layer, random);
        std::vector<std::thread> threads;
        std::atomic<int> waiting{8}, wrong{0};
        for (int t = 0; t < 8; t++)
            threads.emplace_back([&, operation = operations[t % 3]] {
                const std::vector<reference::Sums> expected = expected_results(operation, c, o);
                waiting--;
                while (waiting > 0) std::this_thread::yield();
                lcn::Status status;
                const Results actual = run_in_place(operation, c, o, status);
                wrong += !status.ok() || !exact(expected[0], actual[0]);
            });
        for (std::thread& thread : threads) thread.join();
        ASSERT_EQ(wrong, 0) << c;
    }
}

struct Calls {
    std::atomic<int> calls{0}, tasks{0};
};

// As a caller's pool might: every task in a thread of its own, the last one first.
void run_in_threads(void* context, int count, void (*task)(void* argument, int index), void* argument) {
    Calls& calls = *static_cast<Calls*>(context);
    calls.calls++;
    std::vector<std::thread> threads;
    for (int index = count - 1; index >= 0; index--)
        threads.emplace_back([=, &calls] {
            calls.tasks++;
            task(argument, index);
        });
    for (std::thread& thread : threads) thread.join();
}

void run_backwards(void* context, int count, void (*task)(void* argument, int index), void* argument) {
    Calls& calls = *static_cast<Calls*>(context);
    calls.calls++;
    for (int index = count - 1; index >= 0; index--) calls.tasks++, task(argument, index);
}

TEST_P(Threads, the_callers_threads) {
    for (const lcn::ParallelFor parallel_for : {run_in_threads, run_backwards}) {
        Random random(2);
        Calls calls;
        for (const Case& c : parallel_cases())
            for (Operation operation : operations) {
                const Operands o = real_operands(c.layer, random);
                lcn::set_parallel_for(nullptr, nullptr);
                const Results expected = run(operation, c, o);
                lcn::set_parallel_for(parallel_for, &calls);
                const Results actual = run(operation, c, o);
                for (size_t k = 0; k < actual.size(); k++)
                    EXPECT_TRUE(identical(expected[k], actual[k])) << name_of(operation) << " " << c;
                if (HasFailure()) return;
            }
        EXPECT_GT(calls.calls, 0);
        EXPECT_GT(calls.tasks, calls.calls);
    }
}

TEST_P(Threads, one_asks_nobody) {
    Calls calls;
    lcn::set_parallel_for(run_backwards, &calls);
    for (Case c : parallel_cases()) {
        c.threads = 1;
        for (Operation operation : operations) run(operation, c, zero_operands(operation, c.layer));
    }
    EXPECT_EQ(calls.calls, 0);
}

// A thread is woken for 25 us of work: 12, 61 and 500 us on a processor of 2021.
TEST_P(Threads, as_many_as_have_enough_to_do) {
    lcn::least_nanoseconds = lcn::usual_least_nanoseconds;
    for (const auto& [size, threads] : {std::pair(7, 0), {13, 2}, {34, 4}}) {
        Case c{{1, size, size, 16, 16, 3, 3, 1, 1, false, false}};
        c.threads = 4;
        for (const Operation operation : operations) {
            Calls calls;
            lcn::set_parallel_for(run_backwards, &calls);
            run(operation, c, zero_operands(operation, c.layer));
            EXPECT_EQ(calls.tasks, threads) << name_of(operation) << " " << c;
        }
    }
    lcn::least_nanoseconds = 0;
}

std::string check_in_child(const std::vector<Case>& cases) {
    Random random(3);
    for (const Case& c : cases)
        for (Operation operation : operations) {
            const Operands o = integer_operands(c.layer, random);
            const std::vector<reference::Sums> expected = expected_results(operation, c, o);
            const Results actual = run(operation, c, o);
            for (size_t k = 0; k < actual.size(); k++)
                if (!exact(expected[k], actual[k])) return "wrong results";
        }
    return "right";
}

TEST_P(Threads, a_forked_child_works) {
    std::vector<Case> cases = parallel_cases();
    cases.resize(10);
    EXPECT_EQ(check_in_child(cases), "right");
    EXPECT_EQ(in_child([&] { return check_in_child(cases); }), "right");
    EXPECT_EQ(check_in_child(cases), "right");
}

// The fork happens while another thread has the library's threads at work.
TEST_P(Threads, a_fork_during_a_call_works) {
    std::vector<Case> cases = parallel_cases();
    cases.resize(3);
    Case busy{{8, 20, 20, 16, 32, 3, 3, 1, 1, false, false}};
    busy.threads = 4;
    Random random(4);
    const Operands operands = integer_operands(busy.layer, random);
    std::atomic<bool> stop{false}, started{false};
    std::thread caller([&] {
        while (!stop) run(Operation::forward, busy, operands), started = true;
    });
    while (!started) std::this_thread::yield();
    for (int round = 0; round < 5; round++)
        EXPECT_EQ(in_child([&] { return check_in_child(cases); }), "right");
    stop = true;
    caller.join();
}

LCN_TEST_EVERY_PROCESSOR(Threads);

}  // namespace

}  // namespace lcn_test
