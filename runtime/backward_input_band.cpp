#include "backward_input.h"
#include "cache.h"
#include "cpu.h"
#include "parallel.h"
#include "upcoming.h"

namespace lcn {

namespace {

// Images of one band; a multiple of every vector of images that a tile may hold.
constexpr int64_t max_band_images = 32;

// Rows for which a ring of 8 images, one column and one channel stays within its share of the workspace.
constexpr int64_t max_rows = 2 * buffer_floats / 8;

// Large batches: a band of rows of the gradient of the input is kept with the batch innermost, so that images
// run along vectors. A row is transposed into the tensor when no later window reaches it. The band is a ring
// of kernel_rows rows, each [column][channel][image] in both data formats. Very many channels are taken in
// blocks.
class Band {
  public:
    Band(const Geometry& geometry, const Kernels& available)
        : g(geometry),
          kernels(available),
          channels(max_channels()),
          tiles(g, useful_pieces(g), max_rows, max_columns()) {
        const Problem& p = g.problem;
        filters = std::min(p.filters, max_filters);
        ring_rows = std::min(p.kernel_rows, tiles.rows);
        const int64_t row = tiles.columns * channels;
        const int64_t fitting = std::max<int64_t>(8, 2 * buffer_floats / (ring_rows * row) / 8 * 8);
        // Every band but the last is 8, 16 or 32 images, for tiles of several vectors. Few filters use every
        // element of the band few times, so that windows must find it in the cache. With 16 images and
        // 32: lagan_G1 40, 45 GFLOP/s where its band stays (Cascade Lake, x86_avx512), 0.64, 0.52 of the
        // roofline where not (Zen 3, x86_avx2).
        const bool stays = ring_rows * row * max_band_images * 4 <= second_level_cache() * 4 / 5;
        const bool overlap = g.position_step() < g.taps;
        const bool wide = fitting >= max_band_images && (p.filters >= 8 || (stays && overlap));
        hold(std::min(wide ? max_band_images : fitting < 16 ? 8 : 16, round_up(p.batch, 8)));
        positions = std::clamp<int64_t>(buffer_floats / 2 / (images * filters), 1, positions_per_call(g));
        gradient_floats = positions * images * filters;
        streams = leaves_caches(kernels, p.batch * g.input_image);
    }

    Slots slots() const {
        return {int(std::min<int64_t>(useful_threads(g), tiles.count)),
                round_up(gradient_floats, 16) + ring_rows * row_floats};
    }

    // Of whole windows.
    const Kernel* main_kernel() const {
        const int64_t row = g.problem.kernel_columns * g.problem.channels;
        const bool row_of_taps = !g.channels_first && channels == g.problem.channels;
        return choose_backward_input_band(kernels, images, filters,
                                          {1, g.problem.kernel_rows, row_of_taps ? row : channels});
    }

    void run(const BackwardInputArguments& a, const Slots& slots) const {
        // The last images of a batch, when they are fewer, are padded to less than a full band.
        Band last = *this;
        last.hold(round_up((g.problem.batch - 1) % images + 1, 8));
        parallel_units(slots.count(), tiles.count, [&](int slot, int64_t index) {
            for (int64_t n = 0; n < g.problem.batch; n += images)
                for (int64_t c = 0; c < g.problem.channels; c += channels)
                    (n + images < g.problem.batch ? *this : last)
                        .run_tile(a, tiles.tile(g, index), {c, std::min(c + channels, g.problem.channels)}, n,
                                  std::min(images, g.problem.batch - n), slots.slot(slot));
        });
    }

  private:
    void hold(int64_t number) {
        images = number;
        row_floats = tiles.columns * channels * images;
    }

