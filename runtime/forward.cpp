#include "activation.h"
#include "call.h"
#include "parallel.h"
#include "passes.h"

namespace lcn {

namespace {

float no_bias[max_filters];  // zeros that nothing writes; not const, for those take room in the file

struct Arguments {
    const float *input, *kernel, *bias;
    float *output, *before_activation;
};

// Values of an output row piece, filters contiguous: before the activation, or initial values. Strides in
// elements.
struct RowPiece {
    float* data;
    int64_t image, column;
};

// One call of forward: how it is cut, and the parts of a slot's workspace.
class Forward {
  public:
    Forward(const Geometry& geometry, const Kernels& available)
        : g(geometry), kernels(available), linear(g.problem.activation.function == Function::linear) {
        const int64_t batch = g.problem.batch, filters = std::min(g.problem.filters, max_filters);
        // Pieces of a row that are read again, by the activation or a transpose, stay in cache.
        const bool again = !linear || g.channels_first;
        const int64_t in_cache =
            std::max<int64_t>(1, buffer_floats / (std::min<int64_t>(batch, 32) * filters));
        units = position_units(g, threads(),
                               std::min(positions_per_call(g), again ? in_cache : g.output_columns));
        images = images_per_call(g);
        if (again) images = std::clamp<int64_t>(buffer_floats / (units.columns * units.filters), 1, images);

        const Kernel* kernel = choose_forward(kernels, images, units.filters, window());
        block_taps = taps_per_block(*kernel, images, units.filters, g.window);
        if (block_of(g, window(), block_taps).size() < g.window) {
            // The partial sums of one position, in whole tiles: these have at most 8 rows and 256 filters.
            const int64_t padded = units.filters + 256;
            images = std::clamp<int64_t>(buffer_floats / padded - 8, 1, images);
            partial_floats = (images + 8) * padded;
        }
        if (g.channels_first) {
            row_floats = images * units.columns * units.filters;
            bias_floats = round_up(units.columns * units.filters, 16);
        }
    }

    Slots slots() const {
        const int64_t floats = round_up(row_floats, 16) + bias_floats + partial_floats;
        return {int(std::min<int64_t>(threads(), units.count)), floats};
    }

    void run(const Arguments& arguments, const Slots& slots) const {
        parallel_units(slots.count(), units.count, [&](int slot, int64_t index) {
            run_unit(arguments, units.unit(g, index), slots.slot(slot));
        });
    }

  private:
    Block window() const { return {g.planes, g.problem.kernel_rows, g.taps}; }

    void run_unit(const Arguments& a, const Units::Unit& u, float* workspace) const {
        float* const row = workspace;
        float* const bias_row = row + round_up(row_floats, 16);
        float* const partial = bias_row + bias_floats;
        const RowPiece initial = initial_values(a, u, bias_row);
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const int64_t count = std::min(images, g.problem.batch - n);
            const RowPiece before = destination(a, u, n, row);
            for_each_segment(
                g, u.first_column, u.end_column, 0, g.problem.input_columns, [&](const Segment& s) {
                    const int64_t column = s.begin - u.first_column;
                    run_segment(a, u, s, n, count,
                                {initial.data + column * initial.column, 0, initial.column},
                                {before.data + column * before.column, before.image, before.column}, partial);
                });
            finish(a, u, n, count, before);
        }
    }

    // The bias of the unit's positions. With channels_first its filters lie far apart and are brought
    // together.
    RowPiece initial_values(const Arguments& a, const Units::Unit& u, float* bias_row) const {
        if (!a.bias) return {no_bias, 0, 0};
        const int64_t position = u.row * g.output_columns + u.first_column;
        if (!g.channels_first)
            return {const_cast<float*>(a.bias) + position * g.problem.filters + u.first_filter, 0,
                    g.problem.filters};
        const int64_t filters = u.end_filter - u.first_filter;
        transpose(kernels, a.bias + u.first_filter * g.positions + position, g.positions, 0, bias_row,
                  filters, 0, filters, u.end_column - u.first_column, 1);
        return {bias_row, 0, filters};
    }

