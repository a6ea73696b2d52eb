#include "window_gradients.h"

#include <cstring>

#include "call.h"
#include "cpu.h"

namespace lcn {

namespace {

// Part of the weights of a position that is computed in cache before it is streamed out, where rows of
// filters do not begin on 64-byte lines and a kernel cannot stream itself.
constexpr int64_t staged_floats = 6 * 1024;

// Of a row of taps that is transposed, where taps run along vectors.
constexpr int64_t most_turned_taps = 512;

}  // namespace

WindowGradients::WindowGradients(const Geometry& geometry, const Kernels& available,
                                 const BackwardWeightsCut& how, int64_t images_at_once, int64_t filters)
    : g(geometry),
      kernels(available),
      cut(how),
      images(images_at_once),
      most_filters(filters),
      streams(leaves_caches(available, geometry.positions * geometry.panel)) {
    if (g.problem.filters == 1) return;
    const int64_t in_panels = cut.sliding > 0 ? cut.sliding : images;
    if (cut.together)
        panel_floats = round_up(cut.positions * in_panels * std::min(filters, group_filters), 16);
    if (cut.sliding > 0)
        input_floats = cut.sliding * SlidingColumns::floats(g);
    else if (cut.band > 0)
        input_floats = images * gathered_image(g.planes * g.problem.kernel_rows * g.run_of(cut.band, g.taps));
    else if (cut.gathers_input)
        input_floats = images * gathered_image(std::min(cut.taps, g.window));
    if (cut.turned)
        turned_floats = round_up(filters * turned_taps(), 16);
    else if (streams && filters == g.problem.filters && filters <= staged_floats / 4)  // some taps fit
        stream = kernels.of(KernelOperation::stream).first;  // a target need not have one
}

int64_t WindowGradients::floats() const {
    return panel_floats + input_floats + turned_floats + (stream ? staged_floats : 0);
}

WindowGradients::Parts WindowGradients::parts(float* workspace, Choices& choices) const {
    float* const input = workspace + panel_floats;
    float* const turned = input + input_floats;
    return {workspace, input, turned, turned + turned_floats, &choices};
}

const Kernel* WindowGradients::main_kernel() const {
    const int64_t filters = g.problem.filters, count = std::min(images, g.problem.batch);
    if (filters <= 2 && !stream)
        if (const Kernel* k = choose_backward_weights_taps(kernels, count, filters, g.taps, false)) return k;
    if (cut.turned)
        return choose_backward_weights(kernels, count, std::min(g.taps, turned_taps()), filters, false,
                                       false);
    const int64_t piece = cut.together ? std::min({cut.filters, group_filters, most_filters}) : most_filters;
    const int64_t taps = cut.sliding > 0 ? g.column_elements : block_of(g, whole_window(g), cut.taps).taps;
    const bool on_lines = filters % 16 == 0, final = g.problem.batch <= images;
    const bool staged = stream && final && !on_lines;
    return choose_backward_weights(kernels, count, piece,
                                   staged ? std::min(taps, staged_floats / filters) : taps, false,
                                   streams && on_lines && final);
}

void WindowGradients::run(const GradientStretch& stretch, bool accumulate, const Parts& parts) const {
    if (!cut.together) {
        run_window(stretch, accumulate, parts);
    } else if (cut.sliding > 0) {
        for (int64_t n = 0; n < stretch.images; n += cut.sliding)
            run_sliding(of_images(stretch, n, cut.sliding), accumulate || n > 0, parts);
    } else {
        for (int64_t q = 0; q < stretch.positions; q += cut.positions)
            run_together(of_positions(stretch, q), of_positions(stretch, q + cut.positions), accumulate,
                         parts);
    }
    if (streams) drain_stores();
}

GradientStretch WindowGradients::of_images(const GradientStretch& all, int64_t first, int64_t count) {
    GradientStretch w = all;
    w.images = std::min(count, all.images - first);
    w.windows.data += first * w.windows.image;
    w.gradient.data += first * w.gradient.image;
    return w;
}

// Those that are brought together with the first; none after the last.
GradientStretch WindowGradients::of_positions(const GradientStretch& all, int64_t first) const {
    GradientStretch w = all;
    w.positions = std::clamp<int64_t>(all.positions - first, 0, cut.positions);
    advance(w, first);
    return w;
}

void WindowGradients::advance(GradientStretch& w, int64_t positions) const {
    w.windows.data += positions * g.position_step();
    w.gradient.data += positions * w.gradient.column;
    w.result += positions * g.panel;
}

void WindowGradients::run_window(const GradientStretch& w, bool accumulate, const Parts& parts) const {
    if (g.problem.filters <= 2 && !stream && run_taps(w, accumulate, parts)) return;
    if (cut.turned) return run_turned(w, accumulate, parts);
    const bool on_lines =
        reinterpret_cast<uintptr_t>(w.result) % 64 == 0 && w.filters % 16 == 0 && g.problem.filters % 16 == 0;
    // What more images are added to stays in cache.
    const bool final = !accumulate && g.problem.batch <= images;
    if (stream && final && !on_lines && w.filters == g.problem.filters) return run_staged(w, parts);
    for_each_block(
        w.all, block_of(g, w.all, cut.taps), [&](int64_t c, int64_t i, int64_t l, const Block& now) {
            run_kernel(w, now, w.windows.data + c * w.windows.plane + i * w.windows.row + l, w.gradient.data,
                       accumulate, streams && on_lines && final,
                       w.result + c * g.weights_plane + i * g.weights_row + l * g.problem.filters, parts);
        });
}

// With one filter or two the taps of a window row, and their filters, run along vectors, where there are
// enough of them.
bool WindowGradients::run_taps(const GradientStretch& w, bool accumulate, const Parts& parts) const {
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
void WindowGradients::run_turned(const GradientStretch& w, bool accumulate, const Parts& parts) const {
    const int64_t filters = g.problem.filters;
    for_each_block(w.all, {1, 1, turned_taps()}, [&](int64_t c, int64_t i, int64_t l, const Block& now) {
        const float* x = w.windows.data + c * w.windows.plane + i * w.windows.row + l;
        float* result = w.result + c * g.weights_plane + i * g.weights_row + l * filters;
        if (filters == 1)
            return run_turned_kernel(w, x, w.gradient.data, now.taps, w.positions, accumulate, result, parts);
        for (int64_t q = 0; q < w.positions; q++, x += g.position_step(), result += g.panel) {
            if (accumulate)
                transpose(kernels, result, filters, 0, parts.turned, now.taps, 0, now.taps, w.filters, 1);
            run_turned_kernel(w, x, w.gradient.data + q * w.gradient.column, now.taps, 1, accumulate,
                              parts.turned, parts);
            transpose(kernels, parts.turned, now.taps, 0, result, filters, 0, w.filters, now.taps, 1);
        }
    });
}

void WindowGradients::run_turned_kernel(const GradientStretch& w, const float* input, const float* gradient,
                                        int64_t taps, int64_t positions, bool accumulate, float* result,
                                        const Parts& parts) const {
    const Kernel& k = choose(w.images, taps, w.filters, accumulate, false, parts);
    View<4> dy(gradient, {{w.images, w.gradient.image}, {1, 0}, {1, 0}, {w.filters, 1}});
    View<3> x(input, {{w.images, w.windows.image}, {positions, g.position_step()}, {taps, 1}});
    View<5> to(result, {{positions, g.panel}, {1, 0}, {1, 0}, {w.filters, taps}, {taps, 1}});
    k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(dy, x, int(w.gradient.column), to);
}

int64_t WindowGradients::turned_taps() const {
    return std::min(g.window, g.problem.filters == 1 ? max_call_elements / 8 : most_turned_taps);
}

// Computes parts of a window in cache and streams them out.
void WindowGradients::run_staged(const GradientStretch& many, const Parts& parts) const {
    GradientStretch w = many;
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
                    stream_out(
                        parts.staged, taps * w.filters,
                        many.result + q * g.panel + c * g.weights_plane + i * g.weights_row + l * w.filters);
                }
}

// Whole lines past the caches, what is left at both ends by plain stores.
void WindowGradients::stream_out(const float* from, int64_t count, float* to) const {
    const int64_t until_line = -(reinterpret_cast<intptr_t>(to) / 4) & 15, head = std::min(until_line, count);
    const int64_t body = (count - head) / stream->width() * stream->width();
    std::memcpy(to, from, size_t(head) * sizeof(float));
    if (body > 0) {
        View<1> source(from + head, {{body, 1}}), destination(to + head, {{body, 1}});
        stream->run<halide_buffer_t*, halide_buffer_t*>(source, destination);
    }
    std::memcpy(to + head + body, from + head + body, size_t(count - head - body) * sizeof(float));
}

// Tiles of filters; where many images share a last one, it is as narrow as it may be, over those of the one
// before. Zen 3, x86_avx2, one tile for all and this, ms: alltnn_1 N=32 26.1, 24.7; alltnn_2 N=32 26.3, 25.1.
void WindowGradients::run_kernel(const GradientStretch& w, const Block& b, const float* input,
                                 const float* gradient, bool accumulate, bool streaming, float* result,
                                 const Parts& parts) const {
    View<4> x(
        input,
        {{w.images, w.windows.image}, {b.planes, w.windows.plane}, {b.rows, w.windows.row}, {b.taps, 1}});
    const auto run = [&](const Kernel& k, int64_t first, int64_t filters) {
        View<3> dy(gradient + first,
                   {{w.images, w.gradient.image}, {w.positions, w.gradient.column}, {filters, 1}});
        View<5> to(result + first, {{w.positions, g.panel},
                                    {b.planes, g.weights_plane},
                                    {b.rows, g.weights_row},
                                    {b.taps, g.problem.filters},
                                    {filters, 1}});
        const int step = int(g.position_step());
        if (k.operation == KernelOperation::backward_weights)
            return k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(x, dy, step, to);
        const int64_t tile_work = k.rows * std::min<int64_t>(filters, k.width());
        const auto next = parts.upcoming->take(b.planes * b.rows, divide_up(b.taps, k.rows), tile_work);
        k.run<halide_buffer_t*, halide_buffer_t*, int, uint64_t, int, int, int, int, halide_buffer_t*>(
            x, dy, step, reinterpret_cast<uintptr_t>(next.first), 0, int(next.image), int(next.window_row),
            int(next.tile), to);
    };
    const Kernel& k = choose(w.images, w.filters, b.taps, accumulate, streaming, parts);
    const int64_t whole = w.filters / k.width() * k.width(), rest = round_up(w.filters - whole, k.lanes);
    // What is added to must be met once.
    const bool narrows = whole > 0 && rest > 0 && rest < k.width() && w.images >= 8 && !accumulate;
    run(k, 0, narrows ? whole : w.filters);
    if (narrows) run(choose(w.images, rest, b.taps, accumulate, streaming, parts), w.filters - rest, rest);
}

// One that fetches too, where there is one of that tile and something worth it.
const Kernel& WindowGradients::choose(int64_t count, int64_t filters, int64_t taps, bool accumulate,
                                      bool streaming, const Parts& parts) const {
    const bool fetches = parts.upcoming && parts.upcoming->worth();
    return *parts.choices->kernel({count, filters, taps, accumulate, streaming, fetches}, [&] {
        const Kernel* const k = choose_backward_weights(kernels, count, filters, taps, accumulate, streaming);
        const Kernel* const fetching =
            fetches ? same_tile(kernels, KernelOperation::backward_weights_upcoming, *k) : nullptr;
        return fetching ? fetching : k;
    });
}

}  // namespace lcn