    // Channels of one column, and columns, for which a ring of 8 images stays within its share of the
    // workspace.
    int64_t max_channels() const {
        return std::clamp<int64_t>(2 * buffer_floats / (8 * g.problem.kernel_rows), 1, g.problem.channels);
    }
    // And for which 32 images do, where few windows cross the borders of the tiles. Zen 3, x86_avx2, whole
    // rows and these: deepface_L4 N=32 0.71, 0.77; facer_k9 0.79, 0.84; calo0_D1 N=256 0.48, 0.57.
    int64_t max_columns() const {
        const int64_t column = g.problem.kernel_rows * channels;
        const int64_t wide = 2 * buffer_floats / (max_band_images * column);
        if (wide >= 3 * g.problem.kernel_columns) return wide;
        return std::max<int64_t>(1, 2 * buffer_floats / (8 * column));
    }

    void run_tile(const BackwardInputArguments& a, const InputTile& t, Range block, int64_t n, int64_t count,
                  float* workspace) const {
        float* const gradient = workspace;
        float* const ring = workspace + round_up(gradient_floats, 16);
        // Padding images are zero and stay zero.
        if (count < images) std::memset(gradient, 0, size_t(gradient_floats) * sizeof(float));
        const Range rows = reaching_rows(g, t.first_row, t.end_row);
        const Range columns = reaching_columns(g, t.first_column, t.end_column);
        int64_t opened = t.first_row, written = t.first_row;
        for (int64_t r = rows.begin; r < rows.end; r++) {
            const int64_t first = g.first_row(r, t.first_row), end = g.end_row(r, t.end_row);
            written = write_rows(a, t, block, n, count, ring, written,
                                 std::min(g.row_start(r) + first, t.end_row), opened);
            for (; opened < g.row_start(r) + end; opened++)
                std::memset(ring_row(ring, opened), 0, size_t(row_floats) * sizeof(float));
            for (int64_t q = columns.begin; q < columns.end; q += positions)
                for (int64_t f = 0; f < g.problem.filters; f += filters)
                    run_row(a, t, block, r, first, end, {q, std::min(q + positions, columns.end)}, f, n,
                            count, gradient, ring);
        }
        write_rows(a, t, block, n, count, ring, written, t.end_row, opened);
        if (streams) drain_stores();
    }

    float* ring_row(float* ring, int64_t y) const { return ring + y % ring_rows * row_floats; }

    // Writes rows [first, end): from the ring where they were opened, zeros where no window reached them.
    int64_t write_rows(const BackwardInputArguments& a, const InputTile& t, Range block, int64_t n,
                       int64_t count, float* ring, int64_t first, int64_t end, int64_t& opened) const {
        const int64_t some = block.end - block.begin, columns = t.end_column - t.first_column;
        const int64_t channel = g.channels_first ? g.input_plane : 1;
        for (int64_t y = first; y < end; y++) {
            float* const row = ring_row(ring, y);
            if (y >= opened) std::memset(row, 0, size_t(row_floats) * sizeof(float)), opened = y + 1;
            float* const to = a.input_gradient + n * g.input_image + y * g.input_row +
                              t.first_column * g.column_elements + block.begin * channel;
            if (g.channels_first)
                transpose(kernels, row, some * images, images, to, g.input_image, g.input_plane, columns,
                          count, some, streams);
            else if (some == g.problem.channels)
                transpose(kernels, row, images, 0, to, g.input_image, 0, columns * some, count, 1, streams);
            else
                transpose(kernels, row, images, some * images, to, g.input_image, g.problem.channels, some,
                          count, columns, streams);
        }
        return std::max(first, end);
    }

    void run_row(const BackwardInputArguments& a, const InputTile& t, Range block, int64_t r, int64_t first,
                 int64_t end, Range columns, int64_t f, int64_t n, int64_t count, float* gradient,
                 float* ring) const {
        const int64_t some = std::min(filters, g.problem.filters - f);
        load_gradient(a, r, columns, f, some, n, count, gradient);
        UpcomingLines upcoming = f == 0 ? next_gradient(a, t, r, columns, n, count) : UpcomingLines();
        for_each_segment(g, columns.begin, columns.end, t.first_column, t.end_column, [&](const Segment& s) {
            const NearGradient dy{gradient + (s.begin - columns.begin) * some * images, &upcoming};
            // Rows of the window that lie together in the ring.
            for (int64_t i = first; i < end;) {
                const int64_t in_ring = (g.row_start(r) + i) % ring_rows;
                const int64_t rows = std::min(end - i, ring_rows - in_ring);
                run_window(a, t, block, r, s, i, rows, f, some, dy, ring + in_ring * row_floats);
                i += rows;
            }
        });
    }

