#include "plan.h"

#include <cmath>
#include <numeric>
#include <string_view>

#include "cache.h"

namespace lcn {

namespace {

// Windows whose sums take no longer than what surrounds them.
constexpr int64_t few_taps = 64;

// What a register tile costs per step of the reduction, in vector multiply-adds: those or its loads,
// whichever is more, and a share of the loads that does not overlap. `far` is the extra price of a vector
// that comes from beyond the nearest cache.
double tile_cost(const Kernel& k, int64_t row_tiles, int64_t column_tiles, double far) {
    // More than one column of tiles cuts what is read or written in one stream.
    const double stream_penalty = column_tiles == 1 ? 1.0 : 1.15;
    const double loads = k.rows + k.vectors;
    const double step = std::max<double>(k.rows * k.vectors, loads) + 0.25 * loads + far * k.vectors;
    return double(row_tiles * column_tiles) * step * stream_penalty;
}

// Loop unrolling leaves a guarded remainder.
double unroll_penalty(const Kernel& k, int64_t steps) {
    return k.unroll > 1 && steps % k.unroll != 0 ? 1.0 + 0.5 * k.unroll / double(steps + k.unroll) : 1.0;
}

// One line too many is fetched twice; more, or too few, is worse than none.
double prefetch_penalty(const Kernel& k, int wanted) {
    if (k.prefetch == wanted) return 1.0;
    if (k.prefetch == wanted + 1) return 1.01;
    return k.prefetch == 0 ? 1.05 : 100.0;
}

bool holds_filters(const Kernel& k, int64_t filters) {
    return k.span ? filters >= k.lanes && filters > k.width() - k.lanes && filters <= k.width()
                  : filters >= k.width();
}

}  // namespace

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

int64_t Units::filter_begin(const Geometry& g, int64_t piece) const {
    return piece == filter_pieces ? g.problem.filters : g.problem.filters * piece / filter_pieces / 16 * 16;
}

Units position_units(const Geometry& g, int threads, int64_t max_columns) {
    // Four units per thread even out their lengths. Filters are cut only when there are too few positions, in
    // whole 64-byte lines, and never into less than one: scalar tiles round differently.
    const int64_t wanted = threads == 1 ? 1 : 4 * threads;
    Units units;
    units.columns = std::min(
        {divide_up(g.output_columns, divide_up(wanted, g.output_rows)), max_columns, g.output_columns});
    units.column_pieces = divide_up(g.output_columns, units.columns);
    units.filter_pieces =
        std::max(std::min(divide_up(wanted, g.output_rows * units.column_pieces), g.problem.filters / 16),
                 divide_up(g.problem.filters, max_filters - 32));
    units.filters = 0;
    for (int64_t p = 0; p < units.filter_pieces; p++)
        units.filters = std::max(units.filters, units.filter_begin(g, p + 1) - units.filter_begin(g, p));
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

// Filters whose weights for one tap fill most of a page. Zen 3, one image, 8 taps at a time and all: alltnn_5
// forward 0.75 and 1.05 of the memory's speed; four images of acl_4 0.25 and 0.55.
bool rows_fill_pages(const Geometry& g) {
    return g.problem.filters >= 1000;
}

// Measured on Zen 3, x86_avx2, one thread, cold weights, 2026-11-26, GFLOP/s of a peak of 104, without, with:
//
//   tiles as calls      alltnn_2 N=512 48, 73; lcresnet18_conv1 N=32 62, 68
//   weights gathered    alltnn_4 N=512 69, 77; keras_doc_1 N=128 59, 60
//                       and with one tile, lcresnet18_l1 N=256 79, 75
//   the input too       alltnn_4 N=512 77, 81; emg_capgmyo 56, 66
//                       and with rows of 9 taps, keras_doc_1 N=128 60, 52
//   blocks of 192 taps  keras_doc_2 (2x4) N=32 69, 73, N=128 79, 85; deepface_L4 (4x2) 74, 71
ForwardCut cut_forward(const Geometry& g, const Kernel& kernel, int64_t images, int64_t filters) {
    const int64_t width = kernel.span ? round_up(filters, kernel.lanes) : kernel.width();
    const bool one_tile = filters <= width;
    const int64_t in_nearest_cache = 6 * 1024 / width;
    ForwardCut cut{g.window, filters, false, false, false};
    // A tile walks down columns of the weights, which takes a page for each tap: few taps at a time walk in
    // rows.
    if (!one_tile && images < 16 && rows_fill_pages(g)) cut.taps = 8;
    // With one tile of images every weight is used once: nothing to keep.
    if (images <= kernel.rows || cut.taps < g.window) return cut;
    cut.by_tile = !one_tile && images >= 32 && g.window > few_taps;
    if (cut.by_tile) cut.filters = std::max(width, 128 / width * width);
    cut.gathers_input = cut.by_tile && images >= 64 && filters >= 64 && g.taps >= 32 && images_collide(g);
    cut.gathers_weights = cut.by_tile && images >= 128;
    // With one tile of filters its weights may stream from the second-level cache, unless a tile has so few
    // images that the stream is its bound.
    const bool streams =
        one_tile && (kernel.rows > 2 || images < 32) && g.window * width * 4 <= second_level_cache() / 2;
    if (streams) return cut;
    // Else blocks keep weights and inputs in the first-level cache. Weights that lie in rows of all filters
    // share fewer of its sets.
    const int64_t most = one_tile || cut.gathers_weights || cut.gathers_input ? 384 : 128;
    cut.taps = std::clamp<int64_t>(in_nearest_cache, 64, most);
    return cut;
}

bool images_collide(const Geometry& g) {
    return g.input_image * 4 % 4096 == 0;
}

// Measured as above:
//
//   gradients together, 128 images at a time   alltnn_2 N=512 41, 46
//   a panel for each tile of filters           alltnn_2 N=512 46, 60
//   the input too, where images collide        alltnn_4 N=512 65, 87; keras_doc_1 N=32 25, 44
BackwardWeightsCut cut_backward_weights(const Geometry& g, const Kernels& kernels) {
    const int64_t filters = g.problem.filters;
    BackwardWeightsCut cut{images_per_call(g), filters, g.window, false, false};
    // With few products at a position what is brought together costs more than it saves: few images at a
    // time, whose gradients lie in long pieces. flux_post256 N=32 7 GFLOP/s, with 28; cunn232 15, 31.
    const bool few = filters > 1 && g.window <= few_taps && g.taps * filters < 256;
    if (few) cut.images = std::min<int64_t>(cut.images, 8);
    // Images lie far apart, and every tile of taps reads them again.
    cut.together = !few && !g.channels_first && cut.images >= 16 && filters > 1;
    if (cut.images < 16 && rows_fill_pages(g)) cut.taps = 8;
    if (!cut.together) return cut;
    cut.images = std::min<int64_t>(cut.images, 128);
    // Wide panels leave the first-level cache, so every tile of filters has one of its own.
    if (filters > 64 && cut.images * filters * 4 >= 24 * 1024)
        cut.filters = choose_backward_weights(kernels, cut.images, filters, g.taps, false, false)->width();
    cut.gathers_input = images_collide(g) && g.taps * filters >= 256;
    if (cut.gathers_input) cut.taps = 192;
    return cut;
}

int64_t images_that_stay(const Geometry& g) {
    // The sets of the cache repeat every 64 KB or so, with eight lines in each.
    const int64_t period = 64 * 1024, by_sets = 8 * period / std::gcd(g.input_image * 4, period);
    // With few taps most of what moves are outputs: few images at a time write longer pieces of theirs.
    // emg_capgmyo 48 GFLOP/s with all images at a time, 69 with 16; cunn232 21, 30.
    if (g.window <= few_taps) return std::clamp<int64_t>(by_sets / 2 / 8 * 8, 8, 64);
    if (2 * g.problem.stride_columns > g.problem.kernel_columns) return g.problem.batch;
    // lcresnet20_s1 52 GFLOP/s with 512 images at a time, 79 with 16; lcresnet18_l1 78 with 256, 87 with 64;
    // alltnn_0 43 with 512, 64 with 64. A fifth of the cache, for the weights pass through it; every row of a
    // window begins and ends inside a line.
    const int64_t bytes = g.planes * g.problem.kernel_rows * (g.taps * 4 + 64);
    const int64_t by_size = second_level_cache() / 5 / bytes;
    if (by_size < 32) return g.problem.batch;  // the weights would come again too often
    return std::max<int64_t>(16, std::min(by_size, by_sets) / 16 * 16);
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
    // One line for every step that needs less than half of one would fetch each line many times.
    return {increment, int(std::min<int64_t>((increment + 8) / 16, 1 << 20))};
}

const Kernel* choose_forward(const Kernels& kernels, int64_t images, int64_t filters, const Block& block,
                             bool streams) {
    return choose(kernels, KernelOperation::forward, [&](const Kernel& k) -> double {
        if (!holds_filters(k, filters) || images < k.rows) return -1;
        const int64_t row_tiles = divide_up(images, k.rows);
        const int64_t filter_tiles = k.span ? 1 : divide_up(filters, k.width());
        const int64_t steps = block.planes * block.rows * std::max<int64_t>(1, block.taps / k.unroll);
        const int lines =
            row_tiles == 1 || !streams
                ? 0
                : panel_prefetch(block.size() * filters, steps * row_tiles * filter_tiles).lines;
        // Every image of a tile has its own page to write to, which takes long beside few taps.
        const double write = block.size() > few_taps
                                 ? 0.0
                                 : 45.0 * double(row_tiles * k.rows * filter_tiles) / double(block.size());
        return (tile_cost(k, row_tiles, filter_tiles, 0.75) + write) * unroll_penalty(k, block.taps) *
               prefetch_penalty(k, lines);
    });
}

const Kernel* choose_forward_dot(const Kernels& kernels, int64_t images, int64_t filters,
                                 const Block& window) {
    // Instructions: products and the tree.
    auto sum = [&](const Kernel& k) -> double {
        const int64_t taps = k.lanes / k.filters;
        if (k.filters != filters || window.taps < taps || (!k.ragged && window.taps % taps != 0)) return -1;
        if (k.single && window.planes * window.rows > 1) return -1;
        const double vectors = double(divide_up(window.taps, taps)) + (k.ragged ? 1.0 : 0.0);
        return double(window.planes * window.rows) * vectors + 2.0 * std::log2(taps);
    };
    // The lanes decide the order of the sum: they depend on the window alone.
    const Kernel* const order = choose(kernels, KernelOperation::forward_dot, sum);
    if (!order) return nullptr;
    return choose(kernels, KernelOperation::forward_dot, [&](const Kernel& k) -> double {
        const double own = sum(k);
        if (own < 0 || k.lanes != order->lanes || k.ragged != order->ragged || images < k.rows) return -1;
        // And what surrounds the sum, which images share.
        return (own + (k.single ? 6.0 : 12.0) / k.rows) * double(round_up(images, k.rows));
    });
}

const Kernel* choose_forward_band(const Kernels& kernels, int64_t padded_images, int64_t filters) {
    return choose(kernels, KernelOperation::forward_band, [&](const Kernel& k) -> double {
        if (padded_images % k.width() != 0 || filters < k.rows) return -1;
        return tile_cost(k, divide_up(filters, k.rows), padded_images / k.width(), 0.75);
    });
}

const Kernel* choose_backward_weights(const Kernels& kernels, int64_t images, int64_t filters, int64_t taps,
                                      bool accumulate, bool streaming) {
    return choose(kernels, KernelOperation::backward_weights, [&](const Kernel& k) -> double {
        if (!holds_filters(k, filters) || taps < k.rows || k.accumulate != accumulate) return -1;
        if (k.single != (images == 1 && !accumulate) || k.streaming > streaming) return -1;
        const int64_t tap_tiles = divide_up(taps, k.rows);
        const int64_t filter_tiles = k.span ? 1 : divide_up(filters, k.width());
        return tile_cost(k, tap_tiles, filter_tiles, 0.0) * (k.streaming == streaming ? 1.0 : 2.0);
    });
}

const Kernel* choose_backward_weights_taps(const Kernels& kernels, int64_t images, int64_t filters,
                                           int64_t taps, bool accumulate) {
    return choose(kernels, KernelOperation::backward_weights_taps, [&](const Kernel& k) -> double {
        const int64_t lanes = k.lanes / std::max(1, k.filters), width = k.rows * lanes;
        if (k.filters != filters || k.accumulate != accumulate) return -1;
        if (k.single != (images == 1 && !accumulate)) return -1;
        if (k.span ? taps <= width - lanes || taps > width : taps < width) return -1;
        // A vector waits for its sum, several do not.
        const double tile = std::max(4.0, 1.5 * k.rows);
        return tile * double(divide_up(taps, width));
    });
}

PanelPrefetch dot_prefetch(const Kernel& k, int64_t images, int64_t filters, int64_t taps) {
    if (k.vectors == 0 || images == 1 || taps * filters < 256) return {0, 0};
    return panel_prefetch(taps * filters, images * (taps / k.rows));
}

// Measured on Zen 3, x86_avx2, one thread, cold weights, 2026-11-26, roofline, one tap at a time, eight:
//
//   filters held    one image: keras_doc_2 0.79, 0.94; lcresnet20_s1 0.66, 0.95; keras_doc_1 0.84, 0.62
//   any number      one image: alltnn_1 0.83, 0.66; alltnn_4 0.91, 0.76; acl_4 0.69, 1.04
//                   four: alltnn_4 0.35, 0.52; acl_4 0.25, 0.62
//   with prefetch   acl_3 N=4 0.61, 0.85; no gain where filters are not held
const Kernel* choose_backward_input_dot(const Kernels& kernels, int64_t images, int64_t filters, int64_t taps,
                                        int64_t tap_stride) {
    return choose(kernels, KernelOperation::backward_input_dot, [&](const Kernel& k) -> double {
        const int64_t whole = divide_up(filters, k.lanes), rest = filters % k.lanes;
        if (filters < k.lanes || (!k.ragged && rest != 0) || taps < k.rows) return -1;
        const bool held = k.vectors != 0;
        if (held && (k.vectors != whole || (k.ragged && rest == 0) || filters != tap_stride)) return -1;
        const int lines = dot_prefetch(k, images, filters, taps).lines;
        // The vectors come first: they decide the order of summation.
        const double vectors = double(whole) + (k.ragged ? 0.5 : 0.0);
        // Instructions of a tile: products, the tree, and what surrounds them.
        const double tile = (vectors + 3.0) * k.rows + (held ? 4.0 : 12.0);
        // The last tile waits for the store of what it shares with the one before.
        const double wait = taps % k.rows != 0 ? 40.0 : 0.0;
        // One image is a stream of weights, which several rows at a time are not, unless they fill pages.
        const bool streams = k.rows == 1 || held || images > 1 || filters >= 1000;
        const double cost = (tile * double(divide_up(taps, k.rows)) + wait) * (streams ? 1.0 : 2.0);
        const double prefetch = k.prefetch > lines + (lines > 0 ? 1 : 0) ? 100.0 : 1.0 - 0.01 * k.prefetch;
        return 1e9 * vectors + cost * prefetch;
    });
}

const Kernel* choose_backward_input_taps(const Kernels& kernels, int64_t images, int64_t filters,
                                         int64_t taps) {
    return choose(kernels, KernelOperation::backward_input_taps, [&](const Kernel& k) -> double {
        if (k.filters != filters || taps < k.lanes) return -1;
        // With few images the last vector waits for the store of what it shares with the one before.
        const bool waits = images < 8 && taps % k.lanes != 0;
        return double(divide_up(taps, k.lanes)) + (waits ? 2.0 : 0.0);
    });
}

const Kernel* choose_backward_input_band(const Kernels& kernels, int64_t padded_images, int64_t filters,
                                         const Block& block) {
    return choose(kernels, KernelOperation::backward_input_band, [&](const Kernel& k) -> double {
        if (padded_images % k.width() != 0 || block.taps < k.rows) return -1;
        if (k.filters > 0 && k.filters != filters) return -1;
        const int64_t image_tiles = padded_images / k.width(), tap_tiles = divide_up(block.taps, k.rows);
        const int64_t steps = std::max<int64_t>(1, filters / std::max(1, k.unroll)) * image_tiles * tap_tiles;
        const int lines = panel_prefetch(block.taps * filters, steps).lines;
        // A tile that knows the number of filters has no loop over them.
        const double loop = k.filters > 0 ? 0.1 : prefetch_penalty(k, lines);
        return tile_cost(k, tap_tiles, image_tiles, 0.0) * loop;
    });
}

const Kernel* choose_transpose(const Kernels& kernels, int64_t rows, int64_t columns) {
    return choose(kernels, KernelOperation::transpose, [&](const Kernel& k) -> double {
        if (rows < k.lanes || columns < k.lanes) return -1;
        return double(round_up(rows, k.lanes)) * double(round_up(columns, k.lanes)) / k.lanes;
    });
}

const Kernel* choose_activation(const Kernels& kernels, KernelOperation operation, Function function) {
    const std::string_view name = function_name(function);
    return choose(kernels, operation, [&](const Kernel& k) -> double { return k.function == name ? 1 : -1; });
}

}  // namespace lcn
