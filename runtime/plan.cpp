#include "plan.h"

#include <string_view>

#include "parallel.h"

namespace lcn {

const char* function_name(Function function) {
    static const char* const names[] = {"linear",  "relu",        "relu6",        "leaky_relu", "elu",
                                        "selu",    "softplus",    "softsign",     "swish",      "tanh",
                                        "sigmoid", "exponential", "hard_sigmoid", "gelu",       "mish"};
    static_assert(sizeof names / sizeof *names == size_t(Function::mish) + 1, "a name for every function");
    return function < Function::linear || function > Function::mish ? "" : names[int(function)];
}

Units::Unit Units::unit(const Geometry& g, int64_t index) const {
    const int64_t piece = index % filter_pieces, rest = index / filter_pieces;
    const int64_t row = rest / column_pieces, column = rest % column_pieces * columns;
    return {row, column, std::min(column + columns, g.output_columns), filter_begin(g, piece),
            filter_begin(g, piece + 1)};
}

// Lines of 16 filters, as even as they can be, the longer pieces first; the last piece takes what is no line.
int64_t Units::filter_begin(const Geometry& g, int64_t piece) const {
    if (piece == filter_pieces) return g.problem.filters;
    const int64_t lines = g.problem.filters / 16;
    return 16 * (lines / filter_pieces * piece + std::min(piece, lines % filter_pieces));
}

namespace {

// Of one thread: about 3 ns for each line of weights, which comes from memory, and 0.5 ns for each image's
// products with it. lagan_D2 N=1 59 us, measured 55; keras_doc_1 N=1 340, 290 (Zen 3, x86_avx2).
double nanoseconds(const Geometry& g) {
    return double(g.positions) * double(g.panel) / 16 * (3.0 + 0.5 * double(g.problem.batch));
}

// At least what one thread is woken for.
double least() {
    return std::max(1.0, double(least_nanoseconds.load(std::memory_order_relaxed)));
}

}  // namespace

int useful_threads(const Geometry& g) {
    return int(std::clamp(nanoseconds(g) / least(), 1.0, double(threads())));
}

// Four pieces a thread even out their lengths. Short ones take longer: every cut divides windows, and its
// ends are new to the caches. Zen 3, two threads of x86_avx2, backward_input, times as fast as one, with four
// pieces each and two: lagan_D2 N=1 0.5, 0.9; lagan_G1 N=1 1.1, 1.4; alltnn_1 N=1 (4 ms) 1.6, 1.5.
int64_t useful_pieces(const Geometry& g) {
    const int64_t used = useful_threads(g);
    return used == 1 ? 1 : used * (nanoseconds(g) < 16 * least() * double(used) ? 2 : 4);
}

Units position_units(const Geometry& g, int64_t wanted, int64_t max_columns) {
    // Filters are cut only when there are too few positions, in whole 64-byte lines, and never into less than
    // one: scalar tiles round differently.
    Units units;
    units.columns = std::min(
        {divide_up(g.output_columns, divide_up(wanted, g.output_rows)), max_columns, g.output_columns});
    units.column_pieces = divide_up(g.output_columns, units.columns);
    units.filter_pieces =
        std::max(std::min(divide_up(wanted, g.output_rows * units.column_pieces), g.problem.filters / 16),
                 divide_up(g.problem.filters, max_filters - 32));
    units.filters = std::max(units.filter_begin(g, 1),
                             g.problem.filters - units.filter_begin(g, units.filter_pieces - 1));
    units.count = g.output_rows * units.column_pieces * units.filter_pieces;
    return units;
}

int64_t images_per_call(const Geometry& g) {
    return std::clamp<int64_t>(max_call_elements / 2 / std::max(g.input_image, g.output_image), 1,
                               g.problem.batch);
}

int64_t positions_per_call(const Geometry& g) {
    return std::clamp<int64_t>(max_call_elements / 8 / std::max(g.panel, g.position_step()), 1,
                               g.output_columns);
}

bool images_collide(const Geometry& g) {
    return g.input_image * 4 % 4096 == 0;
}

Block block_of(const Geometry& g, const Block& window, int64_t taps) {
    Block b = window;
    if (taps < b.size()) b.planes = std::clamp<int64_t>(taps / (b.rows * b.taps), 1, b.planes);
    if (taps < b.size()) b.rows = std::clamp<int64_t>(taps / b.taps, 1, b.rows);
    if (taps < b.size()) b.taps = divide_up(b.taps, divide_up(b.taps, taps));

    const int64_t reach = max_call_elements / 8;
    if (b.planes > 1)
        b.planes = std::clamp<int64_t>(reach / std::max(g.input_plane, g.weights_plane), 1, b.planes);
    if (b.rows > 1) b.rows = std::clamp<int64_t>(reach / std::max(g.input_row, g.weights_row), 1, b.rows);
    b.taps = std::clamp<int64_t>(reach / g.problem.filters, 1, b.taps);
    return b;
}

PanelPrefetch panel_prefetch(int64_t weights, int64_t steps) {
    const int64_t increment = divide_up(weights, std::max<int64_t>(1, steps));
    // A line is fetched up to eight times. Zen 3, x86_avx2, one thread, cold weights, GFLOP/s of a peak of
    // 104, without, with: deepface_L4 N=32 (2.7 times) 74, 83; deepid_conv4 N=64 (5.3) 81, 79. Zen 5,
    // backward_input, N=24, 24 filters of 3x3x32 (5.3) with 1.6 times as fast, x86_avx2 1.5.
    const int64_t lines = (increment + 8) / 16;
    return {increment, int(std::min<int64_t>(increment >= 2 ? std::max<int64_t>(lines, 1) : 0, 1 << 20))};
}

namespace {

double blocks(const Kernel& k, int64_t rows, int64_t columns) {
    if (rows < k.lanes || columns < k.lanes) return -1;
    return double(round_up(rows, k.lanes)) * double(round_up(columns, k.lanes)) / k.lanes;
}

}  // namespace

const Kernel* choose_transpose(const Kernels& kernels, int64_t rows, int64_t columns) {
    return choose(kernels, KernelOperation::transpose,
                  [&](const Kernel& k) { return blocks(k, rows, columns); });
}

// With its weights and the two moments of an optimizer a gradient of 4 MB takes 16 MB. Zen 5, 32 MB of cache,
// one thread, 2026-11-29, GB/s written and then read by plain stores, streamed: 1 to 20 MB that were not in
// the caches before 33 and 90, 87 and 40, which together take about as long; that were there 120 and 125, 46
// and 43. Times as fast as with 16 MB as the limit, `lcn_bench`, x86_avx512, cold: backward_weights N=1
// cifar11_local3 1.38, lcresnet20_s2a 1.36, calo0_D1 1.19, keras_doc_1 N=8 1.65, lagan_G1 0.95, the median of
// 12 rows 1.20, in the caches (warm) 0.37 to 0.42; backward_input 1.01 both cold and warm, lcresnet18_l1
// N=32 1.06, none slower.
bool leaves_caches(const Kernels& kernels, int64_t elements) {
    constexpr int64_t streamed_floats = int64_t(1) << 20;
    const Kernel* const wanted = kernels.wanted.kernel;
    return elements >= streamed_floats || (wanted && wanted->streaming);
}

const Kernel* choose_transpose_streaming(const Kernels& kernels, int64_t rows, int64_t columns) {
    return choose(kernels, KernelOperation::transpose_streaming,
                  [&](const Kernel& k) { return rows % k.lanes == 0 ? blocks(k, rows, columns) : -1; });
}

const Kernel* choose_activation(const Kernels& kernels, KernelOperation operation, Function function) {
    const std::string_view name = function_name(function);
    return choose(kernels, operation, [&](const Kernel& k) -> double { return k.function == name ? 1 : -1; });
}

}  // namespace lcn
