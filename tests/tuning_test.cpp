// Tunings: which entry applies to a call, what is refused, and that no tuning changes a result or makes a
// call fail, on every target.
#include "lcn/tuning.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "lcn/kernels.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;
using lcn::TuningChoice;
using lcn::TuningEntry;
using lcn::TuningOrigin;
using lcn::TuningRule;

// Layers that the passes go through in different ways: any filters and few, windows cut into blocks, tiles
// as calls, small batches and large.
std::vector<Case> layers() {
    std::vector<Case> cases;
    for (const int64_t batch : {1, 5, 9, 33})
        for (const int64_t filters : {1, 2, 6, 17, 32, 80})
            cases.push_back({{batch, 6, 8, 5, filters, 3, 3, 1, 1, batch == 5, false}});
    cases.push_back({{40, 4, 5, 40, 72, 3, 3, 1, 1, false, false}});
    cases.push_back({{3, 5, 5, 16, 24, 3, 3, 2, 1, false, true}});
    cases.push_back({{16, 5, 5, 16, 24, 3, 3, 1, 1, true, true}});
    for (Case& c : cases) c.bias = true, c.placement.edge = Placement::left;
    return cases;
}

// Kernels of the target that an entry may name for the pass, whatever they accept: those that fetch what
// comes next run beside the kernel of their tile.
std::vector<std::string> kernels_of(const std::string& target, Operation operation) {
    std::vector<std::string> symbols;
    for (int k = 0; k < lcn::kernel_count(); k++) {
        const lcn::KernelInfo info = lcn::kernel_info(k);
        const std::string kernels = info.operation;
        if (info.target == target && kernels.rfind(name_of(operation), 0) == 0 &&
            kernels.find("_upcoming") == std::string::npos)
            symbols.push_back(info.symbol);
    }
    return symbols;
}

TuningChoice choice_of(const lcn::Problem& p, Operation operation) {
    TuningChoice choice;
    const lcn::Status status = lcn::tuning_choice(p, operation, choice);
    EXPECT_TRUE(status.ok()) << status.message;
    return choice;
}

class Tuning : public TargetTest {
  protected:
    void SetUp() override {
        lcn::set_threads(1);
        TargetTest::SetUp();
    }
    void TearDown() override {
        lcn::set_tuning(nullptr, 0);
        TargetTest::TearDown();
    }

    TuningEntry entry(const Case& c, Operation operation, const char* kernel) const {
        TuningEntry e;
        e.operation = operation, e.problem = problem_of(c), e.threads = c.threads;
        e.target = target_.c_str(), e.kernel = kernel;
        return e;
    }

    static void set(const std::vector<TuningEntry>& entries) {
        const lcn::Status status = lcn::set_tuning(entries.data(), int64_t(entries.size()));
        ASSERT_TRUE(status.ok()) << status.message;
    }

    // Those that would do the work of the pass.
    std::vector<std::string> applicable(const Case& c, Operation operation) const {
        lcn::set_threads(c.threads);
        std::vector<std::string> result;
        for (const std::string& symbol : kernels_of(target_, operation)) {
            lcn::try_kernel(symbol.c_str(), false);
            if (choice_of(problem_of(c), operation).kernel == symbol) result.push_back(symbol);
        }
        lcn::try_kernel(nullptr, false);
        return result;
    }

    const std::string target_ = GetParam();
};

TEST_P(Tuning, a_kernel_that_an_entry_names_does_the_work_and_changes_no_bit) {
    Random random(1);
    int applied = 0;
    for (const Case& c : layers())
        for (const Operation operation : operations) {
            const Operands o = real_operands(c.layer, random);
            const Results expected = run(operation, c, o);
            for (const std::string& symbol : kernels_of(target_, operation)) {
                set({entry(c, operation, symbol.c_str())});
                const TuningChoice choice = choice_of(problem_of(c), operation);
                EXPECT_EQ(choice.rule, TuningRule::this_machine);
                EXPECT_EQ(choice.entry, 0);
                EXPECT_EQ(choice.wanted, symbol);
                EXPECT_EQ(choice.kernel == symbol, *choice.why_not == 0);
                take_kernels_ran();
                const Results actual = run(operation, c, o);
                const std::vector<std::string> ran = take_kernels_ran();
                if (choice.kernel == symbol) {
                    applied++;
                    EXPECT_TRUE(std::count(ran.begin(), ran.end(), symbol)) << symbol << " " << c;
                }
                for (size_t k = 0; k < actual.size(); k++)
                    EXPECT_TRUE(identical(expected[k], actual[k])) << symbol << " " << c;
                if (HasFailure()) return;
            }
        }
    EXPECT_GT(applied, 200);
}

