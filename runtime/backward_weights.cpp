#include "check_passes.h"
#include "choices.h"
#include "panels.h"
#include "parallel.h"
#include "passes.h"

namespace lcn {

namespace {

const float one = 1.0f;

// Gradients beyond this leave the caches before anything reads them: they are streamed past.
constexpr int64_t streamed_floats = int64_t(4) << 20;

// Part of the weights of a position that is computed in cache before it is streamed out, where rows of
// filters do not begin on 64-byte lines and a kernel cannot stream itself.
constexpr int64_t staged_floats = 6 * 1024;

// Of a row of taps that is transposed, where taps run along vectors.
constexpr int64_t most_turned_taps = 512;

// Images whose gradients are transposed together, with channels_first. Times max_filters they fit their
// buffer.
constexpr int64_t transposed_images = 32;

// A streaming kernel that is wanted streams any gradient.
bool leaves_caches(const Geometry& g, const Kernels& kernels) {
    const Kernel* const wanted = kernels.wanted.kernel;
    return g.positions * g.panel >= streamed_floats || (wanted && wanted->streaming);
}

struct Arguments {
    const float *input, *output_gradient;
    float *kernel_gradient, *bias_gradient;
    bool accumulate;
};

// The gradient of the output of one unit, filters contiguous. Strides in elements.
struct Gradient {
    const float* data;
    int64_t image, column;
};

// One call of backward_weights: how it is cut, and the parts of a slot's workspace.
class BackwardWeights {
  public:
    BackwardWeights(const Geometry& geometry, const Kernels& available)
        : g(geometry), kernels(available), streams(leaves_caches(g, available)) {
        // How the batch is cut depends on the shape alone, for it shows in the bits of the sum.
        cut = cut_backward_weights(g, kernels);
        images = g.channels_first ? std::min(cut.images, transposed_images) : cut.images;
        const int64_t transposed = buffer_floats / (images * std::min(g.problem.filters, max_filters));
        units = position_units(
            g, threads(), std::min(positions_per_call(g), g.channels_first ? transposed : g.output_columns));
        if (g.channels_first) {
            gradient_floats = round_up(images * units.columns * units.filters, 16);
            bias_floats = round_up(units.columns * units.filters, 16);
        }
        if (g.problem.filters == 1) return;
        if (cut.together)
            panel_floats = round_up(cut.positions * images * std::min(units.filters, group_filters), 16);
        if (cut.band > 0)
            input_floats =
                images * gathered_image(g.planes * g.problem.kernel_rows * run_of(cut.band, g.taps));
        else if (cut.gathers_input)
            input_floats = images * gathered_image(std::min(cut.taps, g.window));
        if (cut.turned) turned_floats = round_up(units.filters * turned_taps(), 16);
        if (!cut.turned && streams && units.filter_pieces == 1 &&
            units.filters <= staged_floats / 4)                  // some taps fit
            stream = kernels.of(KernelOperation::stream).first;  // a target need not have one
    }

    Slots slots() const {
        return {int(std::min<int64_t>(threads(), units.count)), gradient_floats + bias_floats + panel_floats +
                                                                    input_floats + turned_floats +
                                                                    (stream ? staged_floats : 0)};
    }

    // Of whole windows and the first images.
    const Kernel* main_kernel() const {
        const int64_t filters = g.problem.filters, count = std::min(images, g.problem.batch);
        if (filters <= 2 && !stream)
            if (const Kernel* k = choose_backward_weights_taps(kernels, count, filters, g.taps, false))
                return k;
        if (cut.turned)
            return choose_backward_weights(kernels, count, std::min(g.taps, turned_taps()), filters, false,
                                           false);
        const int64_t piece =
            cut.together ? std::min({cut.filters, group_filters, units.filters}) : units.filters;
        const Block block = block_of(g, {g.planes, g.problem.kernel_rows, g.taps}, cut.taps);
        const bool on_lines = filters % 16 == 0, final = g.problem.batch <= images;
        const bool staged = stream && final && !on_lines;
        return choose_backward_weights(kernels, count, piece,
                                       staged ? std::min(g.taps, staged_floats / filters) : block.taps, false,
                                       streams && on_lines && final);
    }

    void run(const Arguments& arguments, const Slots& slots) const {
        parallel_units(slots.count(), units.count, [&](int slot, int64_t index) {
            run_unit(arguments, units.unit(g, index), slots.slot(slot));
        });
    }

  private:
    // The parts of a slot.
    struct Parts {
        float *gradient, *bias, *panel, *input, *turned, *staged;
        Choices* choices;
    };

