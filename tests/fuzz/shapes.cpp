// Problems: any bytes are one, of small sizes and of sizes at every limit. lcn must refuse exactly those that
// lcn.h refuses, plan the others, and be exact on those that are small.
#include <algorithm>
#include <sstream>

#include "fuzz.h"
#include "lcn/tuning.h"
#include "support/gates.h"

namespace {

using lcn::Code;
using lcn::Operation;
using lcn::Problem;
using lcn::Status;
using lcn_test::Case;

const int64_t limits[] = {0,
                          -1,
                          INT64_MIN,
                          INT64_MAX,
                          INT32_MAX,
                          int64_t(INT32_MAX) + 1,
                          int64_t(1) << 32,
                          (int64_t(1) << 32) + 1,
                          int64_t(1) << 60,
                          (int64_t(1) << 60) + 1,
                          int64_t(1) << 62,
                          int64_t(1) << 16,
                          int64_t(1) << 20,
                          1000,
                          3037000500,
                          -(int64_t(1) << 32)};

// Bytes of the input one by one; zeros when there are no more.
class Bytes {
  public:
    Bytes(const uint8_t* data, size_t size) : data_(data), end_(data + size) {}

    int next() { return data_ == end_ ? 0 : *data_++; }
    bool bit() { return next() & 1; }
    // 1 to `most`, or for the last values of a byte a limit
    int64_t size(int64_t most) {
        const int byte = next();
        return byte < 240 ? 1 + byte % most : limits[byte - 240];
    }
    // mostly 0, what lies between images and what enumerators have not
    int64_t rarely(int64_t other) { return next() < 240 ? 0 : other; }