    RowPiece destination(const Arguments& a, const Units::Unit& u, int64_t n, float* row) const {
        const int64_t filters = u.end_filter - u.first_filter;
        if (g.channels_first) return {row, (u.end_column - u.first_column) * filters, filters};
        float* const before = a.before_activation ? a.before_activation : a.output;
        return {before + offset(u, n), g.output_image, g.problem.filters};
    }

    // Where the unit begins in the output, for image n.
    int64_t offset(const Units::Unit& u, int64_t n) const {
        const int64_t position = u.row * g.output_columns + u.first_column;
        return n * g.output_image + (g.channels_first ? u.first_filter * g.positions + position
                                                      : position * g.problem.filters + u.first_filter);
    }

    // All taps of a segment: in one call of a kernel, or block by block through `partial`.
    void run_segment(const Arguments& a, const Units::Unit& u, const Segment& s, int64_t n, int64_t count,
                     const RowPiece& initial, const RowPiece& before, float* partial) const {
        const int64_t first_row = g.first_row(u.row, 0), end_row = g.end_row(u.row, g.problem.input_rows);
        const int64_t filters = u.end_filter - u.first_filter;
        const Block all{g.planes, end_row - first_row, (s.end_column - s.first_column) * g.column_elements};
        const Block block = block_of(g, all, block_taps);
        const Kernel& kernel = *choose_forward(kernels, count, filters, block);

        const float* input = a.input + n * g.input_image + (g.row_start(u.row) + first_row) * g.input_row +
                             (g.column_start(s.begin) + s.first_column) * g.column_elements;
        const float* weights = a.kernel + (u.row * g.output_columns + s.begin) * g.panel +
                               first_row * g.weights_row +
                               s.first_column * g.column_elements * g.problem.filters + u.first_filter;
        if (block.size() == all.size()) {
            run_kernel(kernel, block, count, s.end - s.begin, filters, input, weights, initial,
                       {count, filters}, before, {count, filters});
            return;
        }
        // Partial sums of whole tiles, so that no two tiles share one.
        const int64_t width = kernel.span ? filters : round_up(filters, kernel.width());
        const Extents padded{round_up(count, kernel.rows), width};
        const RowPiece sums{partial, width, width};
        for (int64_t q = s.begin; q < s.end; q++) {
            const int64_t column = q - s.begin;
            const RowPiece first{initial.data + column * initial.column, initial.image, initial.column};
            const RowPiece last{before.data + column * before.column, before.image, before.column};
            const float* position_input = input + column * g.position_step();
            const float* position_weights = weights + column * g.panel;
            for (int64_t c = 0; c < all.planes; c += block.planes)
                for (int64_t i = 0; i < all.rows; i += block.rows)
                    for (int64_t l = 0; l < all.taps; l += block.taps) {
                        const Block now{std::min(block.planes, all.planes - c),
                                        std::min(block.rows, all.rows - i),
                                        std::min(block.taps, all.taps - l)};
                        const bool begins = c == 0 && i == 0 && l == 0;
                        const bool ends = c + now.planes == all.planes && i + now.rows == all.rows &&
                                          l + now.taps == all.taps;
                        const Extents own{count, filters};
                        run_kernel(kernel, now, count, 1, filters,
                                   position_input + c * g.input_plane + i * g.input_row + l,
                                   position_weights + c * g.weights_plane + i * g.weights_row +
                                       l * g.problem.filters,
                                   begins ? first : sums, begins ? own : padded, ends ? last : sums,
                                   ends ? own : padded);
                    }
        }
    }

    struct Extents {
        int64_t images, filters;
    };

