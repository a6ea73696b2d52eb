// The rules of the backward passes, which programs with forward alone do without.
#include "cache.h"
#include "sliding_columns.h"
#include "tile_cost.h"

namespace lcn {

// Of what is brought together for some positions (cut_positions).
constexpr int64_t panel_floats = 16 * 1024, weights_floats = 32 * 1024;
constexpr int64_t sliding_floats = 480 * 1024, fewest_sliding_channels = 32;
constexpr int64_t small_panel = 16 * 1024;                         // gradients of the weights of a position
constexpr int64_t fewest_band_taps = 16, fewest_turned_taps = 32;  // of a window row

namespace {

// Whole groups of images whose windows slide: all images or several groups, else the gradients of the weights
// would leave the caches between them.
int64_t sliding_images(const Geometry& g, const BackwardWeightsCut& cut) {
    const Problem& p = g.problem;
    if (cut.turned || g.column_elements < fewest_sliding_channels || p.filters > group_filters) return 0;
    if (g.output_columns < 2 * p.kernel_columns) return 0;  // most columns are met once or twice
    const int64_t fitting = sliding_floats / (SlidingColumns::floats(g) + p.filters);
    if (fitting >= p.batch) return p.batch;
    if (fitting < 2 * cut.images) return 0;
    const int64_t times = divide_up(p.batch, fitting / cut.images * cut.images);
    return round_up(divide_up(p.batch, times), cut.images);
}

// How many positions are brought together at once, so that every image is read in longer pieces. What they
// need stays in the second-level cache: gradients of the output, the weights' gradients that more images are
// added to, and, where that saves reading windows over and over, all the input that they read. It would cost
// tiles the long rows of taps that a window of few channels has when it is brought together by itself.
// Measured as below, roofline, a position at a time, several:
//
//   lcresnet20_s1 N=512 0.45, 0.55    lcresnet18_l1 N=32 0.66, 0.75    lcresnet18_conv1 N=32 0.59, 0.66
//
// Or windows slide, where a column of one has enough channels for tiles of taps. Zen 5, 2026-11-29, roofline
// of x86_avx512 without, with:
//
//   keras_doc_2 N=128 0.68, 0.75        calo0_D1 N=256 0.38, 0.45     cifar11_local4 N=128 0.85, 0.90
//   alltnn_1, _2 N=512 0.64, 0.69; 0.62, 0.64                         lcresnet18_l1 N=256 0.67, 0.69
//   of 16 channels, lcresnet20_s1 N=512 0.47, 0.37; of three positions, deepid_conv4 N=64 0.85, 0.83
//
// and of x86_avx2 keras_doc_2 1.05 times as fast, calo0_D1 1.12, alltnn_1 1.04, none slower.
void cut_positions(const Geometry& g, BackwardWeightsCut& cut) {
    const int64_t images = std::min(cut.images, g.problem.batch);
    const int64_t by_gradient = panel_floats / (images * std::min(g.problem.filters, group_filters));
    const int64_t by_weights = g.problem.batch > images ? weights_floats / g.panel : by_gradient;
    cut.positions = std::clamp<int64_t>(std::min(by_gradient, by_weights), 1, positions_per_call(g));
    if (!cut.gathers_input || g.position_step() >= g.taps || g.taps < fewest_band_taps) return;
    cut.sliding = sliding_images(g, cut);
    if (cut.sliding > 0) {
        cut.positions =
            std::clamp<int64_t>(panel_floats / (cut.sliding * g.problem.filters), 1, positions_per_call(g));
        return;
    }
    const int64_t rows = g.planes * g.problem.kernel_rows;
    const int64_t run = together_floats / images / rows;  // of a row
    const int64_t band = std::min((run - g.taps) / g.position_step() + 1, cut.positions);
    if (run >= g.taps && band > 1) cut.positions = cut.band = band;
}

// A tile streams all its lines at once, through the buffers that loads fill lines by: Intel's processors have
// ten or twelve. x86_avx512, N=32, 8x2 takes, of the time of 4x2: keras_doc_2 1.21, facer_k9 1.27 (Cascade
// Lake). AMD's do not wait: keras_doc_2 8x2 and 8x1 0.89, 0.91 of the peak (Zen 4).
bool waits_to_stream(const Kernel& k) {
    return k.streaming && !k.single && k.rows * k.width() > 8 * 16;
}

}  // namespace

// Measured on Zen 3, x86_avx2, one thread, cold weights, 2026-11-26, GFLOP/s of a peak of 104, without, with:
//
//   gradients together, 128 images at a time   alltnn_2 N=512 41, 46
//   64 images at a time                        keras_doc_1 N=128 35, 47; alltnn_0 N=512 39, 53
//                                              and of larger sums, alltnn_5 N=512 68, 52
//   a panel for each tile of filters           alltnn_2 N=512 46, 60; cifar11_local3 N=128 84, 91
//   turned                                     lagan_G1 N=100 29, 61
//   the input too, where images collide        alltnn_4 N=512 65, 87; keras_doc_1 N=32 25, 44
//
// And on Cascade Lake, x86_avx512, 2026-11-27, of a peak of 153:
//
//   the input too, from 64 images on   alltnn_0 N=512 42, 63; calo0_D1 N=256 25, 37; alltnn_2 N=512 46, 56;
//                                      lcresnet18_l4b N=256 75, 95; keras_doc_2 N=128 55, 71;
//                                      and with 32, deepface_L4 61, 48
//                                      Zen 3, x86_avx2, times as fast: 8 to 16 filters 0.72 (calo0_D1) to
//                                      0.92, 32 0.92 (keras_doc_2), 0.95; 64 to 2500 0.99 to 1.11
//   turned, 8 to 15 filters, then      8 filters of 48 taps, N=128 19, 29, and the input too 35;
//                                      and with 32 images 35, 32; of long rows, lagan_G1 44, the input too 28
BackwardWeightsCut cut_backward_weights(const Geometry& g, const Kernels& kernels) {
    const int64_t filters = g.problem.filters;
    BackwardWeightsCut cut{images_per_call(g), filters, g.window, false, false, 1, 0, 0, filters == 1};
    // With few products at a position what is brought together costs more than it saves: few images at a
    // time, whose gradients lie in long pieces. flux_post256 N=32 7 GFLOP/s, with 28; cunn232 15, 31.
    const bool few = filters > 1 && g.window <= few_taps && g.taps * filters < 256;
    if (few) cut.images = std::min<int64_t>(cut.images, 8);
    // One filter: as many images as have the input of a row of positions in a second-level cache, whose size
    // is assumed, for the order of summation depends on it. calo0_G2 N=256 with all images 0.29 ms, with 56
    // of them 0.20 (Zen 3).
    const int64_t row_bytes = g.planes * g.problem.kernel_rows * g.input_row * 4;
    if (filters == 1) cut.images = std::min(cut.images, std::max<int64_t>(16, 256 * 1024 / row_bytes));
    // Images lie far apart, and every tile of taps reads them again.
    cut.together = !few && !g.channels_first && cut.images >= 16 && filters > 1;
    if (cut.images < 16 && rows_fill_pages(g)) cut.taps = 8;
    if (!cut.together) return cut;
    // Half as many leave the nearest cache to what tiles read, where sums that are added to stay in the
    // second.
    cut.images = std::min<int64_t>(cut.images, filters >= 32 && g.panel <= small_panel ? 64 : 128);
    const bool many = g.problem.batch >= 64;
    cut.turned = filters > 2 && filters < (many ? 16 : 8) && g.taps >= fewest_turned_taps;
    // Wide panels leave the first-level cache, so every tile of filters has one of its own.
    if (filters >= 64 && cut.images * filters * 4 >= 24 * 1024)
        cut.filters = choose_backward_weights(kernels, cut.images, filters, g.taps, false, false)->width();
    // Every tile reads a few taps of each image; turned, vectors of them, which long rows have in one piece.
    // The more filters, the more tiles read the same again. From how many on that pays: Zen 3, 512 KB of
    // cache, and Cascade Lake, 1 MB.
    const int64_t read_again = second_level_cache() < (1 << 20) ? 64 : 8;
    const bool scattered = many && filters >= read_again && g.taps >= 16 && (!cut.turned || g.taps < 64);
    cut.gathers_input = (scattered || images_collide(g)) && g.taps * filters >= 256;
    if (cut.gathers_input) cut.taps = 192;
    cut_positions(g, cut);
    return cut;
}

const Kernel* choose_backward_weights(const Kernels& kernels, int64_t images, int64_t filters, int64_t taps,
                                      bool accumulate, bool streaming) {
    return choose(kernels, KernelOperation::backward_weights, [&](const Kernel& k) -> double {
        if (!holds_filters(k, filters) || taps < k.rows || k.accumulate != accumulate) return -1;
        if (k.single != (images == 1 && !accumulate) || k.streaming > streaming) return -1;
        const int64_t tap_tiles = divide_up(taps, k.rows);
        const int64_t filter_tiles = k.span ? 1 : divide_up(filters, k.width());
        // A last tile that begins inside a line writes parts of lines. alltnn_0 N=32, 3x3, 3x2 and 6x2: 0.58,
        // 0.62, 0.65. So do all tiles of one line and a half, which wait for each part when they stream:
        // 20x20x24, 5x5, 48 filters, N=16, 4x3 and 6x2 1.00, 1.75 (Zen 3).
        const bool parts = filters % k.width() != 0 && (filters - k.width()) % 16 != 0;
        const bool halves = k.streaming && filter_tiles > 1 && k.width() % 16 != 0;
        const double price = k.streaming != streaming || halves ? 2.0 : parts ? 1.25 : 1.0;
        return tile_cost(k, tap_tiles, filter_tiles, 0.0) * price * (waits_to_stream(k) ? 1.1 : 1.0);
    });
}

const Kernel* choose_backward_weights_taps(const Kernels& kernels, int64_t images, int64_t filters,
                                           int64_t taps, bool accumulate) {
    return choose(kernels, KernelOperation::backward_weights_taps, [&](const Kernel& k) -> double {
        const int64_t lanes = k.lanes / std::max<int>(1, k.filters), width = k.rows * lanes;
        if (k.filters != filters || k.accumulate != accumulate) return -1;
        if (k.single != (images == 1 && !accumulate)) return -1;
        if (k.span ? taps <= width - lanes || taps > width : taps < width) return -1;
        // A vector waits for its sum, several do not.
        const double tile = std::max(4.0, 1.5 * k.rows);
        return tile * double(divide_up(taps, width));
    });
}

PanelPrefetch dot_prefetch(const Kernel& k, int64_t images, int64_t filters, int64_t taps) {
    // Their tiles read all first lines of their taps, then all second ones. One image, roofline without, with
    // (Zen 5): keras_doc_2 0.64, 0.96, facer_k9 0.63, 0.92, deepid_conv4 0.77, 0.97, keras_doc_1 0.59, 0.78.
    const bool in_order = k.vectors < 2 || k.lanes < 16 || k.ragged, stream = images == 1 && in_order;
    if (k.vectors == 0 || stream || taps * filters < 256) return {0, 0};
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
        // The last tile waits for the store of what it shares with the one before. Of 16 lanes, 64 filters,
        // one tap at a time, relative to eight: 9 taps of a row 1.2, 21 taps 1.1 (Zen 5).
        const double wait = taps % k.rows == 0 ? 0.0 : k.lanes == 16 ? 120.0 : 40.0;
        // Few images are a stream of weights, which several rows at a time are not, unless they fill pages.
        // One row at a time, relative to eight: 31x31x6, 3x3, 128 filters, N=2 1.53, N=4 1.29; 14x14x100,
        // 1x1, 96, N=2 1.30, N=4 1.05; 12x12x32, 9x9, 96, N=2 1.20, N=3 no faster (Zen 3).
        const int64_t few = taps < 128 ? 4 : 2;
        const bool streams = k.rows == 1 || held || images > few || filters >= 1000;
        const double cost = (tile * double(divide_up(taps, k.rows)) + wait) * (streams ? 1.0 : 2.0);
        const double prefetch =
            k.prefetch > lines + (lines > 0 ? 1 : 0) ? 100.0 : 1.0 - 0.01 * std::min<int>(k.prefetch, 8);
        return 1e9 * vectors + cost * prefetch;
    });
}

const Kernel* choose_backward_input_taps(const Kernels& kernels, int64_t images, int64_t filters,
                                         int64_t taps) {
    // Few taps of two filters: flux_post256, one image, 0.35 of the roofline so, 0.45 with a tile of
    // backward_input_dot that holds two.
    if (filters == 2 && taps < 8 &&
        choose_backward_input_dot(kernels, images, filters, taps, filters)->vectors == 2)
        return nullptr;
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
        const int64_t steps =
            std::max<int64_t>(1, filters / std::max<int>(1, k.unroll)) * image_tiles * tap_tiles;
        const int lines = panel_prefetch(block.taps * filters, steps).lines;
        // A tile that knows the number of filters has no loop over them.
        const double loop = k.filters > 0 ? 0.1 : prefetch_penalty(k, lines);
        return tile_cost(k, tap_tiles, image_tiles, 0.0) * loop;
    });
}

}  // namespace lcn
