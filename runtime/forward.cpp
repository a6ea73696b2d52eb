#include "check_passes.h"
#include "choices.h"
#include "forward_band.h"
#include "forward_output.h"
#include "panels.h"
#include "parallel.h"
#include "passes.h"
#include "run_pass.h"

namespace lcn {

namespace {

constexpr int64_t few_filters = 2;  // which forward_dot knows

// One call of forward: how it is cut, and the parts of a slot's workspace.
class Forward {
  public:
    Forward(const Geometry& geometry, const Kernels& available)
        : g(geometry), kernels(available), result(g, kernels), band(g, kernels) {
        const int64_t batch = g.problem.batch, filters = std::min(g.problem.filters, max_filters);
        // Pieces of a row that are read again, by the activation or a transpose, stay in cache.
        const bool again = result.reads_again();
        const int64_t in_cache =
            std::max<int64_t>(1, buffer_floats / (std::min<int64_t>(batch, 32) * filters));
        units = position_units(g, threads(),
                               std::min(positions_per_call(g), again ? in_cache : g.output_columns));
        images = images_per_call(g);
        if (again) images = std::clamp<int64_t>(buffer_floats / (units.columns * units.filters), 1, images);

        if (band.fits()) {
            images = band.images();
            units = position_units(g, 1, g.output_columns);
        } else {
            cut_windows();
        }
        if (g.channels_first) {
            row_floats = images * units.columns * units.filters;
            bias_floats = round_up(units.columns * units.filters, 16);
        }
    }

    Slots slots() const {
        const int64_t floats =
            round_up(row_floats, 16) + bias_floats + partial_floats + input_floats + weights_floats;
        return {int(std::min<int64_t>(threads(), units.count)), floats + (band.fits() ? band.floats() : 0)};
    }

    // Of whole windows.
    const Kernel* main_kernel() const {
        if (band.fits()) return choose_forward_band(kernels, round_up(images, 8), g.problem.filters);
        if (dot) return dot;
        const int64_t filters = units.filters < 2 * cut.filters ? units.filters : cut.filters;
        return choose_forward(kernels, images, filters, block_of(g, window(), cut.taps), next_weights());
    }

    void run(const ForwardArguments& arguments, const Slots& slots) const {
        if (band.fits()) return run_bands(arguments, slots);
        parallel_units(slots.count(), units.count, [&](int slot, int64_t index) {
            run_unit(arguments, units.unit(g, index), slots.slot(slot));
        });
    }

  private:
    // How `forward` goes through the images and windows of a position.
    void cut_windows() {
        cut = cut_forward(g, kernels, images, units.filters, window());
        const int64_t block = block_of(g, window(), cut.taps).size();
        whole = block == g.window && !cut.by_tile;
        // The partial sums of one position, in whole tiles: these have at most 8 rows and 256 filters, and 64
        // where they are calls of their own.
        const int64_t sums =
            cut.by_tile ? std::min(units.filters, 2 * cut.filters) + 128 : units.filters + 256;
        if (block < g.window) images = std::min(images, buffer_floats / sums - 8);
        const int64_t most = std::min(cut.taps, g.window);  // of a block, also where windows are trimmed
        if (cut.gathers_input) images = std::min(images, buffer_floats / gathered_image(most));
        const int64_t stay = images_that_stay(g);
        if (!cut.gathers_input && (!cut.by_tile || stay >= 64)) images = std::min(images, stay);
        images = std::max<int64_t>(1, images);
        // Equal parts of the batch.
        images =
            std::min(round_up(divide_up(g.problem.batch, divide_up(g.problem.batch, images)), 8), images);
        if (block < g.window) partial_floats = round_up((images + 8) * sums, 16);
        if (whole && finds_nothing_that_stayed(g) && images_collide(g)) bring_positions_together();
        if (cut.gathers_input) input_floats = images * gathered_image(most);
        if (cut.gathers_weights) weights_floats = round_up(most * 256, 16);
        if (g.problem.filters <= few_filters) dot = choose_dot(images, window());
    }

    // Windows that hardly overlap are read from memory, a piece here and a piece there: some images and
    // positions at a time are read in one piece for each row instead. lcresnet20_s2a N=512 0.50, 0.70 (Zen
    // 3).
    void bring_positions_together() {
        const int64_t rows = g.planes * g.problem.kernel_rows, few = std::min<int64_t>(images, 32);
        const int64_t run = together_floats / few / rows;  // of a row
        if (images < 32 || run < g.taps + g.position_step()) return;
        images = few;
        together = std::min((run - g.taps) / g.position_step() + 1, g.output_columns);
        input_floats = images * gathered_image(rows * g.run_of(together, g.taps));
    }

