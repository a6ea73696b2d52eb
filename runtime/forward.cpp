#include <optional>

#include "activation.h"
#include "check_passes.h"
#include "choices.h"
#include "forward_band.h"
#include "parallel.h"
#include "passes.h"
#include "run_pass.h"
#include "window_sums.h"

namespace lcn {

namespace {

float no_bias[max_filters];  // zeros that nothing writes; not const, for those take room in the file

struct Arguments {
    const float *input, *kernel, *bias;
    float *output, *before_activation;
};

// One call of forward: how it is cut, and the parts of a slot's workspace.
class Forward {
  public:
    Forward(const Geometry& geometry, const Kernels& available)
        : g(geometry),
          kernels(available),
          linear(g.problem.activation.function == Function::linear),
          band(g, kernels) {
        const int64_t batch = g.problem.batch, filters = std::min(g.problem.filters, max_filters);
        // Pieces of a row that are read again, by the activation or a transpose, stay in cache.
        const bool again = !linear || g.channels_first;
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
            windows.emplace(g, kernels, images, units.filters);
            images = windows->images();
        }
        if (g.channels_first) {
            row_floats = images * units.columns * units.filters;
            bias_floats = round_up(units.columns * units.filters, 16);
        }
    }

    Slots slots() const {
        return {int(std::min<int64_t>(threads(), units.count)),
                round_up(row_floats, 16) + bias_floats + (windows ? windows->floats() : band.floats())};
    }

    // Of whole windows.
    const Kernel* main_kernel() const {
        if (band.fits()) return choose_forward_band(kernels, round_up(images, 8), g.problem.filters);
        return windows->main_kernel();
    }

    void run(const Arguments& arguments, const Slots& slots) const {
        if (band.fits()) return run_bands(arguments, slots);
        parallel_units(slots.count(), units.count, [&](int slot, int64_t index) {
            run_unit(arguments, units.unit(g, index), slots.slot(slot));
        });
    }

  private:
    void run_unit(const Arguments& a, const Units::Unit& u, float* slot) const {
        Choices choices;
        float* const bias = slot + round_up(row_floats, 16);
        const WindowSums::Parts parts = windows->parts(bias + bias_floats, choices);
        const RowPiece initial = initial_values(a, u, bias);
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const int64_t count = std::min(images, g.problem.batch - n);
            const RowPiece before = destination(a, u, n, slot);
            for_each_segment(
                g, u.first_column, u.end_column, 0, g.problem.input_columns, [&](const Segment& s) {
                    const int64_t column = s.begin - u.first_column;
                    run_segment(a, u, s, n, count,
                                {initial.data + column * initial.column, initial.image, initial.column},
                                {before.data + column * before.column, before.image, before.column}, parts);
                });
            finish(a, u, n, count, before);
        }
    }

    // Four pieces of the output's rows for each thread, an image band at a time.
    void run_bands(const Arguments& a, const Slots& slots) const {
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
                    const RowPiece initial = initial_values(a, u, bias), before = destination(a, u, n, row);
                    band.run(window_rows, r, a.kernel + r * g.output_columns * g.panel, initial.data,
                             initial.column, before.data, before.image);
                    finish(a, u, n, count, before);
                }
            }
        });
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

    void run_segment(const Arguments& a, const Units::Unit& u, const Segment& s, int64_t n, int64_t count,
                     const RowPiece& initial, const RowPiece& before, const WindowSums::Parts& parts) const {
        const int64_t first_row = g.first_row(u.row, 0), end_row = g.end_row(u.row, g.problem.input_rows);
        SumStretch stretch;
        stretch.input = a.input + n * g.input_image + (g.row_start(u.row) + first_row) * g.input_row +
                        (g.column_start(s.begin) + s.first_column) * g.column_elements;
        stretch.weights = a.kernel + (u.row * g.output_columns + s.begin) * g.panel +
                          first_row * g.weights_row + s.first_column * g.column_elements * g.problem.filters +
                          u.first_filter;
        stretch.initial = initial, stretch.before = before;
        stretch.all = {g.planes, end_row - first_row, (s.end_column - s.first_column) * g.column_elements};
        stretch.images = count, stretch.positions = s.end - s.begin;
        stretch.filters = u.end_filter - u.first_filter;
        windows->run(stretch, parts);
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
    const ForwardBand band;
    Units units;
    int64_t images;
    std::optional<WindowSums> windows;  // unless a band fits
    int64_t row_floats = 0, bias_floats = 0;
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
    return run_pass<Forward>(g, kernels, Arguments{input, kernel, bias, output, before_activation},
                             workspace);
}

}  // namespace lcn
