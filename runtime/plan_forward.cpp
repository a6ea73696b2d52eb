// The rules of the forward pass.
#include <bit>
#include <numeric>

#include "cache.h"
#include "plan.h"
#include "tile_cost.h"

namespace lcn {

namespace {

// Loop unrolling leaves a guarded remainder.
double unroll_penalty(const Kernel& k, int64_t steps) {
    return k.unroll > 1 && steps % k.unroll != 0 ? 1.0 + 0.5 * k.unroll / double(steps + k.unroll) : 1.0;
}

// Images whose windows stay in the second-level cache from one position to the next, which reads most of them
// again.
int64_t images_that_stay(const Geometry& g) {
    if (g.problem.batch <= 8) return g.problem.batch;  // what follows is never less
    // The sets of the cache repeat every 64 KB or so, with eight lines in each.
    const int64_t period = 64 * 1024, by_sets = 8 * period / std::gcd(g.input_image * 4, period);
    // With few taps most of what moves are outputs: few images at a time write longer pieces of theirs.
    // emg_capgmyo 48 GFLOP/s with all images at a time, 69 with 16; cunn232 21, 30. Cascade Lake, x86_avx512:
    // keras_doc_1 N=128 41 with 64, 65 with 16; 54 taps of 16 filters 41 with 16, 55 with 8.
    if (g.window <= few_taps)
        return std::clamp<int64_t>(by_sets / 2 / 8 * 8, 8, 2 * g.window > few_taps ? 8 : 16);
    // With strides of 1 and 2, calo0_D1 N=256: 0.66 with all images at a time, 0.81 with those that stay.
    if (finds_nothing_that_stayed(g)) return g.problem.batch;
    // lcresnet20_s1 52 GFLOP/s with 512 images at a time, 79 with 16; lcresnet18_l1 78 with 256, 87 with 64;
    // alltnn_0 43 with 512, 64 with 64. A fifth of the cache, for the weights pass through it; every row of a
    // window begins and ends inside a line.
    const int64_t bytes = g.planes * g.problem.kernel_rows * (g.taps * 4 + 64);
    const int64_t by_size = second_level_cache() / 5 / bytes;
    if (by_size < 32) return g.problem.batch;  // the weights would come again too often
    return std::max<int64_t>(16, std::min(by_size, by_sets) / 16 * 16);
}

// Images whose input rows stay there from one output row to the next; 32 at least.
int64_t images_whose_rows_stay(const Geometry& g) {
    const int64_t rows = std::min(g.problem.kernel_rows, g.problem.input_rows);
    const int64_t bytes = g.planes * rows * g.input_row * 4;
    return std::max<int64_t>(32, second_level_cache() / 4 * 3 / bytes / 16 * 16);
}

// Measured on Zen 3, x86_avx2, one thread, cut and uncut, 2026-11-28: bytes of a position's weights (K x F),
// times as fast:
//
//   38 KB (147 x 64)    alltnn_0 N=8 1.27, N=32 1.22, N=512 1.18 (with 64 images at a time 0.98)
//   38 KB (144 x 64)    40x40x16 3x3 N=32 1.24, N=128 1.00; 60x60x16 3x3, strides 2, N=32 1.03, N=128 0.88
//   77 KB (240 x 80)    deepid_conv4 N=16 1.05, N=64 1.10
//   111 KB (108 x 256)  30x30x12 3x3 N=16 1.00, N=32 1.07, N=128 0.86
//   111 KB (288 x 96)   30x30x32 3x3 N=32, in tiles of 12 sums, 0.94
//   147 KB (576 x 64)   20x20x64 3x3 N=16 0.93, N=32 1.10, N=128 0.94
//   187 KB (576 x 81)   alltnn_1 N=32 0.75
bool goes_uncut(const Kernel& kernel, int64_t window, int64_t images, int64_t filters) {
    const int64_t weights = window * filters * 4;
    return weights <= uncut_bytes ||
           (weights <= most_uncut_bytes && images >= 32 && images < 128 && kernel.rows * kernel.vectors <= 8);
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
ForwardCut cut_for(const Kernel& kernel, const Geometry& g, int64_t images, int64_t filters) {
    const int64_t width = kernel.span ? round_up(filters, kernel.lanes) : kernel.width();
    const bool one_tile = filters <= width;
    const int64_t in_nearest_cache = 6 * 1024 / width;
    ForwardCut cut{g.window, filters, images, false, false, false};
    // A tile walks down columns of the weights, which takes a page for each tap: few taps at a time walk in
    // rows, some more where several tiles of images read them. acl_4 N=4 with 8, 24 taps 0.305, 0.50 ms, N=5
    // 0.34, 0.28; 4x4x512 to 1001 filters at each position N=8 3.3, 2.0, N=15 6.5, 4.1 (Zen 3).
    if (!one_tile && images < 16 && rows_fill_pages(g)) cut.taps = images <= 4 ? 8 : 24;
    // With one tile of images every weight is used once: nothing to keep.
    if (images <= kernel.rows || cut.taps < g.window) return cut;
    // Every tile of filters reads the input again, and so do the windows of the next row.
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

ForwardCut cut_forward(const Geometry& g, const Kernels& kernels, int64_t images, int64_t filters,
                       const Block& window) {
    // One image uses every weight once, whatever the kernel.
    if (images == 1 && !rows_fill_pages(g)) return {g.window, filters, images, false, false, false};
    const auto cut = [&](NextWeights next) {
        return cut_for(*choose_forward(kernels, images, filters, window, next), g, images, filters);
    };
    const ForwardCut first = cut(NextWeights::in_one_piece);
    ForwardCut result = first.by_tile ? cut(NextWeights::by_tap) : first;
    const int64_t stay = images_that_stay(g);
    if (!result.gathers_input && (!result.by_tile || stay >= 64))
        result.images = std::min(result.images, stay);
    return result;
}

bool finds_nothing_that_stayed(const Geometry& g) {
    const Problem& p = g.problem;
    return g.window > few_taps && 2 * p.stride_rows > p.kernel_rows &&
           2 * p.stride_columns > p.kernel_columns;
}

const Kernel* choose_forward(const Kernels& kernels, int64_t images, int64_t filters, const Block& block,
                             NextWeights next) {
    return choose(kernels, KernelOperation::forward, [&](const Kernel& k) -> double {
        if (!holds_filters(k, filters) || images < k.rows) return -1;
        const int64_t row_tiles = divide_up(images, k.rows);
        const int64_t filter_tiles = k.span ? 1 : divide_up(filters, k.width());
        const int64_t steps = block.planes * block.rows * std::max<int64_t>(1, block.taps / k.unroll);
        int lines = 0;
        // One tile of all images fetches ahead what it alone reads. x86_avx512, 4x1 and 4x2, N=4, without,
        // with (Zen 5): acl_3 0.51, 1.06, acl_1 0.64, 0.86, acl_2 0.45, 0.64.
        const bool ahead = row_tiles > 1 || (images > 1 && k.lanes == 16);
        if (ahead && next == NextWeights::in_one_piece) {
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
        // Weights from the second-level cache: 8x2, alltnn_4 N=32 one step at a time 7.4 ms, three 6.5 (Zen
        // 5).
        const bool waits = next == NextWeights::by_tap && k.unroll == 1;
        return (tiles * filled + write) * unroll_penalty(k, block.taps) * prefetch_penalty(k, lines) *
               (narrow ? 1.3 : 1.0) * (waits ? 1.05 : 1.0);
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

}  // namespace lcn