    void run_unit(const Arguments& a, const Units::Unit& u, float* slot) const {
        Choices choices;
        Parts parts;
        parts.choices = &choices;
        parts.gradient = slot;
        parts.bias = parts.gradient + gradient_floats;
        parts.panel = parts.bias + bias_floats;
        parts.input = parts.panel + panel_floats;
        parts.turned = parts.input + input_floats;
        parts.staged = parts.turned + turned_floats;
        // Brought together, a position's gradient is finished before the next begins, so that it stays in
        // cache.
        if (cut.together)
            kernel_gradient(a, u, 0, g.problem.batch, output_gradient(a, u, 0, g.problem.batch, nullptr),
                            a.accumulate, parts);
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const int64_t count = std::min(images, g.problem.batch - n);
            const bool accumulate = a.accumulate || n > 0;
            const Gradient gradient = output_gradient(a, u, n, count, parts.gradient);
            if (!cut.together) kernel_gradient(a, u, n, count, gradient, accumulate, parts);
            if (a.bias_gradient) bias_gradient(a, u, count, gradient, accumulate, parts);
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
            Window w;
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
            if (!cut.together) return run_window(w, accumulate, parts);
            const int64_t positions = w.positions;
            for (int64_t q = 0; q < positions; q += cut.positions) {
                w.positions = std::min(cut.positions, positions - q);
                run_together(w, accumulate, parts);
                advance(w, w.positions);
            }
        });
    }

    // Windows of the same size at consecutive positions.
    struct Window {
        Windows windows;
        float* result;
        Gradient gradient;
        Block all;
        int64_t positions, images, filters;
    };

    void advance(Window& w, int64_t positions) const {
        w.windows.data += positions * g.position_step();
        w.gradient.data += positions * w.gradient.column;
        w.result += positions * g.panel;
    }

    // Elements of a row of the input that windows with so many taps a row read.
    int64_t run_of(int64_t positions, int64_t taps) const {
        return (positions - 1) * g.position_step() + taps;
    }

    // A few positions, some images and some filters at a time.
    void run_together(const Window& all, bool accumulate, const Parts& parts) const {
        for (int64_t n = 0; n < all.images; n += images)
            for (int64_t f = 0; f < all.filters; f += group_filters) {
                Window w = all;
                w.images = std::min(images, all.images - n);
                w.filters = std::min(group_filters, all.filters - f);
                w.windows.data += n * w.windows.image;
                w.gradient.data += n * w.gradient.image + f;
                w.result += f;
                run_group(w, accumulate || n > 0, parts);
            }
    }

    void run_group(const Window& all, bool accumulate, const Parts& parts) const {
        // A panel for every position and every piece of the filters.
        const int64_t panel = all.images * all.filters;
        for (int64_t f = 0; f < all.filters; f += cut.filters) {
            const int64_t filters = std::min(cut.filters, all.filters - f);
            bring_together(all.gradient.data + f, all.gradient.image, all.images, all.positions,
                           {all.gradient.column, panel}, filters, parts.panel + f * all.images, filters);
        }
        Window w = all;
        w.positions = 1;
        w.gradient = {parts.panel, 0, panel};
        if (cut.band > 0)
            w.windows = band(w.windows, w.all, run_of(all.positions, w.all.taps), w.images, parts.input);
        for (int64_t q = 0; q < all.positions; q++) {
            run_position(w, accumulate, parts);
            advance(w, 1);
        }
    }

    void run_position(const Window& w, bool accumulate, const Parts& parts) const {
        for_each_block(w.all, block_of(g, w.all, cut.taps),
                       [&](int64_t c, int64_t i, int64_t l, const Block& now) {
                           Window block = w;
                           block.all = now;
                           block.windows.data += c * w.windows.plane + i * w.windows.row + l;
                           block.result += c * g.weights_plane + i * g.weights_row + l * g.problem.filters;
                           if (cut.gathers_input && cut.band == 0) {
                               block.windows = gathered(block.windows, now, w.images, parts.input);
                               block.all = flattened(now, g.problem.filters, g.weights_row, g.weights_plane);
                           }
                           for (int64_t f = 0; f < w.filters; f += cut.filters) {
                               Window piece = block;
                               piece.filters = std::min(cut.filters, w.filters - f);
                               piece.gradient = {w.gradient.data + f * w.images, piece.filters, 0};
                               piece.result += f;
                               run_window(piece, accumulate, parts);
                           }
                       });
    }