    Block window() const { return {g.planes, g.problem.kernel_rows, g.taps}; }

    // The parts of a slot.
    struct Parts {
        float *row, *bias, *partial, *input, *weights;
        Choices* choices;
    };

    void run_unit(const ForwardArguments& a, const Units::Unit& u, float* slot) const {
        Choices choices;
        Parts parts;
        parts.choices = &choices;
        parts.row = slot;
        parts.bias = parts.row + round_up(row_floats, 16);
        parts.partial = parts.bias + bias_floats;
        parts.input = parts.partial + partial_floats;
        parts.weights = parts.input + input_floats;
        const RowPiece initial = result.initial_values(a, u, parts.bias);
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const int64_t count = std::min(images, g.problem.batch - n);
            const RowPiece before = result.destination(a, u, n, parts.row);
            for_each_segment(
                g, u.first_column, u.end_column, 0, g.problem.input_columns, [&](const Segment& s) {
                    const int64_t column = s.begin - u.first_column;
                    run_segment(a, u, s, n, count,
                                {initial.data + column * initial.column, initial.image, initial.column},
                                {before.data + column * before.column, before.image, before.column}, parts);
                });
            result.finish(a, u, n, count, before);
        }
    }

    // Four pieces of the output's rows for each thread, an image band at a time.
    void run_bands(const ForwardArguments& a, const Slots& slots) const {
        const int64_t rows = g.output_rows,
                      pieces = threads() == 1 ? 1 : std::min<int64_t>(4 * threads(), rows);
        parallel_units(slots.count(), pieces, [&](int slot, int64_t index) {
            float* const row = slots.slot(slot);
            float* const bias = row + round_up(row_floats, 16);
            for (int64_t n = 0; n < g.problem.batch; n += images) {
                const int64_t count = std::min(images, g.problem.batch - n);
                ForwardBand::Band window_rows =
                    band.open(a.input + n * g.input_image, count, bias + bias_floats);
                for (int64_t r = rows * index / pieces; r < rows * (index + 1) / pieces; r++) {
                    const Units::Unit u = units.unit(g, r);
                    const RowPiece initial = result.initial_values(a, u, bias),
                                   before = result.destination(a, u, n, row);
                    band.run(window_rows, r, a.kernel + r * g.output_columns * g.panel, initial.data,
                             initial.column, before.data, before.image);
                    result.finish(a, u, n, count, before);
                }
            }
        });
    }

    const Kernel* choose(int64_t count, int64_t filters, const Block& b, const Parts& parts) const {
        return parts.choices->kernel({count, filters, b.planes, b.rows, b.taps}, [&] {
            return choose_forward(kernels, count, filters, b, next_weights());
        });
    }

    NextWeights next_weights() const {
        return cut.gathers_weights ? NextWeights::near
               : cut.by_tile       ? NextWeights::by_tap
                                   : NextWeights::in_one_piece;
    }

    const Kernel* choose_dot(int64_t count, const Block& b) const {
        return choose_forward_dot(kernels, count, g.problem.filters, b);
    }

    // Positions with windows of the same size.
    struct Stretch {
        const float *input, *weights;
        RowPiece initial, before;
        Block all;
        int64_t images, positions, filters;
    };

    void run_segment(const ForwardArguments& a, const Units::Unit& u, const Segment& s, int64_t n,
                     int64_t count, const RowPiece& initial, const RowPiece& before,
                     const Parts& parts) const {
        const int64_t first_row = g.first_row(u.row, 0), end_row = g.end_row(u.row, g.problem.input_rows);
        Stretch stretch;
        stretch.input = a.input + n * g.input_image + (g.row_start(u.row) + first_row) * g.input_row +
                        (g.column_start(s.begin) + s.first_column) * g.column_elements;
        stretch.weights = a.kernel + (u.row * g.output_columns + s.begin) * g.panel +
                          first_row * g.weights_row + s.first_column * g.column_elements * g.problem.filters +
                          u.first_filter;
        stretch.initial = initial, stretch.before = before;
        stretch.all = {g.planes, end_row - first_row, (s.end_column - s.first_column) * g.column_elements};
        stretch.images = count, stretch.positions = s.end - s.begin;
        stretch.filters = u.end_filter - u.first_filter;
        if (g.problem.filters <= few_filters && run_dot(stretch)) return;
        if (!whole) return run_positions(stretch, parts);
        const int64_t most = together > 0 ? together : stretch.positions;
        for (int64_t left = stretch.positions; left > 0; left -= most) {
            stretch.positions = std::min(most, left);
            run_whole(stretch, parts);
            stretch.input += most * g.position_step(), stretch.weights += most * g.panel;
            stretch.initial.data += most * initial.column, stretch.before.data += most * before.column;
        }
    }