    // What load_gradient() reads after these columns: the next ones, or the first of the next row.
    UpcomingLines next_gradient(const BackwardInputArguments& a, const InputTile& t, int64_t r, Range columns,
                                int64_t n, int64_t count) const {
        const Range all = reaching_columns(g, t.first_column, t.end_column);
        const bool same_row = columns.end < all.end;
        if (g.channels_first || (!same_row && r + 1 == reaching_rows(g, t.first_row, t.end_row).end))
            return {};
        const int64_t first = same_row ? columns.end : all.begin;
        const int64_t position = (same_row ? r : r + 1) * g.output_columns + first;
        const int64_t number = std::min(positions, all.end - first);
        return {a.output_gradient + n * g.output_image + position * g.problem.filters, g.output_image, count,
                number * g.problem.filters,
                (columns.end - columns.begin) * g.window * g.problem.filters * images};
    }

    // The gradient of the output for `columns` positions of row r: [position][filter][image].
    void load_gradient(const BackwardInputArguments& a, int64_t r, Range columns, int64_t f, int64_t some,
                       int64_t n, int64_t count, float* gradient) const {
        const int64_t position = r * g.output_columns + columns.begin, number = columns.end - columns.begin;
        const float* from = a.output_gradient + n * g.output_image;
        if (g.channels_first)
            transpose(kernels, from + f * g.positions + position, g.output_image, g.positions, gradient,
                      some * images, images, count, number, some);
        else if (some == g.problem.filters)
            transpose(kernels, from + position * some, g.output_image, 0, gradient, images, 0, count,
                      number * some, 1);
        else
            transpose(kernels, from + position * g.problem.filters + f, g.output_image, g.problem.filters,
                      gradient, images, some * images, count, some, number);
    }

    // A part of it, and what is brought near after it.
    struct NearGradient {
        const float* data;
        UpcomingLines* upcoming;
    };

    // With channels_last the taps of a window row are KW * C and there is one plane; with channels_first,
    // where weights are [C][KH][KW], and for a block of the channels, they are the channels and the planes
    // are the KW columns. The band is the same.
    void run_window(const BackwardInputArguments& a, const InputTile& t, Range block, int64_t r,
                    const Segment& s, int64_t i, int64_t rows, int64_t f, int64_t some,
                    const NearGradient& dy, float* band_row) const {
        const int64_t some_channels = block.end - block.begin, columns = s.end_column - s.first_column;
        const bool row_of_taps = !g.channels_first && some_channels == g.problem.channels;
        const Block all =
            row_of_taps ? Block{1, rows, columns * some_channels} : Block{columns, rows, some_channels};
        const int64_t plane = g.column_elements * g.problem.filters;
        const int64_t tap = g.channels_first ? g.weights_plane : g.problem.filters;
        const int64_t band_plane = some_channels * images;
        const float* weights = a.kernel + (r * g.output_columns + s.begin) * g.panel + i * g.weights_row +
                               s.first_column * plane + block.begin * tap + f;
        float* band = band_row + (g.column_start(s.begin) + s.first_column - t.first_column) * band_plane;

        // Windows beyond the reach of 32-bit indices, of one position then, are cut.
        auto fitting = [](int64_t extent, int64_t stride) {
            return std::clamp<int64_t>(max_call_elements / 8 / stride, 1, extent);
        };
        const Block b{fitting(all.planes, plane), fitting(all.rows, g.weights_row), fitting(all.taps, tap)};
        for (int64_t c = 0; c < all.planes; c += b.planes)
            for (int64_t y = 0; y < all.rows; y += b.rows)
                for (int64_t l = 0; l < all.taps; l += b.taps)
                    run_kernel({std::min(b.planes, all.planes - c), std::min(b.rows, all.rows - y),
                                std::min(b.taps, all.taps - l)},
                               s.end - s.begin, some, dy, weights + c * plane + y * g.weights_row + l * tap,
                               plane, tap, band + c * band_plane + y * row_floats + l * images, band_plane);
    }

