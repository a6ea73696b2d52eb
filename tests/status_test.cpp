// Every status, each with the argument and its value in the message, and with all outputs untouched.
#include <climits>
#include <functional>

#include "lcn/kernels.h"
#include "support/gates.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;

// The arguments of all operations, valid until a test spoils one. Every buffer has room for the largest
// tensor.
struct Arguments {
    static constexpr int64_t room = 20'000;

    lcn::Problem problem;
    lcn::Update update = lcn::Update::overwrite;
    GuardedFloats memory{10 * room, {Placement::left}};
    float* input = memory.data();
    float* kernel = input + room;
    float* bias = kernel + room;
    float* output_gradient = bias + room;
    float* output = output_gradient + room;
    float* before = output + room;
    float* input_gradient = before + room;
    float* kernel_gradient = input_gradient + room;
    float* bias_gradient = kernel_gradient + room;
    lcn::Workspace workspace{bias_gradient + room, room * 4};

    Arguments() {
        problem.batch = 9;
        problem.input_rows = 6, problem.input_columns = 7, problem.channels = 2;
        problem.filters = 5;
        problem.kernel_rows = problem.kernel_columns = 3;
        lcn::set_threads(1);
    }

    lcn::Status call(Operation operation) const {
        if (operation == Operation::forward)
            return lcn::forward(problem, input, kernel, bias, output, before, workspace);
        if (operation == Operation::backward_input)
            return lcn::backward_input(problem, output_gradient, kernel, input_gradient, workspace);
        return lcn::backward_weights(problem, input, output_gradient, kernel_gradient, bias_gradient, update,
                                     workspace);
    }
    bool untouched() const { return memory.intact(0, memory.count()); }
};

void expect_status(const lcn::Status& status, Code code, std::initializer_list<std::string> words) {
    EXPECT_EQ(status.code, code) << status.message;
    for (const std::string& word : words)
        EXPECT_NE(std::string(status.message).find(word), std::string::npos)
            << "'" << word << "' is not in '" << status.message << "'";
}

struct Misuse {
    Code code;
    std::vector<Operation> of;  // operations
    std::initializer_list<std::string> words;
    std::function<void(Arguments&)> spoil;
};

const std::vector<Operation> all(std::begin(operations), std::end(operations));
const std::vector<Operation> forward_only = {Operation::forward},
                             backward_input_only = {Operation::backward_input},
                             backward_weights_only = {Operation::backward_weights};
const std::vector<Operation> reading_input = {Operation::forward, Operation::backward_weights};
const std::vector<Operation> reading_kernel = {Operation::forward, Operation::backward_input};
const std::vector<Operation> reading_gradient = {Operation::backward_input, Operation::backward_weights};

void expect_refused(const std::vector<Misuse>& misuses) {
    for (size_t k = 0; k < misuses.size(); k++)
        for (Operation operation : misuses[k].of) {
            SCOPED_TRACE(testing::Message() << "row " << k << ", " << name_of(operation));
            Arguments arguments;
            misuses[k].spoil(arguments);
            expect_status(arguments.call(operation), misuses[k].code, misuses[k].words);
            EXPECT_TRUE(arguments.untouched()) << "written to";
        }
}

TEST(Status, valid_arguments_are_accepted) {
    for (Operation operation : operations) {
        const Arguments arguments;
        const lcn::Status status = arguments.call(operation);
        EXPECT_TRUE(status.ok()) << status.message;
        EXPECT_STREQ(status.message, "");
    }
}

TEST(Status, sizes_must_be_positive) {
    const std::pair<const char*, int64_t lcn::Problem::*> sizes[] = {
        {"batch", &lcn::Problem::batch},
        {"input_rows", &lcn::Problem::input_rows},
        {"input_columns", &lcn::Problem::input_columns},
        {"channels", &lcn::Problem::channels},
        {"filters", &lcn::Problem::filters},
        {"kernel_rows", &lcn::Problem::kernel_rows},
        {"kernel_columns", &lcn::Problem::kernel_columns},
        {"stride_rows", &lcn::Problem::stride_rows},
        {"stride_columns", &lcn::Problem::stride_columns}};
    for (const auto& [name, size] : sizes)
        for (int64_t value : {int64_t(0), int64_t(-1), INT64_MIN}) {
            auto spoil = [size = size, value](Arguments& a) { a.problem.*size = value; };
            expect_refused({{Code::invalid_size, all, {name, std::to_string(value)}, spoil}});
        }
}