    // Every window in one call.
    void run_whole(const Stretch& s, const Parts& parts) const {
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
    bool run_dot(const Stretch& s) const {
        const bool usual = s.images == images && s.all.size() == g.window;
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
        View<3> to(s.before.data,
                   {{s.images, s.before.image}, {s.positions, s.before.column}, {s.filters, 1}});
        kernel->run<halide_buffer_t*, halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(
            x, w, from, int(g.position_step()), to);
        return true;
    }

    // A kernel and the filters that one call of it computes.
    struct Piece {
        const Kernel* kernel;
        int64_t filters;
    };

    // Pieces are tiles of filters, the last as narrow as it may be, over those of the one before; or all
    // filters.
    struct Pieces {
        Piece piece, last;
    };
    Pieces pieces_of(int64_t count, int64_t filters, const Block& block, const Parts& parts) const {
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
    void run_positions(const Stretch& s, const Parts& parts) const {
        const Block block = block_of(g, s.all, cut.taps);
        const int64_t groups = std::max<int64_t>(1, s.filters / cut.filters);
        const int64_t last_filters = s.filters - (groups - 1) * cut.filters;
        const Pieces last = pieces_of(s.images, last_filters, block, parts);
        const Pieces pieces = groups == 1 ? last : pieces_of(s.images, cut.filters, block, parts);
        for (int64_t q = 0; q < s.positions; q++)
            for (int64_t group = 0; group < groups; group++) {
                const int64_t f = group * cut.filters;
                Stretch one = s;
                one.input += q * g.position_step();
                one.weights += q * g.panel + f;
                one.initial = part(s.initial, q, f), one.before = part(s.before, q, f);
                const bool ends = group + 1 == groups;
                one.filters = ends ? last_filters : cut.filters;
                const float* const after = one.weights + (ends ? g.panel - f : cut.filters);
                for_each_block(s.all, block, [&](int64_t c, int64_t i, int64_t l, const Block& now) {
                    const Block at{c, i, l};
                    Block then = at;
                    const float* const next =
                        next_block(s.all, block, then) ? one.weights + offset(then) : after;
                    run_block(one, at, now, ends ? last : pieces, next, parts);
                });
            }
    }

    // Of a place in a window, from its first weight.
    int64_t offset(const Block& at) const {
        return at.planes * g.weights_plane + at.rows * g.weights_row + at.taps * g.problem.filters;
    }

    // `next`: the weights of the block after it.
    void run_block(const Stretch& s, const Block& at, const Block& now, const Pieces& pieces,
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
            const Fetch fetch = cut.by_tile
                                    ? Fetch::by_tap(*p.kernel, some, cut.gathers_weights ? 0 : to_next)
                                    : Fetch::in_one_piece(g, *p.kernel, block, own, to_next);
            const Values partial{sums, tiles};
            run_forward(g, *p.kernel, block, 1, own, windows, some, fetch,
                        begins ? Values{initial, own} : partial, ends ? Values{before, own} : partial);
        }
    }

    static RowPiece part(const RowPiece& row, int64_t position, int64_t filter) {
        return {row.data + position * row.column + filter, row.image, row.column};
    }

    const Geometry& g;
    const Kernels kernels;
    const ForwardOutput result;
    const ForwardBand band;
    Units units;
    int64_t images;
    ForwardCut cut;
    bool whole;                   // every window in one call
    int64_t together = 0;         // positions whose input is brought together; 0: none is
    const Kernel* dot = nullptr;  // for whole windows of `images`: to choose takes as long as a short row
    int64_t row_floats = 0, bias_floats = 0, partial_floats = 0, input_floats = 0, weights_floats = 0;
};

}  // namespace

int64_t forward_workspace(const Geometry& g, const Kernels& kernels) {
    return Forward(g, kernels).slots().bytes();
}

const Kernel* forward_kernel(const Geometry& g, const Kernels& kernels) {
    return Forward(g, kernels).main_kernel();
}

Status forward(const KernelTable& table, const Problem& problem, const float* input, const float* kernel,
               const float* bias, float* output, float* before_activation, Workspace workspace) {
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::forward, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    LCN_RETURN_IF_ERROR(
        check_forward(g, Names::addresses, input, kernel, bias, output, before_activation, workspace));
    if (const DeviceTarget* d = kernels.device())
        return d->on_host.forward(kernels, g, input, kernel, bias, output, before_activation);
    tune(kernels, g, Operation::forward);
    return run_pass<Forward>(g, kernels, ForwardArguments{input, kernel, bias, output, before_activation},
                             workspace);
}

}  // namespace lcn
