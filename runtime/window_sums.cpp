#include "window_sums.h"

namespace lcn {

namespace {

constexpr int64_t few_filters = 2;  // which forward_dot knows

RowPiece part(const RowPiece& row, int64_t position, int64_t filter) {
    return {row.data + position * row.column + filter, row.image, row.column};
}

}  // namespace

WindowSums::WindowSums(const Geometry& geometry, const Kernels& available, int64_t images, int64_t filters)
    : g(geometry),
      kernels(available),
      most_filters(filters),
      images_(images),
      cut(cut_forward(g, kernels, images, filters, window())) {
    const int64_t block = block_of(g, window(), cut.taps).size();
    whole = block == g.window && !cut.by_tile;
    // The partial sums of one position, in whole tiles: these have at most 8 rows and 256 filters, and 64
    // where they are calls of their own.
    const int64_t sums = cut.by_tile ? std::min(filters, 2 * cut.filters) + 128 : filters + 256;
    if (block < g.window) images_ = std::min(images_, buffer_floats / sums - 8);
    const int64_t most = std::min(cut.taps, g.window);  // of a block, also where windows are trimmed
    if (cut.gathers_input) images_ = std::min(images_, buffer_floats / gathered_image(most));
    const int64_t stay = images_that_stay(g);
    if (!cut.gathers_input && (!cut.by_tile || stay >= 64)) images_ = std::min(images_, stay);
    images_ = std::max<int64_t>(1, images_);
    // Equal parts of the batch.
    images_ = std::min(round_up(divide_up(g.problem.batch, divide_up(g.problem.batch, images_)), 8), images_);
    if (block < g.window) partial_floats_ = round_up((images_ + 8) * sums, 16);
    if (whole && finds_nothing_that_stayed(g) && images_collide(g)) bring_positions_together();
    if (cut.gathers_input) input_floats_ = images_ * gathered_image(most);
    if (cut.gathers_weights) weights_floats_ = round_up(most * 256, 16);
    if (g.problem.filters <= few_filters) dot = choose_dot(images_, window());
}

// Windows that hardly overlap are read from memory, a piece here and a piece there: some images and
// positions at a time are read in one piece for each row instead. lcresnet20_s2a N=512 0.50, 0.70 (Zen 3).
void WindowSums::bring_positions_together() {
    const int64_t rows = g.planes * g.problem.kernel_rows, few = std::min<int64_t>(images_, 32);
    const int64_t run = together_floats / few / rows;  // of a row
    if (images_ < 32 || run < g.taps + g.position_step()) return;
    images_ = few;
    together = std::min((run - g.taps) / g.position_step() + 1, g.output_columns);
    input_floats_ = images_ * gathered_image(rows * g.run_of(together, g.taps));
}

WindowSums::Parts WindowSums::parts(float* workspace, Choices& choices) const {
    float* const input = workspace + partial_floats_;
    return {workspace, input, input + input_floats_, &choices};
}

const Kernel* WindowSums::main_kernel() const {
    if (dot) return dot;
    const int64_t filters = most_filters < 2 * cut.filters ? most_filters : cut.filters;
    return choose_forward(kernels, images_, filters, block_of(g, window(), cut.taps), next_weights());
}

const Kernel* WindowSums::choose(int64_t count, int64_t filters, const Block& b, const Parts& parts) const {
    return parts.choices->kernel({count, filters, b.planes, b.rows, b.taps},
                                 [&] { return choose_forward(kernels, count, filters, b, next_weights()); });
}

NextWeights WindowSums::next_weights() const {
    return cut.gathers_weights ? NextWeights::near
           : cut.by_tile       ? NextWeights::by_tap
                               : NextWeights::in_one_piece;
}

const Kernel* WindowSums::choose_dot(int64_t count, const Block& b) const {
    return choose_forward_dot(kernels, count, g.problem.filters, b);
}

void WindowSums::run(SumStretch stretch, const Parts& parts) const {
    if (g.problem.filters <= few_filters && run_dot(stretch)) return;
    if (!whole) return run_positions(stretch, parts);
    const int64_t most = together > 0 ? together : stretch.positions;
    for (int64_t left = stretch.positions; left > 0; left -= most) {
        stretch.positions = std::min(most, left);
        run_whole(stretch, parts);
        stretch.input += most * g.position_step(), stretch.weights += most * g.panel;
        stretch.initial.data += most * stretch.initial.column;
        stretch.before.data += most * stretch.before.column;
    }
}

// Every window in one call.
void WindowSums::run_whole(const SumStretch& s, const Parts& parts) const {
    Windows windows{s.input, g.input_image, g.input_plane, g.input_row};
    if (together > 0)
        windows = gathered(windows, s.all, g.run_of(s.positions, s.all.taps), s.images, parts.input);
    const Weights weights{s.weights, g.weights_plane, g.weights_row, g.problem.filters};
    const Extents own{s.images, s.filters};
    const Kernel& k = *choose(s.images, s.filters, s.all, parts);
    run_forward(g, k, s.all, s.positions, own, windows, weights,
                Fetch::in_one_piece(g, k, s.all, own, g.panel), {s.initial, own}, {s.before, own});
}

// With one filter or two the taps run along vectors, where a window row has enough of them.
bool WindowSums::run_dot(const SumStretch& s) const {
    const bool usual = s.images == images_ && s.all.size() == g.window;
    const Kernel* const kernel = usual ? dot : choose_dot(s.images, s.all);
    if (!kernel || block_of(g, s.all, s.all.size()).size() < s.all.size()) return false;
    View<4> x(s.input, {{s.images, g.input_image},
                        {s.all.planes, g.input_plane},
                        {s.all.rows, g.input_row},
                        {s.all.taps, 1}});
    View<4> w(s.weights, {{s.positions, g.panel},
                          {s.all.planes, g.weights_plane},
                          {s.all.rows, g.weights_row},
                          {s.all.taps * s.filters, 1}});
    View<3> from(s.initial.data,
                 {{s.images, s.initial.image}, {s.positions, s.initial.column}, {s.filters, 1}});
    View<3> to(s.before.data, {{s.images, s.before.image}, {s.positions, s.before.column}, {s.filters, 1}});
    kernel->run<halide_buffer_t*, halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(
        x, w, from, int(g.position_step()), to);
    return true;
}

// Pieces are tiles of filters, the last as narrow as it may be, over those of the one before; or all
// filters.
WindowSums::Pieces WindowSums::pieces_of(int64_t count, int64_t filters, const Block& block,
                                         const Parts& parts) const {
    const Piece all{choose(count, filters, block, parts), filters};
    Pieces pieces{all, all};
    if (!cut.by_tile || filters <= all.kernel->width()) return pieces;
    pieces.piece.filters = all.kernel->width();
    pieces.last.filters = round_up((filters - 1) % pieces.piece.filters + 1, all.kernel->lanes);
    if (pieces.last.filters != pieces.piece.filters)
        pieces.last.kernel = choose(count, pieces.last.filters, block, parts);
    return pieces;
}

// Position by position, group of filters by group, block by block, piece by piece.
void WindowSums::run_positions(const SumStretch& s, const Parts& parts) const {
    const Block block = block_of(g, s.all, cut.taps);
    const int64_t groups = std::max<int64_t>(1, s.filters / cut.filters);
    const int64_t last_filters = s.filters - (groups - 1) * cut.filters;
    const Pieces last = pieces_of(s.images, last_filters, block, parts);
    const Pieces pieces = groups == 1 ? last : pieces_of(s.images, cut.filters, block, parts);
    for (int64_t q = 0; q < s.positions; q++)
        for (int64_t group = 0; group < groups; group++) {
            const int64_t f = group * cut.filters;
            SumStretch one = s;
            one.input += q * g.position_step();
            one.weights += q * g.panel + f;
            one.initial = part(s.initial, q, f), one.before = part(s.before, q, f);
            const bool ends = group + 1 == groups;
            one.filters = ends ? last_filters : cut.filters;
            const float* const after = one.weights + (ends ? g.panel - f : cut.filters);
            for_each_block(s.all, block, [&](int64_t c, int64_t i, int64_t l, const Block& now) {
                const Block at{c, i, l};
                Block then = at;
                const float* const next = next_block(s.all, block, then) ? one.weights + offset(then) : after;
                run_block(one, at, now, ends ? last : pieces, next, parts);
            });
        }
}

// Of a place in a window, from its first weight.
int64_t WindowSums::offset(const Block& at) const {
    return at.planes * g.weights_plane + at.rows * g.weights_row + at.taps * g.problem.filters;
}

// `next`: the weights of the block after it.
void WindowSums::run_block(const SumStretch& s, const Block& at, const Block& now, const Pieces& pieces,
                           const float* next, const Parts& parts) const {
    Windows windows{s.input + at.planes * g.input_plane + at.rows * g.input_row + at.taps, g.input_image,
                    g.input_plane, g.input_row};
    if (cut.gathers_input) windows = gathered(windows, now, now.taps, s.images, parts.input);
    const Weights weights{s.weights + offset(at), g.weights_plane, g.weights_row, g.problem.filters};
    const bool begins = at.planes == 0 && at.rows == 0 && at.taps == 0;
    const bool ends = at.planes + now.planes == s.all.planes && at.rows + now.rows == s.all.rows &&
                      at.taps + now.taps == s.all.taps;
    // Partial sums of whole tiles, so that no two tiles share one.
    const auto& [piece, last] = pieces;
    const int64_t padded = round_up(s.images, std::max(piece.kernel->rows, last.kernel->rows));
    for (int64_t f = 0; f < s.filters; f += piece.filters) {
        const bool more = f + piece.filters < s.filters;
        const Piece& p = more ? piece : last;
        const int64_t first = std::min(f, s.filters - p.filters);
        const int64_t width = p.kernel->span ? p.filters : round_up(p.filters, p.kernel->width());
        const Extents own{s.images, p.filters}, tiles{padded, width};
        const RowPiece sums{begins && ends ? nullptr : parts.partial + f * padded, width, 0};
        const RowPiece initial = part(s.initial, 0, first), before = part(s.before, 0, first);
        Weights some{weights.data + first, weights.plane, weights.row, weights.tap};
        if (cut.gathers_weights) some = gathered(some, now, p.filters, parts.weights);
        const Block block = cut.gathers_input ? flattened(now, some.tap, some.row, some.plane) : now;
        const int64_t to_next = (more ? weights.data + f + piece.filters : next) - some.data;
        const Fetch fetch = cut.by_tile ? Fetch::by_tap(*p.kernel, some, cut.gathers_weights ? 0 : to_next)
                                        : Fetch::in_one_piece(g, *p.kernel, block, own, to_next);
        const Values partial{sums, tiles};
        run_forward(g, *p.kernel, block, 1, own, windows, some, fetch,
                    begins ? Values{initial, own} : partial, ends ? Values{before, own} : partial);
    }
}

}  // namespace lcn
