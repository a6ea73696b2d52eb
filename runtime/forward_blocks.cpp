#include "forward_blocks.h"

namespace lcn {

ForwardBlocks::ForwardBlocks(const Geometry& geometry, const Kernels& available, int64_t images,
                             int64_t filters)
    : g(geometry),
      kernels(available),
      filters_(filters),
      cut(cut_forward(g, kernels, images, filters, whole_window(g))),
      images_(std::min(images, cut.images)) {
    const int64_t block = block_of(g, whole_window(g), cut.taps).size();
    uncut_ = block == g.window && !cut.by_tile;
    // The partial sums of one position, in whole tiles: these have at most 8 rows and 256 filters, and 64
    // where they are calls of their own.
    const int64_t sums = cut.by_tile ? std::min(filters, 2 * cut.filters) + 128 : filters + 256;
    if (block < g.window) images_ = std::min(images_, buffer_floats / sums - 8);
    const int64_t most = std::min(cut.taps, g.window);  // of a block, also where windows are trimmed
    if (cut.gathers_input) images_ = std::min(images_, buffer_floats / gathered_image(most));
    images_ = std::max<int64_t>(1, images_);
    // Equal parts of the batch.
    const int64_t batch = g.problem.batch;
    images_ = std::min(round_up(divide_up(batch, divide_up(batch, images_)), 8), images_);
    if (block < g.window) partial_floats_ = round_up((images_ + 8) * sums, 16);
    if (cut.gathers_input) input_floats_ = images_ * gathered_image(most);
    if (cut.gathers_weights) weights_floats_ = round_up(most * 256, 16);
}

const Kernel* ForwardBlocks::choose(int64_t images, int64_t filters, const Block& block) const {
    return choose_forward(kernels, images, filters, block,
                          cut.gathers_weights ? NextWeights::near
                          : cut.by_tile       ? NextWeights::by_tap
                                              : NextWeights::in_one_piece);
}

const Kernel* ForwardBlocks::choose(int64_t images, int64_t filters, const Block& block,
                                    Choices& choices) const {
    return choices.kernel({images, filters, block.planes, block.rows, block.taps},
                          [&] { return choose(images, filters, block); });
}

const Kernel* ForwardBlocks::main_kernel(int64_t images) const {
    return choose(images, filters_ < 2 * cut.filters ? filters_ : cut.filters,
                  block_of(g, whole_window(g), cut.taps));
}

// Pieces are tiles of filters, the last as narrow as it may be, over those of the one before; or all filters.
struct ForwardBlocks::Pieces {
    struct Piece {
        const Kernel* kernel;
        int64_t filters;  // that one call of it computes
    };
    Piece piece, last;
};

ForwardBlocks::Pieces ForwardBlocks::pieces_of(int64_t count, int64_t filters, const Block& block,
                                               Choices& choices) const {
    const Pieces::Piece all{choose(count, filters, block, choices), filters};
    Pieces pieces{all, all};
    if (!cut.by_tile || filters <= all.kernel->width()) return pieces;
    pieces.piece.filters = all.kernel->width();
    pieces.last.filters = round_up((filters - 1) % pieces.piece.filters + 1, all.kernel->lanes);
    if (pieces.last.filters != pieces.piece.filters)
        pieces.last.kernel = choose(count, pieces.last.filters, block, choices);
    return pieces;
}

// A block of one position's window, for a group of filters.
struct ForwardBlocks::Part {
    const ForwardStretch& s;  // the position and the group
    Block at, block;          // where it begins in the window, and its extents
    const float* next;        // the weights that are needed after it

    bool begins() const { return at.planes == 0 && at.rows == 0 && at.taps == 0; }
    bool ends() const {
        return at.planes + block.planes == s.window.planes && at.rows + block.rows == s.window.rows &&
               at.taps + block.taps == s.window.taps;
    }
};

void ForwardBlocks::run(const ForwardStretch& s, float* workspace, Choices& choices) const {
    const Block block = block_of(g, s.window, cut.taps);
    const int64_t groups = std::max<int64_t>(1, s.filters / cut.filters);
    const int64_t last_filters = s.filters - (groups - 1) * cut.filters;
    const Pieces last = pieces_of(s.images, last_filters, block, choices);
    const Pieces pieces = groups == 1 ? last : pieces_of(s.images, cut.filters, block, choices);
    for (int64_t q = 0; q < s.positions; q++)
        for (int64_t group = 0; group < groups; group++) {
            const int64_t f = group * cut.filters;
            const bool ends = group + 1 == groups;
            ForwardStretch one = s;
            one.input += q * g.position_step();
            one.weights += q * g.panel + f;
            one.initial = part(s.initial, q, f), one.before = part(s.before, q, f);
            one.filters = ends ? last_filters : cut.filters;
            const float* const after = one.weights + (ends ? g.panel - f : cut.filters);
            for_each_block(s.window, block, [&](int64_t c, int64_t i, int64_t l, const Block& now) {
                const Block at{c, i, l};
                Block then = at;
                const float* const next =
                    next_block(s.window, block, then) ? one.weights + offset(then) : after;
                run_block({one, at, now, next}, ends ? last : pieces, workspace);
            });
        }
}

// Of a place in a window, from its first weight.
int64_t ForwardBlocks::offset(const Block& at) const {
    return at.planes * g.weights_plane + at.rows * g.weights_row + at.taps * g.problem.filters;
}

void ForwardBlocks::run_block(const Part& p, const Pieces& pieces, float* workspace) const {
    const ForwardStretch& s = p.s;
    float* const input = workspace + partial_floats_;
    Windows windows{s.input + p.at.planes * g.input_plane + p.at.rows * g.input_row + p.at.taps,
                    g.input_image, g.input_plane, g.input_row};
    if (cut.gathers_input) windows = gathered(windows, p.block, p.block.taps, s.images, input);
    const Weights weights{s.weights + offset(p.at), g.weights_plane, g.weights_row, g.problem.filters};
    // Partial sums of whole tiles, so that no two tiles share one.
    const auto& [piece, last] = pieces;
    const int64_t padded = round_up(s.images, std::max(piece.kernel->rows, last.kernel->rows));
    for (int64_t f = 0; f < s.filters; f += piece.filters) {
        const bool more = f + piece.filters < s.filters;
        const auto& [kernel, filters] = more ? piece : last;
        const int64_t first = std::min(f, s.filters - filters);
        const int64_t width = kernel->span ? filters : round_up(filters, kernel->width());
        const Extents own{s.images, filters}, tiles{padded, width};
        const RowPiece sums{p.begins() && p.ends() ? nullptr : workspace + f * padded, width, 0};
        const RowPiece initial = part(s.initial, 0, first), before = part(s.before, 0, first);
        Weights some{weights.data + first, weights.plane, weights.row, weights.tap};
        if (cut.gathers_weights) some = gathered(some, p.block, filters, input + input_floats_);
        const Block block = cut.gathers_input ? flattened(p.block, some.tap, some.row, some.plane) : p.block;
        const int64_t to_next = (more ? weights.data + f + piece.filters : p.next) - some.data;
        const Fetch fetch = cut.by_tile ? Fetch::by_tap(*kernel, some, cut.gathers_weights ? 0 : to_next)
                                        : Fetch::in_one_piece(g, *kernel, block, own, to_next);
        const Values partial{sums, tiles};
        run_forward(g, *kernel, block, 1, own, windows, some, fetch,
                    p.begins() ? Values{initial, own} : partial, p.ends() ? Values{before, own} : partial);
    }
}

}  // namespace lcn
