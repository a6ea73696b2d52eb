#include "check.h"

#include "answer.h"

namespace bench {

std::string check(const Workload& w) {
    const Shape& s = *w.row.shape;
    const reference::Layer layer = {
        w.row.batch,      s.rows,        s.columns,        s.channels, s.filters, s.kernel_rows,
        s.kernel_columns, s.stride_rows, s.stride_columns, s.same,     false};
    return check_answer(layer, w.row.operation, {w.input.data(), w.weights.data(), w.output.data()});
}

}  // namespace bench