TEST_P(Tuning, the_choice_says_which_kernel_runs) {
    Random random(2);
    for (const Case& c : layers())
        for (const Operation operation : operations) {
            lcn::set_threads(c.threads);
            const TuningChoice choice = choice_of(problem_of(c), operation);
            EXPECT_EQ(choice.rule, TuningRule::built_in);
            EXPECT_STREQ(choice.kernel, choice.built_in);
            take_kernels_ran();
            run(operation, c, real_operands(c.layer, random));
            const std::vector<std::string> ran = take_kernels_ran();
            EXPECT_TRUE(std::count(ran.begin(), ran.end(), choice.kernel)) << choice.kernel << " " << c;
        }
}

TEST_P(Tuning, another_order_of_summation_has_to_be_asked_for) {
    Random random(3);
    int reordered = 0;
    for (const Case& c : layers()) {
        const Operands o = real_operands(c.layer, random);
        for (const std::string& symbol : kernels_of(target_, Operation::forward)) {
            TuningEntry e = entry(c, Operation::forward, symbol.c_str());
            set({e});
            if (std::string(choice_of(e.problem, e.operation).why_not).find("another order") ==
                std::string::npos)
                continue;
            e.reorders = true;
            set({e});
            EXPECT_EQ(choice_of(e.problem, e.operation).kernel, symbol);
            check(Operation::forward, c, o, within_bounds);
            reordered++;
        }
    }
    EXPECT_GT(reordered, 0);
}

TEST_P(Tuning, entries_are_looked_up_from_the_nearest_machine_on) {
    const Case c{{9, 6, 8, 5, 32, 3, 3, 1, 1, false, false}};
    const std::vector<std::string> kernels = applicable(c, Operation::forward);
    ASSERT_GE(kernels.size(), 3u);
    std::vector<TuningEntry> entries;
    const TuningOrigin origins[] = {TuningOrigin::same_features, TuningOrigin::this_machine,
                                    TuningOrigin::same_microarchitecture};
    for (size_t k = 0; k < 3; k++) {
        entries.push_back(entry(c, Operation::forward, kernels[k].c_str()));
        entries.back().origin = origins[k];
    }
    const TuningRule order[] = {TuningRule::this_machine, TuningRule::same_microarchitecture,
                                TuningRule::same_features};
    for (const TuningRule rule : order) {
        set(entries);
        const TuningChoice choice = choice_of(problem_of(c), Operation::forward);
        EXPECT_EQ(choice.rule, rule);
        const auto best = entries.begin() + choice.entry;
        EXPECT_STREQ(choice.wanted, best->kernel);
        EXPECT_STREQ(choice.kernel, best->kernel);
        entries.erase(best);
    }
    run(Operation::forward, c, zero_operands(Operation::forward, c.layer));
}

TEST_P(Tuning, the_nearest_problem_of_the_same_regime_counts) {
    const Case c{{40, 6, 8, 16, 32, 3, 3, 1, 1, false, false}};
    Case near = c, nearer = c, far = c, other_batch = c, other_threads = c, other_filters = c;
    near.layer.channels = 24, nearer.layer.channels = 18, far.layer.channels = 90;
    other_batch.layer.batch = 7, other_threads.threads = 2, other_filters.layer.filters = 2;
    const std::string usual = choice_of(problem_of(c), Operation::forward).built_in;
    lcn::set_threads(1);
    const auto rule = [&](const std::vector<TuningEntry>& entries) {
        set(entries);
        // Twice: the second time it is remembered.
        choice_of(problem_of(c), Operation::forward);
        return choice_of(problem_of(c), Operation::forward);
    };
    const auto of = [&](const Case& other) { return entry(other, Operation::forward, usual.c_str()); };
    for (const Case& other : {far, other_batch, other_threads, other_filters})
        EXPECT_EQ(rule({of(other)}).rule, TuningRule::built_in);
    EXPECT_EQ(rule({entry(c, Operation::backward_input, "")}).rule, TuningRule::built_in);
    TuningChoice choice = rule({of(near), of(nearer)});
    EXPECT_EQ(choice.rule, TuningRule::nearest);
    EXPECT_EQ(choice.entry, 1);
    EXPECT_EQ(choice.kernel, usual);
    choice = rule({of(near), of(nearer), entry(c, Operation::forward, "")});
    EXPECT_EQ(choice.rule, TuningRule::this_machine);
    EXPECT_STREQ(choice.wanted, "");
    EXPECT_EQ(choice.kernel, usual);
    run(Operation::forward, c, zero_operands(Operation::forward, c.layer));
}