    void run_kernel(const Kernel& k, const Block& b, int64_t count, int64_t positions, int64_t filters,
                    const float* input, const float* weights, const RowPiece& initial,
                    const Extents& initial_extents, const RowPiece& result,
                    const Extents& result_extents) const {
        const int64_t tap = g.problem.filters;
        View<4> x(input,
                  {{count, g.input_image}, {b.planes, g.input_plane}, {b.rows, g.input_row}, {b.taps, 1}});
        View<5> w(weights, {{positions, g.panel},
                            {b.planes, g.weights_plane},
                            {b.rows, g.weights_row},
                            {b.taps, tap},
                            {filters, 1}});
        View<3> from(initial.data, {{initial_extents.images, initial.image},
                                    {positions, initial.column},
                                    {initial_extents.filters, 1}});
        View<3> to(
            result.data,
            {{result_extents.images, result.image}, {positions, result.column}, {result_extents.filters, 1}});

        // The loops of the kernel, innermost first, as schedules/prefetch.h walks them.
        const int64_t steps = std::max<int64_t>(1, b.taps / k.unroll), row_tiles = divide_up(count, k.rows);
        const int64_t filter_tiles = k.span ? 1 : divide_up(filters, k.width());
        const int64_t tile_steps = b.planes * b.rows * steps;
        const int64_t increment =
            panel_prefetch(b.size() * filters, tile_steps * row_tiles * filter_tiles).increment;
        k.run<halide_buffer_t*, halide_buffer_t*, halide_buffer_t*, int, int, int, int, int, int, int, int,
              halide_buffer_t*>(x, w, from, int(g.position_step()), int(g.panel), int(g.panel),
                                int(row_tiles * tile_steps * increment), int(tile_steps * increment),
                                int(b.rows * steps * increment), int(steps * increment), int(increment), to);
    }

    // Activation and layout of a piece that was just written.
    void finish(const Arguments& a, const Units::Unit& u, int64_t n, int64_t count,
                const RowPiece& before) const {
        const int64_t columns = u.end_column - u.first_column, filters = u.end_filter - u.first_filter;
        auto write = [&](float* tensor) {
            transpose(kernels, before.data, filters, before.image, tensor + offset(u, n), g.positions,
                      g.output_image, columns, filters, count);
        };
        if (g.channels_first && a.before_activation) write(a.before_activation);
        if (!linear) {
            float* const to = g.channels_first ? before.data : a.output + offset(u, n);
            activate(before, to, count, columns, filters);
        } else if (!g.channels_first && a.before_activation) {
            copy(before, a.output + offset(u, n), count, columns, filters);
        }
        if (g.channels_first) write(a.output);
    }

    void activate(const RowPiece& before, float* to, int64_t count, int64_t columns, int64_t filters) const {
        const Activation& activation = g.problem.activation;
        const Kernel& kernel = *choose_activation(kernels, KernelOperation::activation, activation.function);
        if (before.column == filters) {
            apply_activation(kernel, activation, before.data, to, count, columns * filters, before.image);
            return;
        }
        for (int64_t q = 0; q < columns; q++)
            apply_activation(kernel, activation, before.data + q * before.column, to + q * before.column,
                             count, filters, before.image);
    }

    static void copy(const RowPiece& from, float* to, int64_t count, int64_t columns, int64_t filters) {
        for (int64_t m = 0; m < count; m++)
            for (int64_t q = 0; q < columns; q++) {
                const int64_t at = m * from.image + q * from.column;
                std::memcpy(to + at, from.data + at, size_t(filters) * sizeof(float));
            }
    }

    const Geometry& g;
    const Kernels kernels;
    const bool linear;
    Units units;
    int64_t images, block_taps;
    int64_t row_floats = 0, bias_floats = 0, partial_floats = 0;
};

}  // namespace

int64_t forward_workspace(const Geometry& g, const Kernels& kernels) {
    return Forward(g, kernels).slots().bytes();
}

Status forward(const KernelTable& table, const Problem& problem, const float* input, const float* kernel,
               const float* bias, float* output, float* before_activation, Workspace workspace) {
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::forward, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    const int64_t output_bytes = output_elements(g) * 4;
    const Buffer x{"input", input, input_elements(g) * 4, false}, out{"output", output, output_bytes, true};
    const Buffer weights{"kernel", kernel, g.positions * g.panel * 4, false};
    const Buffer b{"bias", bias, g.positions * problem.filters * 4, false};
    const Buffer before{"before_activation", before_activation, output_bytes, true};
    LCN_RETURN_IF_ERROR(require({x, weights, out}));
    LCN_RETURN_IF_ERROR(check_buffers({x, weights, b, out, before, whole(workspace)}));
    const Forward pass(g, kernels);
    Slots slots = pass.slots();
    LCN_RETURN_IF_ERROR(slots.bind(workspace));
    pass.run({input, kernel, bias, output, before_activation}, slots);
    return {};
}

}  // namespace lcn
