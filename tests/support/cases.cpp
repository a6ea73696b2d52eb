#include "cases.h"

#include <ostream>

#include "pairwise.h"

namespace lcn_test {

std::ostream& operator<<(std::ostream& stream, const Case& c) {
    const reference::Layer& l = c.layer;
    return stream << (l.channels_first ? "channels_first " : "channels_last ") << (l.same ? "same" : "valid")
                  << " batch " << l.batch << " image " << l.rows << "x" << l.columns << "x" << l.channels
                  << " kernel " << l.kernel_rows << "x" << l.kernel_columns << " stride " << l.stride_rows
                  << "x" << l.stride_columns << " filters " << l.filters << (c.bias ? " bias" : "")
                  << (c.before ? " before" : "") << (c.accumulate ? " accumulate" : "") << " gaps "
                  << c.input_gap << " " << c.output_gap << " threads " << c.threads << " function "
                  << int(c.activation.function);
}

lcn::Problem problem_of(const Case& c) {
    const reference::Layer& l = c.layer;
    lcn::Problem p;
    p.batch = l.batch;
    p.input_rows = l.rows, p.input_columns = l.columns, p.channels = l.channels;
    p.filters = l.filters;
    p.kernel_rows = l.kernel_rows, p.kernel_columns = l.kernel_columns;
    p.stride_rows = l.stride_rows, p.stride_columns = l.stride_columns;
    p.padding = l.same ? lcn::Padding::same : lcn::Padding::valid;
    p.data_format = l.channels_first ? lcn::DataFormat::channels_first : lcn::DataFormat::channels_last;
    p.activation = c.activation;
    if (c.input_gap > 0) p.input_batch_stride = l.input_size() / l.batch + c.input_gap;
    if (c.output_gap > 0) p.output_batch_stride = l.output_size() / l.batch + c.output_gap;
    return p;
}

namespace {

constexpr int64_t whole_image = 0;  // a kernel side

enum Dimension {
    layout,
    padding,
    rows,
    columns,
    channels,
    filters,
    batch,
    kernel_rows,
    kernel_columns,
    stride_rows,
    stride_columns,
    bias,
    before,
    update,
    input_gap,
    output_gap,
    threads
};

// By Dimension; none of the rows is one of the columns.
const std::vector<std::vector<int64_t>> levels = {{0, 1},
                                                  {0, 1},
                                                  {5, 8},
                                                  {6, 7, 11},
                                                  {1, 2, 3, 4, 5, 16, 17},
                                                  {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 81},
                                                  {1, 2, 3, 7, 8, 9, 31, 32, 33},
                                                  {1, 2, 3, 5, whole_image},
                                                  {1, 2, 3, 5, whole_image},
                                                  {1, 2, 3, 4},
                                                  {1, 2, 3, 4},
                                                  {0, 1},
                                                  {0, 1},
                                                  {0, 1},
                                                  {0, 3},
                                                  {0, 5},
                                                  {1, 3}};

Case make_case(const std::vector<int>& row) {
    auto value = [&](Dimension d) { return levels[d][row[d]]; };
    Case c;
    reference::Layer& l = c.layer;
    l.batch = value(batch);
    l.rows = value(rows), l.columns = value(columns), l.channels = value(channels);
    l.filters = value(filters);
    l.kernel_rows = value(kernel_rows) == whole_image ? l.rows : value(kernel_rows);
    l.kernel_columns = value(kernel_columns) == whole_image ? l.columns : value(kernel_columns);
    l.stride_rows = value(stride_rows), l.stride_columns = value(stride_columns);
    l.same = value(padding), l.channels_first = value(layout);
    c.bias = value(bias), c.before = value(before), c.accumulate = value(update);
    c.input_gap = value(input_gap), c.output_gap = value(output_gap);
    c.threads = int(value(threads));
    return c;
}

}  // namespace

std::vector<Case> pairwise_cases(uint64_t seed) {
    std::vector<int> counts;
    for (const auto& of_dimension : levels) counts.push_back(int(of_dimension.size()));
    std::vector<Case> cases;
    for (const auto& row : pairwise(counts, seed)) cases.push_back(make_case(row));
    return cases;
}

}  // namespace lcn_test