TEST_P(Tuning, the_cost_model_may_speak_against_the_nearest) {
    const Case c{{40, 6, 8, 16, 32, 3, 3, 1, 1, false, false}};
    Case near = c;
    near.layer.channels = 18;
    int refused = 0;
    for (const std::string& symbol : applicable(near, Operation::forward)) {
        set({entry(near, Operation::forward, symbol.c_str())});
        const TuningChoice choice = choice_of(problem_of(c), Operation::forward);
        EXPECT_EQ(choice.rule, TuningRule::nearest);
        refused += std::string(choice.why_not).find("cost model") != std::string::npos;
        EXPECT_EQ(choice.kernel == symbol, *choice.why_not == 0);
    }
    EXPECT_GT(refused, 0);
    run(Operation::forward, c, zero_operands(Operation::forward, c.layer));
}

// A workspace that was asked for before the tuning, after it or under another one is enough.
TEST_P(Tuning, a_tuning_between_asking_and_calling_makes_nothing_fail) {
    Random random(4);
    for (const Case& c : layers()) {
        if (c.layer.batch < 9) continue;
        const Operands o = real_operands(c.layer, random);
        for (const Operation operation : {Operation::forward, Operation::backward_weights}) {
            const std::vector<std::string> kernels = applicable(c, operation);
            const Results expected = run(operation, c, o);
            const lcn::Problem p = problem_of(c);
            for (size_t k = 0; k < kernels.size(); k += 3) {
                const std::string &asked = kernels[k], &used = kernels[kernels.size() - 1 - k];
                for (const bool unloaded : {false, true}) {
                    int64_t bytes = 0;
                    set({entry(c, operation, asked.c_str())});
                    ASSERT_TRUE(lcn::workspace_bytes(p, operation, bytes).ok());
                    unloaded ? set({}) : set({entry(c, operation, used.c_str())});
                    const GuardedFloats workspace((bytes + 3) / 4);
                    Floats result(expected[0].size());
                    const lcn::Workspace w{workspace.data(), bytes};
                    const lcn::Status status =
                        operation == Operation::forward
                            ? lcn::forward(p, o.input.data(), o.kernel.data(), o.bias.data(), result.data(),
                                           nullptr, w)
                            : lcn::backward_weights(p, o.input.data(), o.output_gradient.data(),
                                                    result.data(), nullptr, lcn::Update::overwrite, w);
                    ASSERT_TRUE(status.ok()) << status.message << " " << asked << " " << used << " " << c;
                    EXPECT_TRUE(workspace.surroundings_intact());
                    EXPECT_TRUE(identical(expected[0], result)) << asked << " " << used << " " << c;
                }
            }
        }
    }
}

TEST_P(Tuning, may_be_replaced_while_passes_run) {
    Random random(5);
    const Case c{{9, 6, 8, 5, 32, 3, 3, 1, 1, true, false}};
    const Operands o = real_operands(c.layer, random);
    const Results expected = run(Operation::forward, c, o);
    const std::vector<std::string> kernels = applicable(c, Operation::forward);
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0}, calls{0};
    const auto call = [&] {
        while (!stop || calls < 100) {
            lcn::Status status;
            const Results actual = run_in_place(Operation::forward, c, o, status);
            wrong += !status.ok() || !identical(expected[0], actual[0]);
            calls++;
        }
    };
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; t++) threads.emplace_back(call);
    for (int k = 0; k < 300; k++) {
        const std::string& symbol = kernels[size_t(k) % kernels.size()];
        k % 7 ? set({entry(c, Operation::forward, symbol.c_str())}) : set({});
    }
    stop = true;
    for (std::thread& t : threads) t.join();
    EXPECT_EQ(wrong, 0);
}

