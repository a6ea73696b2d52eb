// The groups of a tensor's elements that differ only along some axes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "lcn/layer.h"

namespace lcn::layer {

// Walks over a tensor in C order and says the group of each element: its index without the reduced axes.
class AxisGroups {
  public:
    // `axes`: of [0, rank), each once.
    AxisGroups(const Shape& shape, const std::vector<int64_t>& axes)
        : sizes_(shape), steps_(shape.size()), at_(shape.size()) {
        for (const int64_t axis : axes) steps_[size_t(axis)] = -1;
        for (size_t axis = shape.size(); axis-- > 0;) {
            const bool is_reduced = steps_[axis] < 0;
            steps_[axis] = is_reduced ? 0 : groups_;
            if (!is_reduced) groups_ *= shape[axis];
        }
    }

    int64_t groups() const { return groups_; }

    // Calls visit(element, group) for the next `count` elements, numbered from 0. Along the last axis a group
    // follows the other or stays, so only a row's end needs the other axes.
    template <typename Visit>
    void advance(int64_t count, Visit visit) {
        const size_t last = sizes_.size() - 1;
        for (int64_t element = 0; element < count;) {
            const int64_t in_row = std::min(count - element, sizes_[last] - at_[last]), step = steps_[last];
            for (int64_t k = 0; k < in_row; k++) visit(element + k, group_ + k * step);
            element += in_row;
            move(last, in_row);
        }
    }

  private:
    void move(size_t axis, int64_t by) {
        at_[axis] += by;
        group_ += by * steps_[axis];
        if (at_[axis] < sizes_[axis]) return;
        group_ -= at_[axis] * steps_[axis];
        at_[axis] = 0;
        if (axis > 0) move(axis - 1, 1);
    }

    Shape sizes_, steps_, at_;
    int64_t groups_ = 1, group_ = 0;
};

// Axes as Keras takes them, -1 the last one, as of [0, rank). Throws std::invalid_argument naming the
// argument when one is out of range or there twice.
std::vector<int64_t> axes_of(const std::string& argument, const std::vector<int64_t>& axes, size_t rank);

}  // namespace lcn::layer