  private:
    const uint8_t *data_, *end_;
};

// Calls of batches that are not small, or with gaps, are described by the same numbers.
struct Call {
    Case c;
    Problem problem;
};

Call read(Bytes bytes) {
    Call call;
    Case& c = call.c;
    reference::Layer& l = c.layer;
    l.batch = bytes.size(40);
    l.rows = bytes.size(9), l.columns = bytes.size(12), l.channels = bytes.size(20);
    l.filters = bytes.size(70);
    l.kernel_rows = bytes.size(6), l.kernel_columns = bytes.size(6);
    l.stride_rows = bytes.size(4), l.stride_columns = bytes.size(4);
    l.same = bytes.bit(), l.channels_first = bytes.bit();
    c.bias = bytes.bit(), c.before = bytes.bit(), c.accumulate = bytes.bit();
    c.threads = bytes.rarely(2) + 1;
    c.placement = {bytes.bit() ? lcn_test::Placement::left : lcn_test::Placement::right,
                   4 * (bytes.next() % 17)};
    const int64_t input_gap = bytes.rarely(3), output_gap = bytes.rarely(5);
    call.problem = {l.batch,       l.rows,           l.columns,     l.channels,      l.filters,
                    l.kernel_rows, l.kernel_columns, l.stride_rows, l.stride_columns};
    Problem& p = call.problem;
    p.padding = lcn::Padding(l.same + bytes.rarely(bytes.next()));
    p.data_format = lcn::DataFormat(l.channels_first + bytes.rarely(bytes.next() - 128));
    p.activation.function = lcn::Function(bytes.rarely(bytes.next() - 128));
    p.input_batch_stride = bytes.rarely(bytes.size(200)),
    p.output_batch_stride = bytes.rarely(bytes.size(200));
    c.input_gap = input_gap, c.output_gap = output_gap;
    return call;
}

// 2^60 is as many elements as a tensor may have.
bool fits(std::initializer_list<int64_t> sizes) {
    __int128 product = 1;
    for (const int64_t size : sizes)
        if (size > 0 && (product *= size) > (int64_t(1) << 60)) return false;
    return true;
}

bool fits_image(int64_t stride, int64_t image, int64_t batch) {
    return stride == 0 || (stride >= image && fits({batch, stride}));
}

// The rules of lcn.h, once more.
bool is_valid(const Problem& p) {
    if (p.padding != lcn::Padding::valid && p.padding != lcn::Padding::same) return false;
    if (p.data_format != lcn::DataFormat::channels_last && p.data_format != lcn::DataFormat::channels_first)
        return false;
    if (int(p.activation.function) < 0 || int(p.activation.function) > int(lcn::Function::mish)) return false;
    for (const int64_t size : {p.batch, p.input_rows, p.input_columns, p.channels, p.filters, p.kernel_rows,
                               p.kernel_columns, p.stride_rows, p.stride_columns})
        if (size <= 0 || !fits({size})) return false;
    const bool same = p.padding == lcn::Padding::same;
    if (!same && (p.kernel_rows > p.input_rows || p.kernel_columns > p.input_columns)) return false;
    const int64_t rows = same ? (p.input_rows + p.stride_rows - 1) / p.stride_rows
                              : (p.input_rows - p.kernel_rows) / p.stride_rows + 1;
    const int64_t columns = same ? (p.input_columns + p.stride_columns - 1) / p.stride_columns
                                 : (p.input_columns - p.kernel_columns) / p.stride_columns + 1;
    return fits({p.batch, p.input_rows, p.input_columns, p.channels}) &&
           fits({p.batch, rows, columns, p.filters}) &&
           fits({rows, columns, p.kernel_rows, p.kernel_columns, p.channels, p.filters}) &&
           fits_image(p.input_batch_stride, p.input_rows * p.input_columns * p.channels, p.batch) &&
           fits_image(p.output_batch_stride, rows * columns * p.filters, p.batch);
}

void expect_code(const Status& status, bool valid, const char* function) {
    const bool refusal = status.code == Code::invalid_size || status.code == Code::overflow ||
                         status.code == Code::invalid_argument;
    if (valid ? status.ok() : refusal && status.message[0] != '\0') return;
    fuzz::expect(false, std::string(function) + (valid ? " takes the problem: " : " refuses the problem: ") +
                            status.message);
}

// Every call with such a problem, on buffers that a call which does not look would run over.
void expect_refused(const Problem& p) {
    float in = 1, kernel = 2, out = 3;
    lcn::TuningChoice choice;
    expect_code(lcn::forward(p, &in, &kernel, nullptr, &out, nullptr, {}), false, "forward");
    expect_code(lcn::backward_input(p, &in, &kernel, &out, {}), false, "backward_input");
    expect_code(lcn::backward_weights(p, &in, &kernel, &out, nullptr, lcn::Update::overwrite, {}), false,
                "backward_weights");
    expect_code(lcn::tuning_choice(p, Operation::forward, choice), false, "tuning_choice");
    fuzz::expect(in == 1 && kernel == 2 && out == 3, "a refused call touches nothing");
}

void expect_workspace(const Case& c, Operation operation, int64_t bytes) {
    if (bytes >= 0 && bytes < int64_t(2'000'000) * lcn::threads()) return;
    std::ostringstream what;
    what << "a workspace is below 2 MB per thread, not " << bytes
         << " bytes: " << lcn_test::name_of(operation) << " " << c;
    fuzz::expect(false, what.str());
}

void plan(const Call& call, bool valid) {
    const Problem& p = call.problem;
    int64_t rows = 0, columns = 0;
    expect_code(lcn::output_size(p, rows, columns), valid, "output_size");
    for (const Operation operation : lcn_test::operations) {
        int64_t bytes = 0;
        expect_code(lcn::workspace_bytes(p, operation, bytes), valid, "workspace_bytes");
        expect_workspace(call.c, operation, bytes);
        lcn::TuningChoice choice;
        if (valid) expect_code(lcn::tuning_choice(p, operation, choice), true, "tuning_choice");
    }
}

// Sizes whose products fit, and so few of these that hundreds of calls take a second. Strides may be of any
// size.
bool is_small(const Case& c) {
    const reference::Layer& l = c.layer;
    for (const int64_t size :
         {l.batch, l.rows, l.columns, l.channels, l.filters, l.kernel_rows, l.kernel_columns})
        if (size < 1 || size > 200) return false;
    for (const int64_t stride : {l.stride_rows, l.stride_columns})
        if (stride < 1 || !fits({stride})) return false;
    return is_valid(lcn_test::problem_of(c)) && l.batch * l.kernel_size() <= 6'000 &&
           l.output_size() <= 3'000 && l.input_size() <= 3'000;
}

void use_portable_kernels() {
    // What fails throws, and nobody catches it.
    testing::GTEST_FLAG(throw_on_failure) = true;
    const Status status = lcn::set_target("portable");
    fuzz::expect(status.ok(), status.message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const bool once = (use_portable_kernels(), true);
    (void)once;
    const Call call = read({data, size});
    const bool valid = is_valid(call.problem);
    lcn::set_threads(call.c.threads);
    plan(call, valid);
    if (!valid) expect_refused(call.problem);
    const Case& c = call.c;
    if (!is_small(c)) return 0;
    lcn_test::Random random(size);
    for (const Operation operation : lcn_test::operations)
        check(operation, c, integer_operands(c.layer, random), lcn_test::exact);
    return 0;
}
