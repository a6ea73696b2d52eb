#include <cstring>
#include <optional>

#include "check_passes.h"
#include "parallel.h"
#include "passes.h"
#include "run_pass.h"
#include "window_gradients.h"

namespace lcn {

namespace {

const float one = 1.0f;

// Images whose gradients are transposed together, with channels_first. Times max_filters they fit their
// buffer.
constexpr int64_t transposed_images = 32;

struct Arguments {
    const float *input, *output_gradient;
    float *kernel_gradient, *bias_gradient;
    bool accumulate;
};

// One call of backward_weights: how it is cut, and the parts of a slot's workspace.
class BackwardWeights {
  public:
    BackwardWeights(const Geometry& geometry, const Kernels& available) : g(geometry), kernels(available) {
        // How the batch is cut depends on the shape alone, for it shows in the bits of the sum.
        cut = cut_backward_weights(g, kernels);
        images = g.channels_first ? std::min(cut.images, transposed_images) : cut.images;
        const int64_t transposed = buffer_floats / (images * std::min(g.problem.filters, max_filters));
        units =
            position_units(g, useful_pieces(g),
                           std::min(positions_per_call(g), g.channels_first ? transposed : g.output_columns));
        if (g.channels_first) {
            gradient_floats = round_up(images * units.columns * units.filters, 16);
            bias_floats = round_up(units.columns * units.filters, 16);
        }
        windows.emplace(g, kernels, cut, images, units.filters);
    }

    Slots slots() const {
        return {int(std::min<int64_t>(useful_threads(g), units.count)),
                gradient_floats + bias_floats + windows->floats()};
    }

    const Kernel* main_kernel() const { return windows->main_kernel(); }

    void run(const Arguments& arguments, const Slots& slots) const {
        parallel_units_with<Choices>(slots.count(), units.count,
                                     [&](Choices& choices, int slot, int64_t index) {
                                         run_unit(arguments, units.unit(g, index), slots.slot(slot), choices);
                                     });
    }

  private:
    using Parts = WindowGradients::Parts;

    void run_unit(const Arguments& a, const Units::Unit& u, float* slot, Choices& choices) const {
        float* const bias = slot + gradient_floats;
        const Parts parts = windows->parts(bias + bias_floats, choices);
        // Brought together, a position's gradient is finished before the next begins, so that it stays in
        // cache.
        if (cut.together)
            kernel_gradient(a, u, 0, g.problem.batch, output_gradient(a, u, 0, g.problem.batch, nullptr),
                            a.accumulate, parts);
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const int64_t count = std::min(images, g.problem.batch - n);
            const bool accumulate = a.accumulate || n > 0;
            const Gradient gradient = output_gradient(a, u, n, count, slot);
            if (!cut.together) kernel_gradient(a, u, n, count, gradient, accumulate, parts);
            if (a.bias_gradient) bias_gradient(a, u, count, gradient, accumulate, bias, parts);
        }
    }

    Gradient output_gradient(const Arguments& a, const Units::Unit& u, int64_t n, int64_t count,
                             float* workspace) const {
        const int64_t columns = u.end_column - u.first_column, filters = u.end_filter - u.first_filter;
        const int64_t position = u.row * g.output_columns + u.first_column;
        const float* image = a.output_gradient + n * g.output_image;
        if (!g.channels_first)
            return {image + position * g.problem.filters + u.first_filter, g.output_image, g.problem.filters};
        transpose(kernels, image + u.first_filter * g.positions + position, g.positions, g.output_image,
                  workspace, filters, columns * filters, filters, columns, count);
        return {workspace, columns * filters, filters};
    }

    void kernel_gradient(const Arguments& a, const Units::Unit& u, int64_t n, int64_t count,
                         const Gradient& gradient, bool accumulate, const Parts& parts) const {
        const int64_t first_row = g.first_row(u.row, 0), end_row = g.end_row(u.row, g.problem.input_rows);
        float* const row = a.kernel_gradient + u.row * g.output_columns * g.panel;
        if (!accumulate) clear_outside(u, first_row, end_row, row);
        for_each_segment(g, u.first_column, u.end_column, 0, g.problem.input_columns, [&](const Segment& s) {
            const int64_t first_tap = s.first_column * g.column_elements;
            GradientStretch w;
            w.windows = {a.input + n * g.input_image + (g.row_start(u.row) + first_row) * g.input_row +
                             (g.column_start(s.begin) + s.first_column) * g.column_elements,
                         g.input_image, g.input_plane, g.input_row};
            w.result = row + s.begin * g.panel + first_row * g.weights_row + first_tap * g.problem.filters +
                       u.first_filter;
            w.gradient = {gradient.data + (s.begin - u.first_column) * gradient.column, gradient.image,
                          gradient.column};
            w.all = {g.planes, end_row - first_row, (s.end_column - s.first_column) * g.column_elements};
            w.positions = s.end - s.begin;
            w.images = count;
            w.filters = u.end_filter - u.first_filter;
            windows->run(w, accumulate, parts);
        });
    }

