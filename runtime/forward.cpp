#include <optional>

#include "check_passes.h"
#include "forward_band.h"
#include "forward_output.h"
#include "forward_windows.h"
#include "parallel.h"
#include "passes.h"
#include "run_pass.h"

namespace lcn {

namespace {

// One call of forward: how it is cut, and the parts of a slot's workspace.
class Forward {
  public:
    Forward(const Geometry& g, const Kernels& kernels);

    Slots slots() const {
        return {int(std::min<int64_t>(useful_threads(g), units.count)),
                round_up(row_floats, 16) + bias_floats + (windows ? windows->floats() : band.floats())};
    }

    // Of whole windows.
    const Kernel* main_kernel() const {
        return windows ? windows->main_kernel()
                       : choose_forward_band(kernels, round_up(images, 8), g.problem.filters);
    }

    void run(const ForwardArguments& arguments, const Slots& slots) const {
        if (!windows) return run_bands(arguments, slots);
        parallel_units_with<Choices>(slots.count(), units.count,
                                     [&](Choices& choices, int slot, int64_t index) {
                                         run_unit(arguments, units.unit(g, index), slots.slot(slot), choices);
                                     });
    }

  private:
    void run_unit(const ForwardArguments& a, const Units::Unit& u, float* slot, Choices& choices) const {
        float* const bias = slot + round_up(row_floats, 16);
        const RowPiece initial = result.initial_values(a, u, bias);
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const int64_t count = std::min(images, g.problem.batch - n);
            const RowPiece before = result.destination(a, u, n, slot);
            for_each_segment(g, u.first_column, u.end_column, 0, g.problem.input_columns,
                             [&](const Segment& s) {
                                 windows->run(stretch_of(a, u, s, {initial, before}, n, count),
                                              bias + bias_floats, choices);
                             });
            result.finish(a, u, n, count, before);
        }
    }

    // Pieces of the output's rows, an image band at a time.
    void run_bands(const ForwardArguments& a, const Slots& slots) const {
        const int64_t rows = g.output_rows, pieces = std::min(useful_pieces(g), rows);
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

    // A unit's values before its windows' sums, and where these go.
    struct UnitValues {
        RowPiece initial, before;
    };

    ForwardStretch stretch_of(const ForwardArguments& a, const Units::Unit& u, const Segment& s,
                              const UnitValues& values, int64_t n, int64_t count) const {
        const int64_t first_row = g.first_row(u.row, 0), end_row = g.end_row(u.row, g.problem.input_rows);
        const int64_t column = s.begin - u.first_column;
        ForwardStretch stretch;
        stretch.input = a.input + n * g.input_image + (g.row_start(u.row) + first_row) * g.input_row +
                        (g.column_start(s.begin) + s.first_column) * g.column_elements;
        stretch.weights = a.kernel + (u.row * g.output_columns + s.begin) * g.panel +
                          first_row * g.weights_row + s.first_column * g.column_elements * g.problem.filters +
                          u.first_filter;
        stretch.initial = part(values.initial, column, 0), stretch.before = part(values.before, column, 0);
        stretch.window = {g.planes, end_row - first_row, (s.end_column - s.first_column) * g.column_elements};
        stretch.images = count, stretch.positions = s.end - s.begin;
        stretch.filters = u.end_filter - u.first_filter;
        return stretch;
    }

    const Geometry& g;
    const Kernels kernels;
    const ForwardOutput result;
    const ForwardBand band;
    Units units;
    int64_t images;
    std::optional<ForwardWindows> windows;  // none: bands
    int64_t row_floats = 0, bias_floats = 0;
};

Forward::Forward(const Geometry& geometry, const Kernels& available)
    : g(geometry), kernels(available), result(g, kernels), band(g, kernels) {
    const int64_t batch = g.problem.batch, filters = std::min(g.problem.filters, max_filters);
    // Pieces of a row that are read again, by the activation or a transpose, stay in cache.
    const bool again = result.reads_again();
    const int64_t in_cache = std::max<int64_t>(1, buffer_floats / (std::min<int64_t>(batch, 32) * filters));
    units = position_units(g, useful_pieces(g),
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
