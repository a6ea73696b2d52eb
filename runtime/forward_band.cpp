#include "forward_band.h"

namespace lcn {

namespace {

// A multiple of every vector of images.
int64_t padded(int64_t images) {
    return round_up(images, 8);
}

// Tiles of `forward` hold whole vectors of filters, and the last begins inside a line. Times as fast as with
// them, one thread, 64 to 128 images of 32x32x16, windows of 3x3: x86_avx2 9 filters 2.2, 12 filters 2.0, 15
// filters 1.9 (Cascade Lake, 2026-11-27); x86_avx512 8 filters 1.6, 12 filters 1.3, 20 filters 0.79, and of
// 5x5 x 8 1.7, 1.6, 0.95 (Zen 5, 2026-11-29).
int most_filters(const Kernel& best) {
    return best.width() < 16 ? 8 : 16;
}

// Of fewer images than fill the best tile. Zen 3, x86_avx2, 9 to 15 filters, 10 to 32 images, in tiles of 16:
// 1.4 to 2.0 times as fast as with the tiles of `forward`.
bool few_sums(const Kernel& k, const Kernel& best) {
    return 3 * k.rows * k.vectors < 2 * best.rows * best.vectors;
}

}  // namespace

ForwardBand::ForwardBand(const Geometry& geometry, const Kernels& available)
    : g(geometry), kernels(available) {
    const Problem& p = g.problem;
    if (p.batch < 8 || p.filters < 3) return;
    const Kernel* const best = best_forward_band(kernels, p.filters);
    if (!best || p.filters > most_filters(*best)) return;
    const int64_t most = best->width() < 16 ? 24 : best->width();
    if (p.filters >= 8 && !pays(best->lanes)) return;
    const Block window = whole_window(g);
    if (block_of(g, window, g.window).size() < g.window) return;
    int64_t images = padded(divide_up(p.batch, divide_up(p.batch, most)));
    const int64_t image_row = g.planes * p.input_columns * g.column_elements;
    const auto rows = [&] { return std::min(2 * buffer_floats / (image_row * images), p.input_rows); };
    const int64_t least = std::min(p.kernel_rows, p.input_rows);
    // 38x38x128 to 4 filters, N=24, 1.8 times as fast as with the tiles of `forward` (Zen 3).
    if (images > 16 && rows() < least && best->width() < 16) images = 16;
    if (rows() < least) return;
    for (int64_t n = 8; n <= images; n += 8)
        if (!choose_forward_band(kernels, n, p.filters)) return;
    if (p.filters > 8 && few_sums(*choose_forward_band(kernels, images, p.filters), *best)) return;
    rows_ = std::min(2 * p.kernel_rows, rows());
    if (images * g.output_columns * p.filters > buffer_floats) return;
    images_ = images;
    positions_ = std::clamp<int64_t>(buffer_floats / 2 / (images * p.filters), 1, positions_per_call(g));
    band_floats_ = rows_ * image_row * images;
    result_floats_ = positions_ * p.filters * images;
}

// Whether each input is read often enough to be transposed for eight filters or more. On Cascade Lake,
// x86_avx512, 64 to 256 images, one thread, 2026-11-27, times as fast as with the tiles of `forward`, by uses
// of an input: 8 filters 9 uses 1.75, 3.6 uses 1.4, 2 uses 1.14, one 0.9; 12 filters 9 uses 1.5, 2 uses 1.14,
// one 0.76 (x86_avx2 9 uses 2.0, 3.2 uses 1.3, one 0.66). Filters that fill vectors by themselves only when a
// vector has 8, 9 uses; 16 in one vector, 25 and 9 uses, 0.61, 0.69 (Zen 5, 2026-11-29); in two of 8, 9 uses,
// 0.84.
bool ForwardBand::pays(int lanes) const {
    const Problem& p = g.problem;
    const int64_t inputs = p.input_rows * p.input_columns * p.channels, uses = g.positions * g.window;
    if (p.filters % lanes != 0) return 2 * uses >= 3 * inputs;
    return uses >= 8 * inputs && p.filters == 8;
}

ForwardBand::Band ForwardBand::open(const float* input, int64_t count, float* workspace) const {
    // Padding images are zero and stay zero.
    if (count < padded(count)) std::memset(workspace, 0, size_t(band_floats_) * sizeof(float));
    return {input, count, workspace, 0, 0};
}

void ForwardBand::load(Band& band, int64_t first, int64_t end) const {
    const int64_t columns = g.problem.input_columns * g.column_elements, images = padded(band.count);
    const int64_t row = columns * images, plane = rows_ * row;
    if (end > band.first + rows_ || first >= band.end) {
        for (int64_t c = 0; c < g.planes && first < band.end; c++)
            std::memmove(band.workspace + c * plane, band.workspace + c * plane + (first - band.first) * row,
                         size_t((band.end - first) * row) * sizeof(float));
        band.first = first, band.end = std::max(first, band.end);
    }
    for (; band.end < end; band.end++)
        transpose(kernels, band.input + band.end * g.input_row, g.input_image, g.input_plane,
                  band.workspace + (band.end - band.first) * row, images, plane, band.count, columns,
                  g.planes);
}

void ForwardBand::run(Band& band, int64_t r, const float* weights, const float* initial, int64_t column,
                      float* before, int64_t image) const {
    const int64_t first = g.first_row(r, 0), rows = g.end_row(r, g.problem.input_rows) - first;
    const int64_t start = g.row_start(r) + first, filters = g.problem.filters, images = padded(band.count);
    load(band, start, start + rows);
    const Kernel& k = *choose_forward_band(kernels, images, filters);
    const int64_t row = g.problem.input_columns * g.column_elements * images;
    float* const result = band.workspace + band_floats_;
    for_each_segment(g, 0, g.output_columns, 0, g.problem.input_columns, [&](const Segment& s) {
        const int64_t taps = (s.end_column - s.first_column) * g.column_elements;
        for (int64_t q = s.begin; q < s.end; q += positions_) {
            const int64_t number = std::min(positions_, s.end - q);
            View<4> x(band.workspace + (start - band.first) * row +
                          (g.column_start(q) + s.first_column) * g.column_elements * images,
                      {{g.planes, rows_ * row}, {rows, row}, {taps, images}, {images, 1}});
            View<5> w(
                weights + q * g.panel + first * g.weights_row + s.first_column * g.column_elements * filters,
                {{number, g.panel},
                 {g.planes, g.weights_plane},
                 {rows, g.weights_row},
                 {taps, filters},
                 {filters, 1}});
            View<2> from(initial + q * column, {{number, column}, {filters, 1}});
            View<3> to(result, {{number, filters * images}, {filters, images}, {images, 1}});
            k.run<halide_buffer_t*, halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(
                x, w, from, int(g.position_step()), to);
            transpose(kernels, result, images, 0, before + q * filters, image, 0, number * filters,
                      band.count, 1);
        }
    });
}

}  // namespace lcn