    void run_window(const Window& w, bool accumulate, const Parts& parts) const {
        if (g.problem.filters <= 2 && !stream && run_taps(w, accumulate, parts)) return;
        if (cut.turned) return run_turned(w, accumulate, parts);
        const bool on_lines = reinterpret_cast<uintptr_t>(w.result) % 64 == 0 && w.filters % 16 == 0 &&
                              g.problem.filters % 16 == 0;
        // What more images are added to stays in cache.
        const bool final = !accumulate && g.problem.batch <= images;
        if (stream && final && !on_lines && w.filters == g.problem.filters) return run_staged(w, parts);
        for_each_block(
            w.all, block_of(g, w.all, cut.taps), [&](int64_t c, int64_t i, int64_t l, const Block& now) {
                run_kernel(w, now, w.windows.data + c * w.windows.plane + i * w.windows.row + l,
                           w.gradient.data, accumulate, streams && on_lines && final,
                           w.result + c * g.weights_plane + i * g.weights_row + l * g.problem.filters, parts);
            });
    }

    // With one filter or two the taps of a window row, and their filters, run along vectors, where there are
    // enough of them.
    bool run_taps(const Window& w, bool accumulate, const Parts& parts) const {
        const Block& b = w.all;
        if (block_of(g, b, b.size()).size() < b.size()) return false;
        const Kernel* const k = parts.choices->kernel({w.images, -1, b.taps, accumulate}, [&] {
            return choose_backward_weights_taps(kernels, w.images, w.filters, b.taps, accumulate);
        });
        if (!k) return false;
        View<4> x(
            w.windows.data,
            {{w.images, w.windows.image}, {b.planes, w.windows.plane}, {b.rows, w.windows.row}, {b.taps, 1}});
        View<3> dy(w.gradient.data,
                   {{w.images, w.gradient.image}, {w.positions, w.gradient.column}, {w.filters, 1}});
        View<4> to(w.result, {{w.positions, g.panel},
                              {b.planes, g.weights_plane},
                              {b.rows, g.weights_row},
                              {b.taps * w.filters, 1}});
        k->run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(x, dy, int(g.position_step()), to);
        return true;
    }

    // The product of taps and filters is symmetric: the taps of a window row, contiguous in the input, take
    // the place of the filters, and the gradient of the output that of the input. With one filter the result
    // lies as it should; else it is transposed.
    void run_turned(const Window& w, bool accumulate, const Parts& parts) const {
        const int64_t filters = g.problem.filters;
        for_each_block(w.all, {1, 1, turned_taps()}, [&](int64_t c, int64_t i, int64_t l, const Block& now) {
            const float* x = w.windows.data + c * w.windows.plane + i * w.windows.row + l;
            float* result = w.result + c * g.weights_plane + i * g.weights_row + l * filters;
            if (filters == 1)
                return run_turned_kernel(w, x, w.gradient.data, now.taps, w.positions, accumulate, result,
                                         parts);
            for (int64_t q = 0; q < w.positions; q++, x += g.position_step(), result += g.panel) {
                if (accumulate)
                    transpose(kernels, result, filters, 0, parts.turned, now.taps, 0, now.taps, w.filters, 1);
                run_turned_kernel(w, x, w.gradient.data + q * w.gradient.column, now.taps, 1, accumulate,
                                  parts.turned, parts);
                transpose(kernels, parts.turned, now.taps, 0, result, filters, 0, w.filters, now.taps, 1);
            }
        });
    }

    void run_turned_kernel(const Window& w, const float* input, const float* gradient, int64_t taps,
                           int64_t positions, bool accumulate, float* result, const Parts& parts) const {
        const Kernel& k = choose(w.images, taps, w.filters, accumulate, false, parts);
        View<4> dy(gradient, {{w.images, w.gradient.image}, {1, 0}, {1, 0}, {w.filters, 1}});
        View<3> x(input, {{w.images, w.windows.image}, {positions, g.position_step()}, {taps, 1}});
        View<5> to(result, {{positions, g.panel}, {1, 0}, {1, 0}, {w.filters, taps}, {taps, 1}});
        k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(dy, x, int(w.gradient.column), to);
    }

    int64_t turned_taps() const {
        return std::min(g.window, g.problem.filters == 1 ? max_call_elements / 8 : most_turned_taps);
    }

    // Computes parts of a window in cache and streams them out.
    void run_staged(const Window& many, const Parts& parts) const {
        Window w = many;
        w.positions = 1;
        const int64_t fitting = staged_floats / w.filters, most = fitting < 16 ? fitting : fitting / 16 * 16;
        for (int64_t q = 0; q < many.positions; q++)
            for (int64_t c = 0; c < w.all.planes; c++)
                for (int64_t i = 0; i < w.all.rows; i++)
                    for (int64_t l = 0; l < w.all.taps; l += most) {
                        const int64_t taps = std::min(most, w.all.taps - l);
                        run_kernel(w, {1, 1, taps},
                                   many.windows.data + q * g.position_step() + c * many.windows.plane +
                                       i * many.windows.row + l,
                                   many.gradient.data + q * many.gradient.column, false, false, parts.staged,
                                   parts);
                        stream_out(parts.staged, taps * w.filters,
                                   many.result + q * g.panel + c * g.weights_plane + i * g.weights_row +
                                       l * w.filters);
                    }
    }

