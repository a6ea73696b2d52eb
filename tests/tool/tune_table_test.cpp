// `lcn tune` on problems of the library's own table (schedules/<target>/tuned.cmake): the table's kernel is
// the choice in force, and what a bad choice in its place loses comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "bench/machine.h"
#include "run_tool.h"
#include "scratch_folder.h"
#include "tune/operands.h"
#include "tune/problems.h"
#include "tune/shape.h"
#include "tune/statistics.h"
#include "tuning_rows.h"

namespace {

using lcn::Operation;
using lcn::layer::TunedRow;

struct TableRow {
    lcn::Problem problem;
    std::string kernel;
};

double multiply_adds(const lcn::Problem& p) {
    int64_t rows = 0, columns = 0;
    lcn::output_size(p, rows, columns);
    return double(p.batch * p.filters) * double(rows * columns) *
           double(p.kernel_rows * p.kernel_columns * p.channels);
}

// The rows of the table that calls of one thread obey, the quickest first.
std::vector<TableRow> table_rows(Operation operation) {
    std::vector<TableRow> rows;
    for (const lcn::tool::NamedProblem& named : lcn::tool::suite_problems({})) {
        const lcn::TuningChoice choice = choice_of(named.problem, operation);
        if (choice.rule == lcn::TuningRule::library_table && !*choice.why_not)
            rows.push_back({named.problem, choice.kernel});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const TableRow& a, const TableRow& b) {
        return multiply_adds(a.problem) < multiply_adds(b.problem);
    });
    return rows;
}

class TuneTable : public testing::TestWithParam<Operation> {
  protected:
    void SetUp() override {
        lcn::set_threads(1);
        rows_ = table_rows(GetParam());
        if (rows_.empty()) GTEST_SKIP() << "the table of " << present_target() << " has no such row";
    }

    // What `lcn tune` finds.
    TunedRow tuned(const lcn::Problem& p, std::vector<std::string> more, const std::string& in_force = "") {
        const std::string shape = lcn::tool::shape_text(p) + ":n" + std::to_string(p.batch);
        more.insert(more.begin(), {"tune", shape, "--operation", lcn::layer::name_of(GetParam()), "-o", path_,
                                   "--threads", "1", "--again"});
        const ToolResult run = run_tool(more, {{"LCN_TUNING", in_force}});
        EXPECT_EQ(run.exit_code, 0) << run.errors;
        return lcn::layer::read_tuning_file(path_).machines.at(0).rows.at(0);
    }

    const ScratchFolder folder_;
    const std::string path_ = folder_.file("found.json");
    std::vector<TableRow> rows_;
};

TEST_P(TuneTable, ComparesWithTheTablesKernel) {
    const std::vector<std::string> elsewhere = {"--target", present_target(), "--runner",
                                                "env",      "--program",      LCN_TUNER};
    for (std::vector<std::string> more : {std::vector<std::string>(), elsewhere}) {
        const TunedRow row = tuned(rows_[0].problem, more);
        EXPECT_EQ(row.compared_with, rows_[0].kernel);
        EXPECT_TRUE(row.kernel == rows_[0].kernel || row.gain - 1 > row.spread) << row.kernel;
        more.push_back("--untuned");
        EXPECT_EQ(tuned(rows_[0].problem, more).compared_with, "");
    }
}

// Calls of kernels on one problem, with weights as cold as the tuner has them.
class Race {
  public:
    Race(const lcn::Problem& p, Operation operation)
        : operands_(p, operation, 4 * bench::last_level_cache(), 7) {}

    // How many times as fast `one` is as `other`: the median of calls turn by turn, half a millisecond each.
    double times_as_fast(const std::string& one, const std::string& other) {
        seconds(one, 1);
        const int calls = 1 + int(0.5e-3 / seconds(other, 1));
        std::vector<double> ratios;
        for (int k = 0; k < 15; k++) ratios.push_back(seconds(other, calls) / seconds(one, calls));
        lcn::try_kernel(nullptr, false);
        return lcn::tool::median(ratios);
    }

  private:
    double seconds(const std::string& symbol, int calls) {
        using Clock = std::chrono::steady_clock;
        lcn::try_kernel(symbol.c_str(), false);
        operands_.prepare();
        const int64_t bytes = operands_.workspace_bytes();
        const auto start = Clock::now();
        for (int k = 0; k < calls; k++) operands_.run(bytes);
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

    lcn::tool::Operands operands_;
};

// The kernel whose slowness, beside the table's, is nearest to 1.5 times, at least that. "": none is.
std::string bad_kernel(const TableRow& row, Operation operation) {
    Race race(row.problem, operation);
    std::string bad;
    double least = 1e9;
    for (const std::string& symbol : applicable_kernels(row.problem, operation)) {
        const double slower = race.times_as_fast(row.kernel, symbol);
        if (slower >= 1.5 && slower < least) bad = symbol, least = slower;
    }
    return bad;
}

TEST_P(TuneTable, BringsBackWhatABadChoiceLoses) {
    std::string bad;
    size_t k = 0;
    while (k < rows_.size() && (bad = bad_kernel(rows_[k], GetParam())).empty()) k++;
    ASSERT_NE(bad, "") << "no kernel is 1.5 times as slow";
    const lcn::Problem& problem = rows_[k].problem;
    lcn::layer::TuningFile planted;
    planted.of(lcn::layer::this_machine()).rows.push_back(tuned_row(problem, GetParam(), bad));
    lcn::layer::write_tuning_file(folder_.file("planted.json"), planted);

    TunedRow row;
    double recovered = 0;
    for (int search = 0; search < 2 && recovered < 0.95; search++) {  // another process may disturb one
        row = tuned(problem, {}, folder_.file("planted.json"));
        recovered = Race(problem, GetParam()).times_as_fast(row.kernel, rows_[k].kernel);
    }
    EXPECT_EQ(row.compared_with, bad);
    EXPECT_NE(row.kernel, bad);
    EXPECT_FALSE(row.reorders);
    EXPECT_GT(row.gain - 1, row.spread);
    EXPECT_GE(recovered, 0.95) << row.kernel << " instead of " << bad << ", the table has "
                               << rows_[k].kernel;
}

INSTANTIATE_TEST_SUITE_P(, TuneTable,
                         testing::Values(Operation::forward, Operation::backward_input,
                                         Operation::backward_weights),
                         [](const auto& pass) { return lcn::layer::name_of(pass.param); });

}  // namespace
