#pragma once

#include "buffers.h"

namespace lcn::generators {

// The register tile of a kernel: the only extents that are always compiled in. Everything else (sizes,
// strides, the window, the batch) arrives at run time, unless it is fixed (buffers.h). `lanes` is the width
// of one vector; the other members count vectors or scalars and mean what the generator that reads them says.
struct Tile {
    int rows = 1;      // images (forward) or taps (backward passes) held in registers at once
    int vectors = 1;   // vectors of filters (or, in backward_input_band, of images) held in registers at once
    int lanes = 1;     // elements of one vector
    int unroll = 1;    // steps of the reduction loop that are unrolled
    int prefetch = 0;  // 64-byte lines of the next weight panel fetched per reduction step
    bool span = false;  // one tile covers all filters; its last vector overlaps the one before
    // Of devices, whose kernels run a whole layer:
    int group_rows = 1, group_columns = 1;  // tiles that share what they read, along rows and along vectors
    int block = 1;              // reduction steps that are brought together before they are summed
    bool aligned = false;       // four elements that lie together are read at once: of columns,
    bool rows_aligned = false;  // and of what rows read
    int parts = 1;  // sums kept apart, to which the steps of a block go in turn; added in order at the end
    int ahead = 0;  // loops in which the next block is fetched while one is summed
    bool cells = false;  // tiles along columns are neighbouring pixels, each with all channels of its pixel
    bool upcoming = false;  // fetches besides what its caller brings together next

    // Threads side by side read neighbours, one element each, where none can read four.
    bool interleaved() const { return !aligned && lanes > 1 && group_columns > 1; }
};

// First element of tile `index`: tiles of `size` cover `extent` elements, the last one moved back so that it
// ends exactly at the end, and so are those that fill up its group. Needs extent >= size. What two tiles
// share is computed twice, with the same bits.
inline Halide::Expr tile_start(Halide::Expr index, int size, Halide::Expr extent, int group = 1) {
    return size == 1 && group == 1 ? index : Halide::min(index * size, extent - size);
}

// The same for tiles whose elements are added to: what the last tile shares with the one before must be added
// once, so its elements before `first_added` are masked. All other tiles are where they are likely to be, and
// the compiler splits the last one off their loop, which then has no mask.
inline Halide::Expr likely_tile_start(Halide::Expr index, int size, Halide::Expr extent) {
    return size == 1 ? index : Halide::min(Halide::likely(index * size), extent - size);
}
inline Halide::Expr masked(Halide::Expr element, Halide::Expr index, int size, Halide::Expr extent,
                           Halide::Expr sum) {
    if (size == 1) return sum;
    const Halide::Expr first_added = Halide::max(Halide::likely(0), (index + 1) * size - extent);
    return Halide::select(element >= first_added, sum, 0.0f);
}

// First filter of vector `vector` in filter tile `index`.
inline Halide::Expr vector_start(Halide::Expr index, Halide::Expr vector, const Tile& tile,
                                 Halide::Expr filters) {
    if (tile.span)
        return Halide::select(vector == tile.vectors - 1, filters - tile.lanes, vector * tile.lanes);
    return tile_start(index, tile.vectors * tile.lanes, filters, tile.group_columns) + vector * tile.lanes;
}

// A filter of tile `index`. Interleaved tiles of a group take turns: the lanes of one are a group apart. What
// lies past the last filter is the last one again; but parts need filters for a whole group, since lanes with
// one address between them are read faster.
inline Halide::Expr column(Halide::Expr index, Halide::Expr vector, Halide::Expr lane, const Tile& tile,
                           Halide::Expr filters) {
    if (!tile.interleaved()) return vector_start(index, vector, tile, filters) + lane;
    const int tiles = tile.group_columns, group = tiles * tile.vectors * tile.lanes;
    const Halide::Expr of_group = (vector * tile.lanes + lane) * tiles + index % tiles;
    if (tile.parts > 1) return tile_start(index / tiles, group, filters) + of_group;
    return Halide::min(index / tiles * group + of_group, filters - 1);
}

// First filter of vector `vector`, or of its tile, that no vector before it covers.
inline Halide::Expr new_from(Halide::Expr index, Halide::Expr vector, const Tile& tile) {
    return tile.span ? vector * tile.lanes : index * (tile.vectors * tile.lanes);
}

// element += sum, for a sum that was rounded before. In a strict expression no product inside the sum is
// fused with the addition, which the compiler would do in some tiles and not in others.
inline void add_to(Halide::FuncRef element, Halide::Expr sum) {
    element = Halide::strict_float(Halide::Expr(element) + sum);
}

// `index`, or where that lies outside, an index in [0, extent).
inline Halide::Expr inside(const Halide::Expr& index, const Halide::Expr& extent) {
    return Halide::clamp(index, 0, extent - 1);
}

// Number of tiles of `size` that cover `extent`.
inline Halide::Expr tile_count(Halide::Expr extent, int size) {
    return size == 1 ? extent : (extent + size - 1) / size;
}

}  // namespace lcn::generators