TEST(Status, sizes_must_fit_together) {
    expect_refused({
        {Code::invalid_size, all, {"kernel_rows", "7", "6"}, [](Arguments& a) { a.problem.kernel_rows = 7; }},
        {Code::invalid_size,
         all,
         {"kernel_columns", "8", "7"},
         [](Arguments& a) { a.problem.kernel_columns = 8; }},
        {Code::invalid_size,
         all,
         {"input_batch_stride", "83"},
         [](Arguments& a) { a.problem.input_batch_stride = 83; }},
        {Code::invalid_size,
         all,
         {"input_batch_stride", "-84"},
         [](Arguments& a) { a.problem.input_batch_stride = -84; }},
        {Code::invalid_size,
         all,
         {"output_batch_stride", "99"},
         [](Arguments& a) { a.problem.output_batch_stride = 99; }},
    });
}

// Each product of sizes passes 2^60 elements, some by so much that 64 bits wrap to a small number or to 0.
TEST(Status, overflowing_sizes_are_refused) {
    const int64_t huge = int64_t(1) << 32;
    expect_refused({
        {Code::overflow, all, {"batch"}, [](Arguments& a) { a.problem.batch = INT64_MAX; }},
        {Code::overflow,
         all,
         {"input"},
         [=](Arguments& a) { a.problem.batch = a.problem.input_rows = huge; }},
        {Code::overflow,
         all,
         {"input"},
         [=](Arguments& a) { a.problem.channels = a.problem.input_columns = huge; }},
        {Code::overflow,
         all,
         {"input"},
         [=](Arguments& a) { a.problem.batch = huge / 2, a.problem.channels = huge; }},
        {Code::overflow, all, {"output"}, [=](Arguments& a) { a.problem.batch = a.problem.filters = huge; }},
        {Code::overflow,
         all,
         {"kernel"},
         [=](Arguments& a) { a.problem.channels = a.problem.filters = huge; }},
        {Code::overflow, all, {"stride_rows"}, [](Arguments& a) { a.problem.stride_rows = INT64_MAX; }},
        {Code::overflow,
         all,
         {"kernel_rows"},
         [](Arguments& a) {
             a.problem.kernel_rows = INT64_MAX;
             a.problem.padding = lcn::Padding::same;
         }},
        {Code::overflow,
         all,
         {"input_batch_stride"},
         [](Arguments& a) { a.problem.input_batch_stride = INT64_MAX; }},
        {Code::overflow,
         all,
         {"output_batch_stride"},
         [](Arguments& a) { a.problem.output_batch_stride = INT64_MAX / 4; }},
    });
}

// Tensors past 2^31 and 2^32 elements are no error.
TEST(Status, large_sizes_are_accepted) {
    lcn::Problem p = Arguments().problem;
    for (int64_t channels : {int64_t(1) << 25, int64_t(1) << 28, int64_t(1) << 35}) {
        p.channels = channels;
        for (Operation operation : operations) {
            int64_t bytes = -1;
            const lcn::Status status = lcn::workspace_bytes(p, operation, bytes);
            EXPECT_TRUE(status.ok()) << status.message;
        }
    }
}

TEST(Status, enumerators_must_exist) {
    expect_refused({
        {Code::invalid_argument,
         all,
         {"padding", "7"},
         [](Arguments& a) { a.problem.padding = lcn::Padding(7); }},
        {Code::invalid_argument,
         all,
         {"data_format", "-1"},
         [](Arguments& a) { a.problem.data_format = lcn::DataFormat(-1); }},
        {Code::invalid_argument,
         all,
         {"activation.function", "15"},
         [](Arguments& a) { a.problem.activation.function = lcn::Function(15); }},
        {Code::invalid_argument,
         all,
         {"activation.function", "-1"},
         [](Arguments& a) { a.problem.activation.function = lcn::Function(-1); }},
        {Code::invalid_argument,
         backward_weights_only,
         {"update", "2"},
         [](Arguments& a) { a.update = lcn::Update(2); }},
    });
}

