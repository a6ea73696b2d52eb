// The choices that are built in (schedules/<target>/tuned.cmake): calls obey every one of them, none changes
// a result, a tuning that is loaded comes first, and the cost model chooses what they were compared with.
#include <algorithm>
#include <set>
#include <sstream>

#include "cache.h"
#include "lcn/kernels.h"
#include "lcn/tuning.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::DataFormat;
using lcn::Operation;
using lcn::Padding;
using lcn::TuningChoice;
using lcn::TuningRule;

struct Row {
    const char* target;
    Operation operation;
    bool several;  // threads
    Case called;
    const char* kernel;
    std::string cost_model;      // what it chose when the row was measured; "": nobody knows
    int64_t second_level_cache;  // of the machine that measured; 0: nobody knows
};

[[maybe_unused]] Case case_of(const reference::Layer& layer, bool several) {
    Case c{layer};
    c.threads = several ? 2 : 1;
    return c;
}

std::vector<Row> all_rows() {
    return {
#define LCN_COMPARED(target, operation, several, batch, rows, columns, channels, kernel_rows,                \
                     kernel_columns, filters, stride_rows, stride_columns, padding, data_format, kernel,     \
                     cost_model, second_level_cache)                                                         \
    {#target,                                                                                                \
     Operation::operation,                                                                                   \
     several,                                                                                                \
     case_of(                                                                                                \
         {batch, rows, columns, channels, filters, kernel_rows, kernel_columns, stride_rows, stride_columns, \
          Padding::padding == Padding::same, DataFormat::data_format == DataFormat::channels_first},         \
         several),                                                                                           \
     #kernel,                                                                                                \
     cost_model,                                                                                             \
     second_level_cache},
#include "tuned/compared.inc"
#undef LCN_COMPARED
    };
}

std::vector<Row> rows_of(const std::string& target) {
    std::vector<Row> rows;
    for (const Row& row : all_rows())
        if (row.target == target) rows.push_back(row);
    return rows;
}

std::vector<std::string> targets_with_a_table() {
    std::vector<std::string> targets;
    for (const std::string& target : target_names(Targets::processors))
        if (!rows_of(target).empty()) targets.push_back(target);
    return targets;
}

// Multiply-adds.
double work(const lcn::Problem& p) {
    int64_t rows = 0, columns = 0;
    EXPECT_TRUE(lcn::output_size(p, rows, columns).ok());
    return double(p.batch) * double(rows * columns * p.filters) *
           double(p.kernel_rows * p.kernel_columns * p.channels);
}

TuningChoice choice_of(const Row& row) {
    lcn::set_threads(row.called.threads);
    TuningChoice choice;
    const lcn::Status status = lcn::tuning_choice(problem_of(row.called), row.operation, choice);
    EXPECT_TRUE(status.ok()) << status.message;
    return choice;
}

class TunedTable : public TargetTest {
  protected:
    void TearDown() override {
        lcn::try_kernel(nullptr, false);
        lcn::set_tuning(nullptr, 0);
        const reference::Layer some{1, 4, 4, 3, 8, 3, 3, 1, 1, false, false};
        run(Operation::forward, {some}, zero_operands(Operation::forward, some));
        TargetTest::TearDown();
    }
    const std::vector<Row> rows_ = rows_of(GetParam());
};

// How the work is cut, and so which kernels accept it, depends on the machine's caches too.
TEST_P(TunedTable, calls_obey_its_rows) {
    size_t obeyed = 0;
    for (const Row& row : rows_) {
        const TuningChoice choice = choice_of(row);
        EXPECT_EQ(choice.rule, TuningRule::library_table) << row.kernel;
        EXPECT_STREQ(choice.wanted, row.kernel);
        EXPECT_EQ(std::string(choice.kernel) == row.kernel, *choice.why_not == 0);
        EXPECT_EQ(choice.entry, -1);
        const bool is_obeyed = std::string(choice.kernel) == row.kernel;
        obeyed += is_obeyed;
        if (row.second_level_cache == lcn::second_level_cache()) {
            EXPECT_TRUE(is_obeyed) << row.kernel << " " << row.called << ": " << choice.why_not;
        }
    }
    EXPECT_GE(obeyed, rows_.size() * 9 / 10);
}

TEST_P(TunedTable, no_row_changes_a_bit) {
    constexpr double most_work = 3e8;
    std::vector<Row> rows = rows_;
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return work(problem_of(a.called)) < work(problem_of(b.called));
    });
    Random random(1);
    for (const Row& row : rows) {
        if (work(problem_of(row.called)) > most_work && row.kernel != rows[0].kernel) break;
        const Operands o = real_operands(row.called.layer, random);
        lcn::try_kernel("", false);
        const Results expected = run(row.operation, row.called, o);
        lcn::try_kernel(nullptr, false);
        const bool obeyed = std::string(choice_of(row).kernel) == row.kernel;
        take_kernels_ran();
        const Results actual = run(row.operation, row.called, o);
        const std::vector<std::string> ran = take_kernels_ran();
        EXPECT_TRUE(!obeyed || std::count(ran.begin(), ran.end(), row.kernel))
            << row.kernel << " " << row.called;
        for (size_t k = 0; k < actual.size(); k++)
            EXPECT_TRUE(identical(expected[k], actual[k])) << row.kernel << " " << row.called;
    }
}