    // Taps outside the image have gradient zero.
    void clear_outside(const Units::Unit& u, int64_t first_row, int64_t end_row, float* row) const {
        const int64_t kernel_columns = g.problem.kernel_columns;
        const bool rows_inside = first_row == 0 && end_row == g.problem.kernel_rows;
        Segment s{};
        for (int64_t q = u.first_column; q < u.end_column; q = s.end) {
            s = segment_at(g, q, u.end_column, 0, g.problem.input_columns);
            if (rows_inside && s.first_column == 0 && s.end_column == kernel_columns) continue;
            for (; s.begin < s.end; s.begin++)
                clear_outside(u, s, first_row, end_row, row + s.begin * g.panel);
        }
    }

    void clear_outside(const Units::Unit& u, const Segment& s, int64_t first_row, int64_t end_row,
                       float* panel) const {
        for (int64_t c = 0; c < g.planes; c++)
            for (int64_t i = 0; i < g.problem.kernel_rows; i++) {
                float* const taps = panel + c * g.weights_plane + i * g.weights_row;
                const bool inside = i >= first_row && i < end_row;
                clear(u, taps, 0, inside ? s.first_column : g.problem.kernel_columns);
                if (inside) clear(u, taps, s.end_column, g.problem.kernel_columns);
            }
    }

    void clear(const Units::Unit& u, float* window_row, int64_t first_column, int64_t end_column) const {
        const int64_t filters = u.end_filter - u.first_filter;
        const int64_t first = first_column * g.column_elements, end = end_column * g.column_elements;
        if (filters == g.problem.filters && first < end)
            std::memset(window_row + first * filters, 0, size_t((end - first) * filters) * sizeof(float));
        else
            for (int64_t k = first; k < end; k++)
                std::memset(window_row + k * g.problem.filters + u.first_filter, 0,
                            size_t(filters) * sizeof(float));
    }

    // The bias is the weight of a tap that reads the constant 1.
    void bias_gradient(const Arguments& a, const Units::Unit& u, int64_t count, const Gradient& gradient,
                       bool accumulate, float* bias, const Parts& parts) const {
        const int64_t columns = u.end_column - u.first_column, filters = u.end_filter - u.first_filter;
        const int64_t position = u.row * g.output_columns + u.first_column;
        float* const planes = a.bias_gradient + u.first_filter * g.positions + position;  // channels_first
        float* const result =
            g.channels_first ? bias : a.bias_gradient + position * g.problem.filters + u.first_filter;
        const int64_t column = g.channels_first ? filters : g.problem.filters;
        if (g.channels_first && accumulate)
            transpose(kernels, planes, g.positions, 0, result, filters, 0, filters, columns, 1);

        const Kernel& k = windows->choose(count, filters, 1, accumulate, false, parts);
        View<4> x(&one, {{count, 0}, {1, 0}, {1, 0}, {1, 1}});
        View<3> dy(gradient.data, {{count, gradient.image}, {columns, gradient.column}, {filters, 1}});
        const View<5>::Dimension shape[5] = {{columns, column}, {1, 0}, {1, 0}, {1, 0}, {filters, 1}};
        View<5> to(result, shape);
        k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(x, dy, 0, to);

        if (g.channels_first)
            transpose(kernels, result, filters, 0, planes, g.positions, 0, columns, filters, 1);
    }

    const Geometry& g;
    const Kernels kernels;
    Units units;
    BackwardWeightsCut cut;
    int64_t images, gradient_floats = 0, bias_floats = 0;
    std::optional<WindowGradients> windows;
};

}  // namespace

int64_t backward_weights_workspace(const Geometry& g, const Kernels& kernels) {
    return BackwardWeights(g, kernels).slots().bytes();
}

const Kernel* backward_weights_kernel(const Geometry& g, const Kernels& kernels) {
    return BackwardWeights(g, kernels).main_kernel();
}

Status backward_weights(const KernelTable& table, const Problem& problem, const float* input,
                        const float* output_gradient, float* kernel_gradient, float* bias_gradient,
                        Update update, Workspace workspace) {
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::backward_weights, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    LCN_RETURN_IF_ERROR(check_backward_weights(g, Names::addresses, input, output_gradient, kernel_gradient,
                                               bias_gradient, update, workspace));
    const bool accumulate = update == Update::accumulate;
    if (const DeviceTarget* d = kernels.device())
        return d->on_host.backward_weights(kernels, g, input, output_gradient, kernel_gradient, bias_gradient,
                                           accumulate);
    tune(kernels, g, Operation::backward_weights);
    return run_pass<BackwardWeights>(
        g, kernels, Arguments{input, output_gradient, kernel_gradient, bias_gradient, accumulate}, workspace);
}

}  // namespace lcn
