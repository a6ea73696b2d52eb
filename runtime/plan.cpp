#include "plan.h"

#include <bit>
#include <numeric>
#include <string_view>

#include "cache.h"
#include "parallel.h"
#include "tile_cost.h"

namespace lcn {

namespace {

// Loop unrolling leaves a guarded remainder.
double unroll_penalty(const Kernel& k, int64_t steps) {
    return k.unroll > 1 && steps % k.unroll != 0 ? 1.0 + 0.5 * k.unroll / double(steps + k.unroll) : 1.0;
}

// Measured on Zen 3, x86_avx2, one thread, cold weights, 2026-11-26, GFLOP/s of a peak of 104, without, with:
//
//   tiles as calls      alltnn_2 N=512 48, 73; lcresnet18_conv1 N=32 62, 68
//   weights gathered    alltnn_4 N=512 69, 77; keras_doc_1 N=128 59, 60
//                       and with one tile, lcresnet18_l1 N=256 79, 75
//   the input too       alltnn_4 N=512 77, 81; emg_capgmyo 56, 66
//                       and with rows of 9 taps, keras_doc_1 N=128 60, 52; with few tiles of filters that
//                       read it, cifar11_local3 N=128 94, 91; alltnn_1 N=512 66, 61
//   blocks of 192 taps  keras_doc_2 (2x4) N=32 69, 73, N=128 79, 85; deepface_L4 (4x2) 74, 71
//
// Uncut, 2026-11-28, bytes of a position's weights (K x F), times as fast:
//
//   38 KB (147 x 64)    alltnn_0 N=8 1.27, N=32 1.22, N=512 1.18 (with 64 images at a time 0.98)
//   38 KB (144 x 64)    40x40x16 3x3 N=32 1.24, N=128 1.00
//   77 KB (240 x 80)    deepid_conv4 N=16 1.05, N=64 1.10
//   111 KB (108 x 256)  30x30x12 3x3 N=16 1.00, N=32 1.07, N=128 0.86
//   111 KB (288 x 96)   30x30x32 3x3 N=32, in tiles of 12 sums, 0.94
//   147 KB (576 x 64)   20x20x64 3x3 N=16 0.93, N=32 1.10, N=128 0.94
//   187 KB (576 x 81)   alltnn_1 N=32 0.75
bool goes_uncut(const Kernel& kernel, int64_t window, int64_t images, int64_t filters) {
    const int64_t weights = window * filters * 4;
    return weights <= 64 * 1024 ||
           (weights <= 144 * 1024 && images >= 32 && images < 128 && kernel.rows * kernel.vectors <= 8);
}

ForwardCut cut_for(const Kernel& kernel, const Geometry& g, int64_t images, int64_t filters) {
    const int64_t width = kernel.span ? round_up(filters, kernel.lanes) : kernel.width();
    const bool one_tile = filters <= width;
    const int64_t in_nearest_cache = 6 * 1024 / width;
    ForwardCut cut{g.window, filters, images, false, false, false};
    // A tile walks down columns of the weights, which takes a page for each tap: few taps at a time walk in
    // rows.
    if (!one_tile && images < 16 && rows_fill_pages(g)) cut.taps = 8;
    // With one tile of images every weight is used once: nothing to keep.
    if (images <= kernel.rows || cut.taps < g.window) return cut;
    // Several tiles of filters read the input again each, and the next row's windows most of it.
    if (!one_tile && g.window > few_taps && goes_uncut(kernel, g.window, images, filters)) {
        cut.images = std::min(images, images_whose_rows_stay(g));
        return cut;
    }
    cut.by_tile = !one_tile && images >= 32 && g.window > few_taps;
    if (cut.by_tile) cut.filters = std::max(width, 128 / width * width);
    cut.gathers_input = cut.by_tile && images >= 64 && filters >= 128 && g.taps >= 32 && images_collide(g);
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

ForwardCut cut_forward(const Geometry& g, const Kernels& kernels, int64_t images, int64_t filters,
                       const Block& window) {
    // One image uses every weight once, whatever the kernel.
    if (images == 1 && !rows_fill_pages(g)) return {g.window, filters, images, false, false, false};
    const auto cut = [&](NextWeights next) {
        return cut_for(*choose_forward(kernels, images, filters, window, next), g, images, filters);
    };
    const ForwardCut first = cut(NextWeights::in_one_piece);
    return first.by_tile ? cut(NextWeights::by_tap) : first;
}

bool images_collide(const Geometry& g) {
    return g.input_image * 4 % 4096 == 0;
}

bool finds_nothing_that_stayed(const Geometry& g) {
    const Problem& p = g.problem;
    return g.window > few_taps && 2 * p.stride_rows > p.kernel_rows &&
           2 * p.stride_columns > p.kernel_columns;
}

int64_t images_whose_rows_stay(const Geometry& g) {
    const int64_t rows = std::min(g.problem.kernel_rows, g.problem.input_rows);
    const int64_t bytes = g.planes * rows * g.input_row * 4;
    return std::max<int64_t>(32, second_level_cache() / 4 * 3 / bytes / 16 * 16);
}

int64_t images_that_stay(const Geometry& g) {
    if (g.problem.batch <= 8) return g.problem.batch;  // what follows is never less
    // The sets of the cache repeat every 64 KB or so, with eight lines in each.
    const int64_t period = 64 * 1024, by_sets = 8 * period / std::gcd(g.input_image * 4, period);
    // With few taps most of what moves are outputs: few images at a time write longer pieces of theirs.
    // emg_capgmyo 48 GFLOP/s with all images at a time, 69 with 16; cunn232 21, 30. Cascade Lake, x86_avx512:
    // keras_doc_1 N=128 41 with 64, 65 with 16; 54 taps of 16 filters 41 with 16, 55 with 8.
    if (g.window <= few_taps)
        return std::clamp<int64_t>(by_sets / 2 / 8 * 8, 8, 2 * g.window > few_taps ? 8 : 16);
    // With strides of 1 and 2, calo0_D1 N=256: 0.66
    // with all images at a time, 0.81 with those that stay.
    if (finds_nothing_that_stayed(g)) return g.problem.batch;
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
    // A line is fetched up to four times; more is worse than none. Zen 3, x86_avx2, one thread, cold weights,
    // GFLOP/s of a peak of 104, without, with: deepface_L4 N=32 (2.7 times) 74, 83; deepid_conv4 N=64 (5.3)
    // 81, 79.
    const int64_t lines = (increment + 8) / 16;
    return {increment, int(std::min<int64_t>(increment >= 4 ? std::max<int64_t>(lines, 1) : 0, 1 << 20))};
}

const Kernel* choose_forward(const Kernels& kernels, int64_t images, int64_t filters, const Block& block,
                             NextWeights next) {
    return choose(kernels, KernelOperation::forward, [&](const Kernel& k) -> double {
        if (!holds_filters(k, filters) || images < k.rows) return -1;
        const int64_t row_tiles = divide_up(images, k.rows);
        const int64_t filter_tiles = k.span ? 1 : divide_up(filters, k.width());
        const int64_t steps = block.planes * block.rows * std::max<int64_t>(1, block.taps / k.unroll);
        int lines = 0;
        if (row_tiles > 1 && next == NextWeights::in_one_piece) {
            // With more steps than weights each fetches one; their true number may not fit.
            const int64_t weights = block.size() * filters, tiles = row_tiles * filter_tiles;
            lines = panel_prefetch(weights, std::min(steps, weights / tiles + 1) * tiles).lines;
        }
        if (row_tiles >= k.unroll && row_tiles <= 16 && next == NextWeights::by_tap)
            lines = int(divide_up(k.width(), 16));
        // Every image of a tile has its own page to write to, which takes long beside few taps.
        const double write = block.size() > few_taps
                                 ? 0.0
                                 : 45.0 * double(row_tiles * k.rows * filter_tiles) / double(block.size());
        // Below 32 images no block keeps the weights near. keras_doc_2 N=8, 2x4 and 4x2: 0.69, 0.75.
        const double far = images < 32 ? 1.0 : 0.75;
        const double tiles = tile_cost(k, row_tiles, filter_tiles, far);
        // One tile of all images reads narrow pieces of rows of weights, which nothing fetched before.
        // yolov1_local N=8, 8x2 and 4x4: 110, 46 ms (Cascade Lake).
        const bool narrow = images > 1 && row_tiles == 1 && filter_tiles > 1 && block.size() > few_taps;
        // Where tiles are calls of their own, the last is no wider than it must be.
        const double filled = next == NextWeights::in_one_piece || filter_tiles == 1
                                  ? 1.0
                                  : double(filters) / double(filter_tiles * k.width());
        return (tiles * filled + write) * unroll_penalty(k, block.taps) * prefetch_penalty(k, lines) *
               (narrow ? 1.3 : 1.0);
    });
}

const Kernel* choose_forward_dot(const Kernels& kernels, int64_t images, int64_t filters,
                                 const Block& window) {
    // The lanes decide the order of the sum: a first choice, by the window alone, makes them.
    const Kernel* order = nullptr;
    const int64_t window_rows = window.planes * window.rows;
    auto cost = [&](const Kernel& k) -> double {
        if (k.filters != filters || (k.single && window_rows > 1)) return -1;
        if (order && (images < k.rows || k.lanes != order->lanes || k.ragged != order->ragged)) return -1;
        const int levels = std::countr_zero(k.lanes) - std::countr_zero(k.filters);  // of the tree
        const int64_t vectors = window.taps >> levels;
        const bool rest = vectors << levels != window.taps;
        if (vectors == 0 || (!k.ragged && rest)) return -1;
        // Instructions: products and the tree.
        const double sum = double(window_rows * (vectors + rest + k.ragged) + 2 * levels);
        if (!order) return k.single ? sum : sum + 0.5;
        // And what surrounds the sum, which images share.
        return (sum + (k.single ? 6.0 : 12.0) / k.rows) * double(round_up(images, k.rows));
    };
    order = choose(kernels, KernelOperation::forward_dot, cost);
    return !order || (images == 1 && order->rows == 1) ? order
                                                       : choose(kernels, KernelOperation::forward_dot, cost);
}

const Kernel* best_forward_band(const Kernels& kernels, int64_t filters) {
    return choose(kernels, KernelOperation::forward_band, [&](const Kernel& k) -> double {
        return filters < k.rows ? -1 : tile_cost(k, divide_up(filters, k.rows), 1, 0.75) / k.width();
    });
}

const Kernel* choose_forward_band(const Kernels& kernels, int64_t padded_images, int64_t filters) {
    return choose(kernels, KernelOperation::forward_band, [&](const Kernel& k) -> double {
        if (padded_images % k.width() != 0 || filters < k.rows) return -1;
        return tile_cost(k, divide_up(filters, k.rows), padded_images / k.width(), 0.75);
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
