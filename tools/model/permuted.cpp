#include "model/permuted.h"

namespace lcn::tool {

Tensor permuted(const Tensor& input, const std::vector<size_t>& order) {
    const size_t rank = order.size();
    std::vector<int64_t> steps(rank, 1);  // in the input, along its axes
    for (size_t axis = rank - 1; axis > 0; axis--) steps[axis - 1] = steps[axis] * input.shape[axis];
    Tensor output;
    for (const size_t axis : order) output.shape.push_back(input.shape[axis]);
    output.values.resize(input.values.size());

    std::vector<int64_t> position(rank,
                                  0);  // of the value that comes next, counted up like the digits of a number
    int64_t from = 0;
    for (float& value : output.values) {
        value = input.values[size_t(from)];
        for (size_t axis = rank; axis-- > 0;) {
            const int64_t step = steps[order[axis]];
            from += step;
            if (++position[axis] < output.shape[axis]) break;
            from -= step * position[axis];
            position[axis] = 0;
        }
    }
    return output;
}

}  // namespace lcn::tool
