#include "forward_windows.h"

namespace lcn {

namespace {

constexpr int64_t few_filters = 2;  // which forward_dot knows

}  // namespace

ForwardWindows::ForwardWindows(const Geometry& geometry, const Kernels& available, int64_t images,
                               int64_t filters)
    : g(geometry), kernels(available), blocks(g, kernels, images, filters), images_(blocks.images()) {
    if (blocks.uncut() && finds_nothing_that_stayed(g) && images_collide(g)) bring_positions_together();
    if (g.problem.filters <= few_filters) dot_ = choose_dot(images_, whole_window(g));
}

// Windows that hardly overlap are read from memory, a piece here and a piece there: some images and positions
// at a time are read in one piece for each row instead. lcresnet20_s2a N=512 0.50, 0.70 (Zen 3).
void ForwardWindows::bring_positions_together() {
    const int64_t rows = g.planes * g.problem.kernel_rows, few = std::min<int64_t>(images_, 32);
    const int64_t run = together_floats / few / rows;  // of a row
    if (images_ < 32 || run < g.taps + g.position_step()) return;
    images_ = few;
    together_ = std::min((run - g.taps) / g.position_step() + 1, g.output_columns);
    together_floats_ = images_ * gathered_image(rows * g.run_of(together_, g.taps));
}

void ForwardWindows::run(ForwardStretch s, float* workspace, Choices& choices) const {
    if (g.problem.filters <= few_filters && run_dot(s)) return;
    if (!blocks.uncut()) return blocks.run(s, workspace, choices);
    const int64_t most = together_ > 0 ? together_ : s.positions;
    for (int64_t left = s.positions; left > 0; left -= most) {
        s.positions = std::min(most, left);
        run_whole(s, workspace, choices);
        s.input += most * g.position_step(), s.weights += most * g.panel;
        s.initial = part(s.initial, most, 0), s.before = part(s.before, most, 0);
    }
}

// Every window in one call.
void ForwardWindows::run_whole(const ForwardStretch& s, float* workspace, Choices& choices) const {
    Windows windows{s.input, g.input_image, g.input_plane, g.input_row};
    if (together_ > 0)
        windows = gathered(windows, s.window, g.run_of(s.positions, s.window.taps), s.images, workspace);
    const Weights weights{s.weights, g.weights_plane, g.weights_row, g.problem.filters};
    const Extents own{s.images, s.filters};
    const Kernel& k = *blocks.choose(s.images, s.filters, s.window, choices);
    run_forward(g, k, s.window, s.positions, own, windows, weights,
                Fetch::in_one_piece(g, k, s.window, own, g.panel), {s.initial, own}, {s.before, own});
}

const Kernel* ForwardWindows::choose_dot(int64_t images, const Block& window) const {
    return choose_forward_dot(kernels, images, g.problem.filters, window);
}

// With one filter or two the taps run along vectors, where a window row has enough of them.
bool ForwardWindows::run_dot(const ForwardStretch& s) const {
    const bool usual = s.images == images_ && s.window.size() == g.window;
    const Kernel* const kernel = usual ? dot_ : choose_dot(s.images, s.window);
    if (!kernel || block_of(g, s.window, s.window.size()).size() < s.window.size()) return false;
    View<4> x(s.input, {{s.images, g.input_image},
                        {s.window.planes, g.input_plane},
                        {s.window.rows, g.input_row},
                        {s.window.taps, 1}});
    View<4> w(s.weights, {{s.positions, g.panel},
                          {s.window.planes, g.weights_plane},
                          {s.window.rows, g.weights_row},
                          {s.window.taps * s.filters, 1}});
    View<3> from(s.initial.data,
                 {{s.images, s.initial.image}, {s.positions, s.initial.column}, {s.filters, 1}});
    View<3> to(s.before.data, {{s.images, s.before.image}, {s.positions, s.before.column}, {s.filters, 1}});
    kernel->run<halide_buffer_t*, halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(
        x, w, from, int(g.position_step()), to);
    return true;
}

}  // namespace lcn