// The pointers, by name, and the operations that need them or may take them.
struct Pointer {
    const char* name;
    float* Arguments::*pointer;
    std::vector<Operation> of;
    bool required;
};
const std::vector<Pointer>& pointers() {
    static const std::vector<Pointer> all_pointers = {
        {"input", &Arguments::input, reading_input, true},
        {"kernel", &Arguments::kernel, reading_kernel, true},
        {"bias", &Arguments::bias, forward_only, false},
        {"output", &Arguments::output, forward_only, true},
        {"before_activation", &Arguments::before, forward_only, false},
        {"output_gradient", &Arguments::output_gradient, reading_gradient, true},
        {"input_gradient", &Arguments::input_gradient, backward_input_only, true},
        {"kernel_gradient", &Arguments::kernel_gradient, backward_weights_only, true},
        {"bias_gradient", &Arguments::bias_gradient, backward_weights_only, false}};
    return all_pointers;
}

TEST(Status, required_pointers_must_not_be_null) {
    for (const Pointer& p : pointers()) {
        auto spoil = [&](Arguments& a) { a.*p.pointer = nullptr; };
        if (p.required) {
            expect_refused({{Code::null_pointer, p.of, {p.name}, spoil}});
        } else {
            Arguments arguments;
            spoil(arguments);
            EXPECT_TRUE(arguments.call(p.of[0]).ok()) << p.name << " may be null";
        }
    }
}

TEST(Status, pointers_must_be_aligned) {
    for (const Pointer& p : pointers())
        for (int bytes : {1, 2, 3})
            expect_refused({{Code::misaligned, p.of, {p.name}, [&](Arguments& a) {
                                 a.*p.pointer =
                                     reinterpret_cast<float*>(reinterpret_cast<char*>(a.*p.pointer) + bytes);
                             }}});
    expect_refused({{Code::misaligned, all, {"workspace.data"}, [](Arguments& a) {
                         a.workspace.data = static_cast<char*>(a.workspace.data) + 1;
                     }}});
}

// Every output against every other buffer: the same memory, and sharing one element at either end.
TEST(Status, outputs_must_not_overlap) {
    const int64_t smallest = 100;  // elements that each buffer has at least
    const std::pair<Operation, std::vector<const char*>> outputs[] = {
        {Operation::forward, {"output", "before_activation"}},
        {Operation::backward_input, {"input_gradient"}},
        {Operation::backward_weights, {"kernel_gradient", "bias_gradient"}}};
    for (const auto& [operation, written] : outputs)
        for (const Pointer& to : pointers())
            for (const Pointer& other : pointers()) {
                auto has = [&, operation = operation](const Pointer& p) {
                    return std::count(p.of.begin(), p.of.end(), operation) > 0;
                };
                if (!has(to) || !has(other) || to.pointer == other.pointer) continue;
                if (std::count(written.begin(), written.end(), std::string(to.name)) == 0) continue;
                for (int64_t distance : {int64_t(0), smallest - 1, 1 - smallest})
                    expect_refused(
                        {{Code::overlap, {operation}, {to.name, other.name, "overlaps"}, [&](Arguments& a) {
                              a.*to.pointer = a.*other.pointer + distance;
                          }}});
            }
}

TEST(Status, the_workspace_must_not_overlap) {
    for (const Pointer& p : pointers())
        expect_refused({{Code::overlap, p.of, {"workspace.data", p.name}, [&](Arguments& a) {
                             a.workspace.data = a.*p.pointer;
                         }}});
}

TEST(Status, outputs_that_touch_do_not_overlap) {
    Arguments a;
    a.output = a.input + 9 * 6 * 7 * 2;
    a.before = a.output + 9 * 4 * 5 * 5;
    EXPECT_TRUE(a.call(Operation::forward).ok());
}