    // Whole lines past the caches, what is left at both ends by plain stores.
    void stream_out(const float* from, int64_t count, float* to) const {
        const int64_t until_line = -(reinterpret_cast<intptr_t>(to) / 4) & 15,
                      head = std::min(until_line, count);
        const int64_t body = (count - head) / stream->width() * stream->width();
        std::memcpy(to, from, size_t(head) * sizeof(float));
        if (body > 0) {
            View<1> source(from + head, {{body, 1}}), destination(to + head, {{body, 1}});
            stream->run<halide_buffer_t*, halide_buffer_t*>(source, destination);
        }
        std::memcpy(to + head + body, from + head + body, size_t(count - head - body) * sizeof(float));
    }

    void run_kernel(const Window& w, const Block& b, const float* input, const float* gradient,
                    bool accumulate, bool streaming, float* result, const Parts& parts) const {
        const Kernel& k = choose(w.images, w.filters, b.taps, accumulate, streaming, parts);
        View<4> x(
            input,
            {{w.images, w.windows.image}, {b.planes, w.windows.plane}, {b.rows, w.windows.row}, {b.taps, 1}});
        View<3> dy(gradient,
                   {{w.images, w.gradient.image}, {w.positions, w.gradient.column}, {w.filters, 1}});
        View<5> to(result, {{w.positions, g.panel},
                            {b.planes, g.weights_plane},
                            {b.rows, g.weights_row},
                            {b.taps, g.problem.filters},
                            {w.filters, 1}});
        k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(x, dy, int(g.position_step()), to);
    }

    const Kernel& choose(int64_t count, int64_t filters, int64_t taps, bool accumulate, bool streaming,
                         const Parts& parts) const {
        return *parts.choices->kernel({count, filters, taps, accumulate, streaming}, [&] {
            return choose_backward_weights(kernels, count, filters, taps, accumulate, streaming);
        });
    }

    // Taps outside the image have gradient zero.
    void clear_outside(const Units::Unit& u, int64_t first_row, int64_t end_row, float* row) const {
        const bool rows_inside = first_row == 0 && end_row == g.problem.kernel_rows;
        for (int64_t q = u.first_column; q < u.end_column; q++) {
            const bool columns_inside = g.first_column(q, 0) == 0 &&
                                        g.end_column(q, g.problem.input_columns) == g.problem.kernel_columns;
            if (rows_inside && columns_inside) continue;
            float* const panel = row + q * g.panel;
            for (int64_t k = 0; k < g.window; k++)
                std::memset(panel + k * g.problem.filters + u.first_filter, 0,
                            size_t(u.end_filter - u.first_filter) * sizeof(float));
        }
    }

    // The bias is the weight of a tap that reads the constant 1.
    void bias_gradient(const Arguments& a, const Units::Unit& u, int64_t count, const Gradient& gradient,
                       bool accumulate, const Parts& parts) const {
        const int64_t columns = u.end_column - u.first_column, filters = u.end_filter - u.first_filter;
        const int64_t position = u.row * g.output_columns + u.first_column;
        float* const planes = a.bias_gradient + u.first_filter * g.positions + position;  // channels_first
        float* const result =
            g.channels_first ? parts.bias : a.bias_gradient + position * g.problem.filters + u.first_filter;
        const int64_t column = g.channels_first ? filters : g.problem.filters;
        if (g.channels_first && accumulate)
            transpose(kernels, planes, g.positions, 0, result, filters, 0, filters, columns, 1);

        const Kernel& k = choose(count, filters, 1, accumulate, false, parts);
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
    const bool streams;
    Units units;
    BackwardWeightsCut cut;
    int64_t images, gradient_floats = 0, bias_floats = 0, panel_floats = 0, input_floats = 0,
                    turned_floats = 0;
    const Kernel* stream = nullptr;  // for results that are staged
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
    for (;; kernels.wanted = {}) {
        const BackwardWeights pass(g, kernels);
        Slots slots = pass.slots();
        // Asked for under another tuning: what the usual choice needs is always there.
        if (kernels.wanted.tuned && slots.bytes() > workspace.bytes) continue;
        LCN_RETURN_IF_ERROR(slots.bind(workspace));
        pass.run({input, output_gradient, kernel_gradient, bias_gradient, accumulate}, slots);
        return {};
    }
}

}  // namespace lcn