TEST_P(Tuning, a_wrong_entry_is_refused_and_the_tuning_stays) {
    const Case c{{9, 6, 8, 5, 32, 3, 3, 1, 1, false, false}};
    const TuningEntry good = entry(c, Operation::forward, "");
    const std::string other_pass = kernels_of(target_, Operation::backward_input).front();
    std::string other_target;  // a library of one target has none
    for (const std::string& target : target_names(Targets::processors))
        if (target != target_) other_target = kernels_of(target, Operation::forward).front();
    struct Wrong {
        const char* reason;
        void (*spoil)(TuningEntry& e);
        const std::string* kernel;
    };
    const Wrong wrongs[] = {
        {"no kernel is named 'lcn_nonsense'", [](TuningEntry& e) { e.kernel = "lcn_nonsense"; }, nullptr},
        {"does not do the work of the operation", nullptr, &other_pass},
        {"is not of target", nullptr, &other_target},
        {"no processor's target is named 'x86_mmx'", [](TuningEntry& e) { e.target = "x86_mmx"; }, nullptr},
        {"no processor's target is named ''", [](TuningEntry& e) { e.target = nullptr; }, nullptr},
        {"threads must be 1 to 1024, got 0", [](TuningEntry& e) { e.threads = 0; }, nullptr},
        {"threads must be 1 to 1024, got 1025", [](TuningEntry& e) { e.threads = 1025; }, nullptr},
        {"filters", [](TuningEntry& e) { e.problem.filters = 0; }, nullptr},
        {"kernel_rows", [](TuningEntry& e) { e.problem.kernel_rows = 7; }, nullptr},
        {"operation has no such value: 3", [](TuningEntry& e) { e.operation = Operation(3); }, nullptr},
        {"operation has no such value: -1", [](TuningEntry& e) { e.operation = Operation(-1); }, nullptr},
        {"origin has no such value: 9", [](TuningEntry& e) { e.origin = TuningOrigin(9); }, nullptr},
        {"the problem of entry 0 again", [](TuningEntry&) {}, nullptr},
    };
    set({good});
    for (const Wrong& wrong : wrongs) {
        if (wrong.kernel && wrong.kernel->empty()) continue;
        TuningEntry bad = good;
        if (wrong.spoil) wrong.spoil(bad);
        if (wrong.kernel) bad.kernel = wrong.kernel->c_str();
        const TuningEntry entries[] = {good, bad};
        for (const auto function : {lcn::check_tuning, lcn::set_tuning}) {
            const lcn::Status status = function(entries, 2);
            EXPECT_FALSE(status.ok()) << wrong.reason;
            EXPECT_NE(std::string(status.message).find(wrong.reason), std::string::npos) << status.message;
            EXPECT_EQ(std::string(status.message).rfind("entry 1: ", 0), 0u) << status.message;
        }
        EXPECT_EQ(lcn::tuning_entries(), 1);
    }
    EXPECT_EQ(lcn::set_tuning(nullptr, 1).code, lcn::Code::null_pointer);
    EXPECT_EQ(lcn::set_tuning(&good, -1).code, lcn::Code::invalid_argument);
    EXPECT_EQ(lcn::set_tuning(&good, lcn::max_tuning_entries + 1).code, lcn::Code::invalid_argument);
    EXPECT_FALSE(lcn::try_kernel("lcn_nonsense", false).ok());
    EXPECT_EQ(lcn::tuning_entries(), 1);
    set({});
    EXPECT_EQ(lcn::tuning_entries(), 0);
    run(Operation::forward, c, zero_operands(Operation::forward, c.layer));
}

TEST(Choice, of_what_cannot_be_called_is_refused) {
    const lcn::Problem problem = problem_of(Case{{9, 6, 8, 5, 32, 3, 3, 1, 1, false, false}});
    lcn::Problem wrong = problem;
    wrong.filters = 0;
    TuningChoice choice;
    choice.kernel = "untouched";
    for (const int operation : {-1, 3}) {
        const lcn::Status status = lcn::tuning_choice(problem, Operation(operation), choice);
        EXPECT_EQ(status.code, lcn::Code::invalid_argument);
        EXPECT_EQ(status.message, "operation has no such value: " + std::to_string(operation));
    }
    EXPECT_FALSE(lcn::tuning_choice(wrong, Operation::forward, choice).ok());
    EXPECT_STREQ(choice.kernel, "untouched");
}

TEST_P(Tuning, holds_thousands_of_entries) {
    std::vector<TuningEntry> entries;
    const Case c{{9, 6, 8, 5, 32, 3, 3, 1, 1, false, false}};
    for (int64_t k = 0; k < lcn::max_tuning_entries; k++) {
        entries.push_back(entry(c, Operation::forward, ""));
        entries.back().problem.input_rows = 6 + k % 100, entries.back().problem.input_columns = 8 + k / 100;
    }
    set(entries);
    for (int64_t k = 0; k < lcn::max_tuning_entries; k += 7) {
        const TuningChoice choice = choice_of(entries[size_t(k)].problem, Operation::forward);
        EXPECT_EQ(choice.rule, TuningRule::this_machine);
        EXPECT_EQ(choice.entry, k);
    }
    // More searches than are remembered. All these entries are equally near: the first counts.
    for (int round = 0; round < 2; round++)
        for (int64_t k = 0; k < 2000; k++) {
            lcn::Problem p = problem_of(c);
            p.channels = 6, p.input_rows += k;
            const TuningChoice choice = choice_of(p, Operation::forward);
            EXPECT_EQ(choice.rule, TuningRule::nearest);
            EXPECT_EQ(choice.entry, 0);
        }
    run(Operation::forward, c, zero_operands(Operation::forward, c.layer));
}

LCN_TEST_EVERY_PROCESSOR(Tuning);

}  // namespace

}  // namespace lcn_test
