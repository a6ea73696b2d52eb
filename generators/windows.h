#pragma once

#include "buffers.h"
#include "tile.h"

namespace lcn::generators {

// The scalars of a kernel that runs a whole layer. Position q is column q % columns of row q / columns; its
// window begins first_column elements before (q % columns) * position_step in the image, and first_row rows
// above (q / columns) * row_step.
struct LayerScalars {
    Halide::GeneratorInput<int>*columns = nullptr, *row_step = nullptr, *first_column = nullptr,
    *first_row = nullptr;

    // Declares them, after the kernel's other arguments. A generator calls it in configure().
    template <typename Generator>
    void add_to(Generator& generator) {
        columns = generator.template add_input<int>("columns");
        row_step = generator.template add_input<int>("row_step");
        first_column = generator.template add_input<int>("first_column");
        first_row = generator.template add_input<int>("first_row");
    }
};

// How a kernel goes through the window of a position: blocks of taps, in window rows, in planes.
//
// Kernels of one output row get positions that share one valid window, trimmed by the runtime: position q
// reads the input from element q * position_step on. Kernels of a whole layer trim each window themselves:
// row 0 and tap 0 of a step are the first ones inside the image.
//
// Taps come in groups of `together`, that read the input as one vector; with more than 1 a pixel of the image
// has a multiple of that many elements.
class Windows {
  public:
    // What a step reads.
    struct Step {
        Halide::Expr tap, row;  // of the weights
        Halide::Expr input_element, input_row;
        Halide::Expr inside;  // undefined: always. What fills the last block up is not, and reads another tap

        Halide::Expr only_inside(const Halide::Expr& value) const {
            return inside.defined() ? Halide::select(inside, value, 0.0f) : value;
        }
    };

    // `weights` begin with dimensions (filter, tap, window row), `input` with (element, row).
    template <typename Weights, typename Input>
    Windows(Weights& weights, Input& input, int block, const Halide::Expr& position_step,
            const LayerScalars& layer, int together = 1)
        : groups_(weights.dim(1).extent() / together),
          rows_(weights.dim(2).extent()),
          input_groups_(input.dim(0).extent() / together),
          input_rows_(input.dim(1).extent()),
          block_(block),
          together_(together),
          position_step_(position_step / together),
          layer_(layer) {}

    // Tap `tap` of a group of block `block`.
    Step step(const Halide::Expr& tap, const Halide::Expr& group, const Halide::Expr& block,
              const Halide::Expr& row, const Halide::Expr& position) const {
        const Halide::Expr g = block * (block_ / together_) + group;
        if (!layer_.columns) return {g + tap, row, position * position_step_ + g + tap, row, {}};
        const Valid groups = valid_groups(position), rows = valid_rows(position);
        // Addresses stay inside the buffers, also those that only the analysis of bounds asks for.
        return {generators::inside(groups.begin + g, groups_) * together_ + tap,
                generators::inside(rows.begin + row, rows_),
                generators::inside(groups.begin + g - groups.window, input_groups_) * together_ + tap,
                generators::inside(rows.begin + row - rows.window, input_rows_),
                groups.begin + g < groups.end};
    }

    // Tap `tap` of group `group` of the whole window; `inside` also speaks of its row.
    Step meets(const Halide::Expr& tap, const Halide::Expr& group, const Halide::Expr& row,
               const Halide::Expr& position) const {
        if (!layer_.columns) return {group + tap, row, position * position_step_ + group + tap, row, {}};
        const Valid groups = valid_groups(position), rows = valid_rows(position);
        return {group * together_ + tap, row,
                generators::inside(group - groups.window, input_groups_) * together_ + tap,
                generators::inside(row - rows.window, input_rows_),
                group >= groups.begin && group < groups.end && row >= rows.begin && row < rows.end};
    }

    // The steps of the window of `position`: x tap of a block, of which there are `taps_of_block`, y block, z
    // window row, w plane.
    Halide::RDom reduction(int taps_of_block, const Halide::Expr& planes,
                           const Halide::Expr& position) const {
        const int groups_of_block = block_ / together_;
        Halide::RDom k(0, taps_of_block, 0, tile_count(groups_, groups_of_block), 0, rows_, 0, planes,
                       "taps");
        if (layer_.columns) {
            const Valid groups = valid_groups(position), rows = valid_rows(position);
            k.where(k.y * groups_of_block < groups.end - groups.begin);
            k.where(k.z < rows.end - rows.begin);
        }
        return k;
    }

  private:
    // Of a window whose place t meets place t - window of the image, places [begin, end) lie inside.
    struct Valid {
        Halide::Expr window, begin, end;
    };
    static Valid valid(const Halide::Expr& window, const Halide::Expr& extent, const Halide::Expr& image) {
        return {window, Halide::max(window, 0), Halide::min(extent, window + image)};
    }
    Valid valid_groups(const Halide::Expr& position) const {
        return valid(*layer_.first_column / together_ - position % *layer_.columns * position_step_, groups_,
                     input_groups_);
    }
    Valid valid_rows(const Halide::Expr& position) const {
        return valid(*layer_.first_row - position / *layer_.columns * *layer_.row_step, rows_, input_rows_);
    }

    Halide::Expr groups_, rows_, input_groups_, input_rows_;
    int block_, together_;
    Halide::Expr position_step_;  // groups
    LayerScalars layer_;
};

}  // namespace lcn::generators