    void run_kernel(const Block& b, int64_t number, int64_t some, const NearGradient& dy,
                    const float* weights, int64_t plane, int64_t tap, float* band, int64_t band_plane) const {
        const Kernel& k = *choose_backward_input_band(kernels, images, some, b);
        View<3> gradient(dy.data, {{number, some * images}, {some, images}, {images, 1}});
        View<5> w(weights,
                  {{number, g.panel}, {b.planes, plane}, {b.rows, g.weights_row}, {b.taps, tap}, {some, 1}});
        View<4> to(band, {{b.planes, band_plane}, {b.rows, row_floats}, {b.taps, images}, {images, 1}});

        const int64_t image_tiles = images / k.width();
        const int64_t steps = std::max<int64_t>(1, some / std::max<int>(1, k.unroll));
        const int64_t tile_taps = k.rows;
        // Tiles that know the number of filters fetch nothing, and begin their sums with this zero.
        const int64_t increment = k.filters > 0 ? 0 : divide_up(tile_taps * some, steps * image_tiles);
        const int position_step = int(g.column_step() * band_plane / images);
        const auto run = [&](const Kernel& kernel, auto... upcoming) {
            kernel.run<halide_buffer_t*, halide_buffer_t*, int, int, int, int, int, int, int, int,
                       decltype(upcoming)..., halide_buffer_t*>(
                gradient, w, position_step, int(g.panel), int(g.panel), int(plane), int(g.weights_row),
                int(tile_taps * tap), int(steps * increment), int(increment), upcoming..., to);
        };
        UpcomingLines& next = *dy.upcoming;
        const int64_t step = next.per_step(k.rows * k.width());
        const Kernel* const fetching =
            next.worth(step) ? same_tile(kernels, KernelOperation::backward_input_band_upcoming, k) : nullptr;
        if (!fetching) return run(k);
        const int64_t of_tile = step * some, of_taps = of_tile * image_tiles;
        const int64_t of_row = of_taps * divide_up(b.taps, tile_taps), of_plane = of_row * b.rows;
        run(*fetching, uint64_t(reinterpret_cast<uintptr_t>(next.first)), int(next.done),
            int(of_plane * b.planes), int(of_plane), int(of_row), int(of_taps), int(of_tile), int(step),
            int(next.images - 1), std::countr_zero(uint64_t(next.images)), int(next.image),
            int(next.lines - 1));
        next.done += number * b.planes * of_plane;
    }

    const Geometry& g;
    const Kernels kernels;
    const int64_t channels;  // of a block
    const InputTiles tiles;
    int64_t filters, ring_rows, images, row_floats, positions, gradient_floats;
    bool streams;  // the gradient is larger than the caches
};

}  // namespace

int64_t backward_input_band_workspace(const Geometry& g, const Kernels& kernels) {
    return Band(g, kernels).slots().bytes();
}

const Kernel* backward_input_band_kernel(const Geometry& g, const Kernels& kernels) {
    return Band(g, kernels).main_kernel();
}

Status backward_input_band(const Geometry& g, const Kernels& kernels, const BackwardInputArguments& arguments,
                           Workspace workspace) {
    const Band pass(g, kernels);
    Slots slots = pass.slots();
    LCN_RETURN_IF_ERROR(slots.bind(workspace));
    pass.run(arguments, slots);
    return {};
}

}  // namespace lcn