TEST_P(TunedTable, another_problem_is_not_in_it) {
    for (Row row : rows_) {
        row.called.layer.rows += 1000;
        EXPECT_EQ(choice_of(row).rule, TuningRule::built_in);
        row.called.layer.rows -= 1000, row.called.layer.same = !row.called.layer.same;
        EXPECT_EQ(choice_of(row).rule, TuningRule::built_in);
    }
}

// An entry for the problem comes before the table, the table before an entry for a problem nearby.
TEST_P(TunedTable, a_tuning_that_is_loaded_comes_first) {
    for (const Row& row : rows_) {
        lcn::TuningEntry entry;
        entry.operation = row.operation, entry.problem = problem_of(row.called);
        entry.threads = row.called.threads, entry.target = row.target;
        ASSERT_TRUE(lcn::set_tuning(&entry, 1).ok());
        TuningChoice choice = choice_of(row);
        EXPECT_EQ(choice.rule, TuningRule::this_machine);
        EXPECT_STREQ(choice.kernel, choice.built_in);
        entry.problem.input_rows += 1;
        ASSERT_TRUE(lcn::set_tuning(&entry, 1).ok());
        EXPECT_EQ(choice_of(row).rule, TuningRule::library_table);
        lcn::set_tuning(nullptr, 0);
    }
}

// What is no evidence any more: rows that were compared with another choice than the cost model's of today,
// or that have nothing but that choice. Rows of before do not say what they were compared with.
std::vector<std::string> stale(const std::vector<Row>& rows) {
    std::vector<std::string> lines;
    for (const Row& row : rows) {
        const std::string now = choice_of(row).built_in;
        if (now != row.kernel && (row.cost_model.empty() || row.cost_model == now)) continue;
        std::ostringstream line;
        line << row.kernel << " " << row.called << ": compared with "
             << (row.cost_model.empty() ? "an unknown kernel" : row.cost_model) << ", the cost model chooses "
             << now;
        lines.push_back(line.str());
    }
    return lines;
}

// Whether the cost model chooses here as where the rows were measured.
bool is_judged_here(const Row& row) {
    return row.second_level_cache == 0 || row.second_level_cache == lcn::second_level_cache();
}

TEST_P(TunedTable, was_compared_with_what_the_cost_model_chooses) {
    for (const Row& row : rows_)
        if (!is_judged_here(row)) GTEST_SKIP() << "measured beside another second-level cache";
    std::string text;
    for (const std::string& line : stale(rows_)) text += "\n" + line;
    if (!text.empty()) GTEST_SKIP() << "measure anew with ./run tune --table " << GetParam() << ":" << text;
}

TEST_P(TunedTable, names_what_is_no_evidence_any_more) {
    std::vector<Row> rows = rows_;
    for (Row& row : rows) row.cost_model = choice_of(row).built_in;
    std::erase_if(rows, [](const Row& row) { return row.cost_model == row.kernel; });
    ASSERT_FALSE(rows.empty());
    EXPECT_TRUE(stale(rows).empty());
    rows[0].cost_model = rows[0].kernel;
    ASSERT_EQ(stale(rows).size(), 1u);
    EXPECT_NE(stale(rows)[0].find(choice_of(rows[0]).built_in), std::string::npos);
    rows[0].cost_model = "";
    EXPECT_TRUE(stale(rows).empty());
    rows = {rows[0]};
    const std::string now = rows[0].cost_model = choice_of(rows[0]).built_in;
    rows[0].kernel = now.c_str();
    EXPECT_EQ(stale(rows).size(), 1u);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TunedTable);
INSTANTIATE_TEST_SUITE_P(, TunedTable, testing::ValuesIn(targets_with_a_table()), parameter_name);

TEST(TunedTables, name_targets_and_kernels_of_the_library) {
    const std::vector<std::string> targets = target_names(Targets::processors);
    std::set<std::string> kernels;
    for (int k = 0; k < lcn::kernel_count(); k++) kernels.insert(lcn::kernel_info(k).symbol);
    for (const Row& row : all_rows()) {
        EXPECT_TRUE(std::count(targets.begin(), targets.end(), row.target)) << row.target;
        EXPECT_TRUE(kernels.count(row.kernel)) << row.kernel;
    }
}

}  // namespace

}  // namespace lcn_test