TEST(Status, activation_gradient_checks_its_arguments) {
    const GuardedFloats memory(400);
    float *const x = memory.data(), *const dy = x + 100, *const dx = x + 200;
    auto shifted = [](float* p) { return reinterpret_cast<float*>(reinterpret_cast<char*>(p) + 1); };
    const lcn::Activation tanh{lcn::Function::tanh};
    using lcn::activation_gradient;
    expect_status(activation_gradient({lcn::Function(15)}, 10, x, dy, dx), Code::invalid_argument,
                  {"activation.function", "15"});
    expect_status(activation_gradient(tanh, 0, x, dy, dx), Code::invalid_size, {"count", "0"});
    expect_status(activation_gradient(tanh, -5, x, dy, dx), Code::invalid_size, {"count", "-5"});
    expect_status(activation_gradient(tanh, INT64_MAX, x, dy, dx), Code::overflow, {"count"});
    expect_status(activation_gradient(tanh, 10, nullptr, dy, dx), Code::null_pointer, {"before_activation"});
    expect_status(activation_gradient(tanh, 10, x, nullptr, dx), Code::null_pointer, {"output_gradient"});
    expect_status(activation_gradient(tanh, 10, x, dy, nullptr), Code::null_pointer, {"before_gradient"});
    expect_status(activation_gradient(tanh, 10, shifted(x), dy, dx), Code::misaligned, {"before_activation"});
    expect_status(activation_gradient(tanh, 10, x, shifted(dy), dx), Code::misaligned, {"output_gradient"});
    expect_status(activation_gradient(tanh, 10, x, dy, shifted(dx)), Code::misaligned, {"before_gradient"});
    expect_status(activation_gradient(tanh, 10, x, dy, x + 9), Code::overlap, {"before_gradient"});
    expect_status(activation_gradient(tanh, 10, x, dy, dy - 9), Code::overlap, {"before_gradient"});
    EXPECT_TRUE(memory.intact(0, memory.count()));
}

TEST(Status, queries_leave_their_results_alone_when_they_fail) {
    lcn::Problem problem = Arguments().problem;
    int64_t rows = -7, columns = -7, bytes = -7;
    expect_status(lcn::workspace_bytes(problem, Operation(3), bytes), Code::invalid_argument,
                  {"operation", "3"});
    problem.filters = 0;
    expect_status(lcn::output_size(problem, rows, columns), Code::invalid_size, {"filters"});
    expect_status(lcn::workspace_bytes(problem, Operation::forward, bytes), Code::invalid_size, {"filters"});
    EXPECT_EQ(rows, -7);
    EXPECT_EQ(columns, -7);
    EXPECT_EQ(bytes, -7);
}

TEST(Status, output_size_is_that_of_the_formula) {
    for (const Case& c : pairwise_cases(110)) {
        int64_t rows = 0, columns = 0;
        ASSERT_TRUE(lcn::output_size(problem_of(c), rows, columns).ok());
        EXPECT_EQ(rows, c.layer.output_rows()) << c;
        EXPECT_EQ(columns, c.layer.output_columns()) << c;
    }
}

TEST(Status, threads_are_1_to_1024) {
    ASSERT_TRUE(lcn::set_threads(5).ok());
    for (int threads : {0, -1, 1025, INT_MIN, INT_MAX}) {
        expect_status(lcn::set_threads(threads), Code::invalid_argument,
                      {"threads", std::to_string(threads)});
        EXPECT_EQ(lcn::threads(), 5);
    }
    for (int threads : {1, 1024}) {
        EXPECT_TRUE(lcn::set_threads(threads).ok());
        EXPECT_EQ(lcn::threads(), threads);
    }
}

std::string active_target() {
    const char* name = nullptr;
    const lcn::Status status = lcn::target(name);
    return status.ok() ? name : status.message;
}

TEST(Status, unknown_targets_are_refused) {
    const std::string before = active_target(), endless(1000, 'x');
    for (const char* name : {"x86_avx1024", "portable ", "PORTABLE", endless.c_str()}) {
        expect_status(lcn::set_target(name), Code::unknown_target,
                      {"set_target", std::string(name).substr(0, 40)});
        EXPECT_EQ(active_target(), before);
    }
}

TEST(Status, unusable_targets_are_refused) {
    const std::string before = active_target();
    int unusable = 0;
    for (int t = 0; t < lcn::target_count(); t++) {
        if (lcn::target_info(t).usable) continue;
        unusable++;
        expect_status(lcn::set_target(lcn::target_info(t).name), Code::unusable_target,
                      {lcn::target_info(t).name});
        EXPECT_EQ(active_target(), before);
    }
    if (unusable == 0) GTEST_SKIP() << "this machine can run every target";
}

TEST(Status, unknown_features_are_not_there) {
    for (const char* const feature : {static_cast<const char*>(nullptr), "", "mmx"})
        EXPECT_FALSE(lcn::cpu_supports(feature));
}

TEST(Status, unknown_kernels_are_refused) {
    expect_status(lcn::prefer_kernel("lcn_nothing"), Code::invalid_argument,
                  {"prefer_kernel", "lcn_nothing"});
    EXPECT_TRUE(lcn::prefer_kernel("").ok());
    EXPECT_TRUE(lcn::prefer_kernel(nullptr).ok());
}

}  // namespace

}  // namespace lcn_test
