// The launches that schedules/cuda/ implies for a layer.
#pragma once

#include <algorithm>
#include <regex>
#include <string>

#include "lcn/lcn.h"
#include "reference.h"
#include "standin/driver.h"

namespace lcn_test {

using reference::Layer;
using standin::Size;

inline int64_t divide_up(int64_t x, int64_t y) {
    return (x + y - 1) / y;
}

// The tile of a kernel, out of its symbol: results of a thread, threads of a group, parts of a sum.
struct Tile {
    int64_t rows = 1, columns = 1, group_rows = 1, group_columns = 1, parts = 1;
    bool single = false;  // a product of one image
    bool aligned = false;
    bool cells = false;  // columns of a group are pixels, each with all channels

    explicit Tile(const std::string& symbol) {
        auto number = [&](const char* pattern, int64_t otherwise, int group = 1) {
            std::smatch found;
            return std::regex_search(symbol, found, std::regex(pattern)) ? std::stoll(found[group].str())
                                                                         : otherwise;
        };
        rows = number("_([0-9]+)x([0-9]+)", 1);
        columns = number("_([0-9]+)x([0-9]+)", 1, 2) * number("_lanes([0-9]+)", 4);
        group_rows = number("_group([0-9]+)x", 1);
        group_columns = number("_group[0-9]+x([0-9]+)", 1);
        single = symbol.find("_single") != std::string::npos;
        aligned = symbol.find("_aligned") != std::string::npos;
        cells = symbol.find("_cells") != std::string::npos;
        if (symbol.find("_parts") != std::string::npos)
            parts = number("_block([0-9]+)", 1) / number("_unroll([0-9]+)", 1);
    }

    int64_t groups_of_rows(int64_t extent) const { return divide_up(divide_up(extent, rows), group_rows); }
    int64_t groups_of_columns(int64_t extent) const {
        return divide_up(divide_up(extent, columns), group_columns);
    }
};

struct Launch {
    Size blocks, threads;
};
inline Size size(int64_t x, int64_t y = 1, int64_t z = 1) {
    return {unsigned(x), unsigned(y), unsigned(z)};
}

inline Launch forward_launch(const Tile& t, const Layer& l) {
    return {
        size(l.output_rows() * l.output_columns(), t.groups_of_rows(l.batch), t.groups_of_columns(l.filters)),
        size(t.group_columns, std::max(t.group_rows, t.parts))};
}
// A thread has a part of the sum over filters, or four that lie together.
inline Launch backward_input_launch(const Tile& t, const Layer& l) {
    const int64_t in_a_row = t.cells ? divide_up(l.columns, t.group_columns) : l.columns;
    const int64_t groups = t.cells ? 1 : t.groups_of_columns(l.channels);
    const Size blocks = size(l.rows * in_a_row, t.groups_of_rows(l.batch), groups);
    if (t.parts > 1) return {blocks, size(t.aligned ? t.parts / 4 : t.parts, t.group_columns)};
    return {blocks, t.cells ? size(t.group_rows, t.group_columns) : size(t.group_columns, t.group_rows)};
}
inline Launch backward_weights_launch(const Tile& t, const Layer& l) {
    const int64_t planes = l.channels_first ? l.channels : 1;
    const int64_t taps = l.kernel_columns * (l.channels_first ? 1 : l.channels);
    // A thread of a product goes through all groups of filters.
    const int64_t groups = t.single ? 1 : t.groups_of_columns(l.filters);
    return {
        size(l.output_rows() * l.output_columns(), t.groups_of_rows(taps) * groups, planes * l.kernel_rows),
        size(t.group_columns, t.group_rows)};
}
inline Launch bias_launch(const Tile& t, const Layer& l) {
    return {size(l.output_rows() * l.output_columns(), t.single ? 1 : t.groups_of_columns(l.filters)),
            size(t.group_columns, t.group_rows)};
}

inline Launch launch_of(lcn::Operation operation, const Tile& t, const Layer& l) {
    if (operation == lcn::Operation::forward) return forward_launch(t, l);
    return operation == lcn::Operation::backward_input ? backward_input_launch(t, l)
                                                       : backward_weights_launch(t, l);
}

}  // namespace lcn_test
