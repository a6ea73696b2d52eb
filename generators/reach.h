#pragma once

#include "tile.h"

namespace lcn::generators {

// The windows that reach any of some neighbouring places along one axis, in the order of rising tap. Places
// count from where the first window begins.
class Reach {
  public:
    Reach(const Halide::Expr& first, const Halide::Expr& last, const Halide::Expr& stride,
          const Halide::Expr& taps, const Halide::Expr& windows)
        : stride_(stride),
          taps_(taps),
          windows_(windows),
          last_window_(Halide::min(last / stride, windows - 1)),
          first_window_(Halide::max(first - taps + stride, 0) / stride) {}

    Halide::Expr count() const { return last_window_ - first_window_ + 1; }
    // A limit of count() for so many neighbours.
    Halide::Expr most(int places) const { return taps_ + (places - 1); }

    // Whether window `index` reaches `place`.
    Halide::Expr reaches(const Halide::Expr& place, const Halide::Expr& index) const {
        return tap_of(place, index) >= 0 && tap_of(place, index) < taps_;
    }
    // Also where no window is reached these are indices of the buffers.
    Halide::Expr tap(const Halide::Expr& place, const Halide::Expr& index) const {
        return Halide::clamp(tap_of(place, index), 0, taps_ - 1);
    }
    Halide::Expr window(const Halide::Expr& index) const {
        return Halide::clamp(last_window_ - index, 0, windows_ - 1);
    }

  private:
    Halide::Expr tap_of(const Halide::Expr& place, const Halide::Expr& index) const {
        return place - (last_window_ - index) * stride_;
    }

    Halide::Expr stride_, taps_, windows_, last_window_, first_window_;
};

// An image in cells of `width` neighbouring pixels of a row. What a row's last cell lacks is its last pixel
// again.
class Cells {
  public:
    Cells(const Halide::Expr& columns, int width) : columns_(columns), width_(width) {}

    int width() const { return width_; }
    Halide::Expr count(const Halide::Expr& pixels) const { return pixels / columns_ * of_row(); }
    Halide::Expr row(const Halide::Expr& cell) const { return cell / of_row(); }
    Halide::Expr first_column(const Halide::Expr& cell) const { return cell % of_row() * width_; }
    Halide::Expr last_column(const Halide::Expr& cell) const { return column(cell, width_ - 1); }
    Halide::Expr column(const Halide::Expr& cell, const Halide::Expr& index) const {
        if (width_ == 1) return first_column(cell);
        return Halide::min(first_column(cell) + index, columns_ - 1);
    }
    Halide::Expr pixel(const Halide::Expr& cell, const Halide::Expr& index) const {
        return row(cell) * columns_ + column(cell, index);
    }

  private:
    Halide::Expr of_row() const { return tile_count(columns_, width_); }

    Halide::Expr columns_;
    int width_;
};

}  // namespace lcn::generators
