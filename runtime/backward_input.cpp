#include "call.h"
#include "parallel.h"
#include "passes.h"

namespace lcn {

namespace {

// From this batch on the images run along vectors; it decides the order of summation over filters.
constexpr int64_t large_batch = 8;

// With one filter there is no such order, and taps run along vectors whatever the batch is.
bool runs_along_images(const Problem& p) {
    return p.batch >= large_batch && p.filters > 1;
}

// Images of one band; a multiple of every vector of images that a tile may hold.
constexpr int64_t max_band_images = 32;

struct Arguments {
    const float *output_gradient, *kernel;
    float* input_gradient;
};

// A unit owns rows [first_row, end_row) x columns [first_column, end_column) of the gradient of the input. It
// visits all output positions whose windows reach them, with windows trimmed to them: every (position, tap)
// pair belongs to exactly one unit, units share nothing, and a pixel's sum runs over positions in order
// whatever the units are.
struct Tile {
    int64_t first_row, end_row, first_column, end_column;
};

struct Tiles {
    int64_t rows, columns, column_pieces, count;

    Tiles(const Geometry& g, int threads, int64_t max_columns) {
        const Problem& p = g.problem;
        const int64_t wanted = threads == 1 ? 1 : 4 * threads;
        rows = divide_up(p.input_rows, wanted);
        const int64_t row_pieces = divide_up(p.input_rows, rows);
        columns = std::min(
            {divide_up(p.input_columns, divide_up(wanted, row_pieces)), max_columns, p.input_columns});
        column_pieces = divide_up(p.input_columns, columns);
        count = row_pieces * column_pieces;
    }

    Tile tile(const Geometry& g, int64_t index) const {
        const int64_t row = index / column_pieces * rows, column = index % column_pieces * columns;
        return {row, std::min(row + rows, g.problem.input_rows), column,
                std::min(column + columns, g.problem.input_columns)};
    }
};

// Output rows whose windows reach input rows [first, end).
struct Range {
    int64_t begin, end;
};
Range reaching_rows(const Geometry& g, int64_t first, int64_t end) {
    const int64_t stride = g.problem.stride_rows, above = first + g.padding_rows - g.problem.kernel_rows + 1;
    return {above <= 0 ? 0 : divide_up(above, stride),
            std::min(g.output_rows, divide_up(std::max<int64_t>(0, end + g.padding_rows), stride))};
}
Range reaching_columns(const Geometry& g, int64_t first, int64_t end) {
    const int64_t stride = g.problem.stride_columns,
                  left = first + g.padding_columns - g.problem.kernel_columns + 1;
    return {left <= 0 ? 0 : divide_up(left, stride),
            std::min(g.output_columns, divide_up(std::max<int64_t>(0, end + g.padding_columns), stride))};
}

// Small batches: the sum over filters runs along vectors, and contributions are added in place.
class Dot {
  public:
    Dot(const Geometry& geometry, const Kernels& available)
        : g(geometry), kernels(available), tiles(g, threads(), g.problem.input_columns) {
        filters = std::min(g.problem.filters, max_filters);
        positions = positions_per_call(g);
        if (g.channels_first) {
            positions = std::clamp<int64_t>(buffer_floats / (g.problem.batch * filters), 1, positions);
            gradient_floats = g.problem.batch * positions * filters;
        }
        // The images of a small batch may be too far apart for one call.
        images = images_per_call(g);
    }

    Slots slots() const { return {int(std::min<int64_t>(threads(), tiles.count)), gradient_floats}; }

    void run(const Arguments& a, const Slots& slots) const {
        parallel_units(slots.count(), tiles.count,
                       [&](int slot, int64_t index) { run_tile(a, tiles.tile(g, index), slots.slot(slot)); });
    }

  private:
    void run_tile(const Arguments& a, const Tile& t, float* workspace) const {
        const Range rows = reaching_rows(g, t.first_row, t.end_row);
        const Range columns = reaching_columns(g, t.first_column, t.end_column);
        int64_t cleared = t.first_row;  // rows are cleared just before they are first added to
        for (int64_t r = rows.begin; r < rows.end; r++) {
            const int64_t first = g.first_row(r, t.first_row), end = g.end_row(r, t.end_row);
            if (g.row_start(r) + end > cleared) clear(a, t, cleared, g.row_start(r) + end);
            cleared = std::max(cleared, g.row_start(r) + end);
            for (int64_t q = columns.begin; q < columns.end; q += positions)
                for (int64_t f = 0; f < g.problem.filters; f += filters)
                    run_row(a, t, r, first, end, {q, std::min(q + positions, columns.end)}, f, workspace);
        }
        clear(a, t, cleared, t.end_row);
    }

    void clear(const Arguments& a, const Tile& t, int64_t first, int64_t end) const {
        const int64_t elements = (t.end_column - t.first_column) * g.column_elements;
        for (int64_t n = 0; n < g.problem.batch; n++)
            for (int64_t c = 0; c < g.planes; c++)
                for (int64_t y = first; y < end; y++)
                    std::memset(a.input_gradient + n * g.input_image + c * g.input_plane + y * g.input_row +
                                    t.first_column * g.column_elements,
                                0, size_t(elements) * sizeof(float));
    }

    void run_row(const Arguments& a, const Tile& t, int64_t r, int64_t first, int64_t end, Range columns,
                 int64_t f, float* workspace) const {
        const int64_t count = std::min(filters, g.problem.filters - f);
        const float* gradient =
            a.output_gradient + (r * g.output_columns + columns.begin) * g.problem.filters + f;
        int64_t image = g.output_image, column = g.problem.filters;
        if (g.channels_first) {
            const int64_t position = r * g.output_columns + columns.begin, n = columns.end - columns.begin;
            transpose(kernels, a.output_gradient + f * g.positions + position, g.positions, g.output_image,
                      workspace, count, n * count, count, n, g.problem.batch);
            gradient = workspace, image = n * count, column = count;
        }
        for_each_segment(g, columns.begin, columns.end, t.first_column, t.end_column, [&](const Segment& s) {
            const int64_t first_tap = s.first_column * g.column_elements;
            const Block all{g.planes, end - first, (s.end_column - s.first_column) * g.column_elements};
            const Block b = block_of(g, all, all.size());
            const float* weights = a.kernel + (r * g.output_columns + s.begin) * g.panel +
                                   first * g.weights_row + first_tap * g.problem.filters + f;
            float* result = a.input_gradient + (g.row_start(r) + first) * g.input_row +
                            (g.column_start(s.begin) + s.first_column) * g.column_elements;
            for (int64_t n = 0; n < g.problem.batch; n += images)
                for (int64_t c = 0; c < all.planes; c += b.planes)
                    for (int64_t i = 0; i < all.rows; i += b.rows)
                        for (int64_t l = 0; l < all.taps; l += b.taps) {
                            const int64_t rows = std::min(b.rows, all.rows - i),
                                          taps = std::min(b.taps, all.taps - l);
                            const int64_t planes = std::min(b.planes, all.planes - c);
                            const int64_t batch = std::min(images, g.problem.batch - n);
                            if (g.problem.filters == 1 &&
                                run_taps(
                                    gradient + n * image + (s.begin - columns.begin) * column, image, column,
                                    weights + c * g.weights_plane + i * g.weights_row + l,
                                    {planes, rows, taps}, s.end - s.begin, batch,
                                    result + n * g.input_image + c * g.input_plane + i * g.input_row + l))
                                continue;
                            const Kernel& k = *choose_backward_input_dot(kernels, count);
                            View<3> dy(gradient + n * image + (s.begin - columns.begin) * column,
                                       {{batch, image}, {s.end - s.begin, column}, {count, 1}});
                            View<5> w(
                                weights + c * g.weights_plane + i * g.weights_row + l * g.problem.filters,
                                {{s.end - s.begin, g.panel},
                                 {planes, g.weights_plane},
                                 {rows, g.weights_row},
                                 {taps, g.problem.filters},
                                 {count, 1}});
                            View<4> dx(result + n * g.input_image + c * g.input_plane + i * g.input_row + l,
                                       {{batch, g.input_image},
                                        {planes, g.input_plane},
                                        {rows, g.input_row},
                                        {taps, 1}});
                            k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(
                                dy, w, int(g.position_step()), dx);
                        }
        });
    }

    // With one filter the taps run along vectors, where a window row has enough of them. The bits are the
    // same.
    bool run_taps(const float* gradient, int64_t image, int64_t column, const float* weights, const Block& b,
                  int64_t number, int64_t batch, float* result) const {
        const Kernel* const k = choose_backward_input_taps(kernels, batch, b.taps);
        if (!k) return false;
        View<2> dy(gradient, {{batch, image}, {number, column}});
        View<4> w(weights,
                  {{number, g.panel}, {b.planes, g.weights_plane}, {b.rows, g.weights_row}, {b.taps, 1}});
        View<4> dx(result,
                   {{batch, g.input_image}, {b.planes, g.input_plane}, {b.rows, g.input_row}, {b.taps, 1}});
        k->run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(dy, w, int(g.position_step()), dx);
        return true;
    }

    const Geometry& g;
    const Kernels kernels;
    const Tiles tiles;
    int64_t filters, positions, images, gradient_floats = 0;
};

// Large batches: a band of rows of the gradient of the input is kept with the batch innermost, so that images
// run along vectors. A row is transposed into the tensor when no later window reaches it. The band is a ring
// of kernel_rows rows, each [column][channel][image] in both data formats. Very many channels are taken in
// blocks.
class Band {
  public:
    Band(const Geometry& geometry, const Kernels& available)
        : g(geometry), kernels(available), channels(max_channels()), tiles(g, threads(), max_columns()) {
        const Problem& p = g.problem;
        filters = std::min(p.filters, max_filters);
        ring_rows = std::min(p.kernel_rows, tiles.rows);
        const int64_t row = tiles.columns * channels;
        const int64_t fitting = std::max<int64_t>(8, 2 * buffer_floats / (ring_rows * row) / 8 * 8);
        const int64_t blocks = divide_up(p.batch, std::min(max_band_images, fitting));
        images = round_up(divide_up(p.batch, blocks), 8);
        row_floats = row * images;
        positions = std::clamp<int64_t>(buffer_floats / 2 / (images * filters), 1, positions_per_call(g));
        gradient_floats = positions * images * filters;
    }

    Slots slots() const {
        return {int(std::min<int64_t>(threads(), tiles.count)),
                round_up(gradient_floats, 16) + ring_rows * row_floats};
    }

    void run(const Arguments& a, const Slots& slots) const {
        parallel_units(slots.count(), tiles.count, [&](int slot, int64_t index) {
            for (int64_t n = 0; n < g.problem.batch; n += images)
                for (int64_t c = 0; c < g.problem.channels; c += channels)
                    run_tile(a, tiles.tile(g, index), {c, std::min(c + channels, g.problem.channels)}, n,
                             std::min(images, g.problem.batch - n), slots.slot(slot));
        });
    }

  private:
    // Channels of one column, and columns, for which a ring of 8 images stays within its share of the
    // workspace.
    int64_t max_channels() const {
        return std::clamp<int64_t>(2 * buffer_floats / (8 * g.problem.kernel_rows), 1, g.problem.channels);
    }
    int64_t max_columns() const {
        return std::max<int64_t>(1, 2 * buffer_floats / (8 * g.problem.kernel_rows * channels));
    }

    void run_tile(const Arguments& a, const Tile& t, Range block, int64_t n, int64_t count,
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
    }

    float* ring_row(float* ring, int64_t y) const { return ring + y % ring_rows * row_floats; }

    // Writes rows [first, end): from the ring where they were opened, zeros where no window reached them.
    int64_t write_rows(const Arguments& a, const Tile& t, Range block, int64_t n, int64_t count, float* ring,
                       int64_t first, int64_t end, int64_t& opened) const {
        const int64_t some = block.end - block.begin, columns = t.end_column - t.first_column;
        const int64_t channel = g.channels_first ? g.input_plane : 1;
        for (int64_t y = first; y < end; y++) {
            float* const row = ring_row(ring, y);
            if (y >= opened) std::memset(row, 0, size_t(row_floats) * sizeof(float)), opened = y + 1;
            float* const to = a.input_gradient + n * g.input_image + y * g.input_row +
                              t.first_column * g.column_elements + block.begin * channel;
            if (g.channels_first)
                transpose(kernels, row, some * images, images, to, g.input_image, g.input_plane, columns,
                          count, some);
            else if (some == g.problem.channels)
                transpose(kernels, row, images, 0, to, g.input_image, 0, columns * some, count, 1);
            else
                transpose(kernels, row, images, some * images, to, g.input_image, g.problem.channels, some,
                          count, columns);
        }
        return std::max(first, end);
    }

    void run_row(const Arguments& a, const Tile& t, Range block, int64_t r, int64_t first, int64_t end,
                 Range columns, int64_t f, int64_t n, int64_t count, float* gradient, float* ring) const {
        const int64_t some = std::min(filters, g.problem.filters - f);
        load_gradient(a, r, columns, f, some, n, count, gradient);
        for_each_segment(g, columns.begin, columns.end, t.first_column, t.end_column, [&](const Segment& s) {
            const float* dy = gradient + (s.begin - columns.begin) * some * images;
            // Rows of the window that lie together in the ring.
            for (int64_t i = first; i < end;) {
                const int64_t in_ring = (g.row_start(r) + i) % ring_rows;
                const int64_t rows = std::min(end - i, ring_rows - in_ring);
                run_window(a, t, block, r, s, i, rows, f, some, dy, ring + in_ring * row_floats);
                i += rows;
            }
        });
    }

    // The gradient of the output for `columns` positions of row r: [position][filter][image].
    void load_gradient(const Arguments& a, int64_t r, Range columns, int64_t f, int64_t some, int64_t n,
                       int64_t count, float* gradient) const {
        const int64_t position = r * g.output_columns + columns.begin, number = columns.end - columns.begin;
        const float* from = a.output_gradient + n * g.output_image;
        if (g.channels_first)
            transpose(kernels, from + f * g.positions + position, g.output_image, g.positions, gradient,
                      some * images, images, count, number, some);
        else
            transpose(kernels, from + position * g.problem.filters + f, g.output_image, g.problem.filters,
                      gradient, images, some * images, count, some, number);
    }

    // With channels_last the taps of a window row are KW * C and there is one plane; with channels_first,
    // where weights are [C][KH][KW], and for a block of the channels, they are the channels and the planes
    // are the KW columns. The band is the same.
    void run_window(const Arguments& a, const Tile& t, Range block, int64_t r, const Segment& s, int64_t i,
                    int64_t rows, int64_t f, int64_t some, const float* dy, float* band_row) const {
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

    void run_kernel(const Block& b, int64_t number, int64_t some, const float* dy, const float* weights,
                    int64_t plane, int64_t tap, float* band, int64_t band_plane) const {
        const Kernel& k = *choose_backward_input_band(kernels, images, some, b);
        View<3> gradient(dy, {{number, some * images}, {some, images}, {images, 1}});
        View<5> w(weights,
                  {{number, g.panel}, {b.planes, plane}, {b.rows, g.weights_row}, {b.taps, tap}, {some, 1}});
        View<4> to(band, {{b.planes, band_plane}, {b.rows, row_floats}, {b.taps, images}, {images, 1}});

        const int64_t image_tiles = images / k.width(), steps = std::max<int64_t>(1, some / k.unroll);
        const int64_t tile_taps = k.rows;
        const int64_t increment = divide_up(tile_taps * some, steps * image_tiles);
        k.run<halide_buffer_t*, halide_buffer_t*, int, int, int, int, int, int, int, int, halide_buffer_t*>(
            gradient, w, int(g.problem.stride_columns * band_plane / images), int(g.panel), int(g.panel),
            int(plane), int(g.weights_row), int(tile_taps * tap), int(steps * increment), int(increment), to);
    }

    const Geometry& g;
    const Kernels kernels;
    const int64_t channels;  // of a block
    const Tiles tiles;
    int64_t filters, ring_rows, images, row_floats, positions, gradient_floats;
};

}  // namespace

int64_t backward_input_workspace(const Geometry& g, const Kernels& kernels) {
    return runs_along_images(g.problem) ? Band(g, kernels).slots().bytes() : Dot(g, kernels).slots().bytes();
}

Status backward_input(const KernelTable& table, const Problem& problem, const float* output_gradient,
                      const float* kernel, float* input_gradient, Workspace workspace) {
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::backward_input_dot, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    const Buffer dy{"output_gradient", output_gradient, output_elements(g) * 4, false};
    const Buffer weights{"kernel", kernel, g.positions * g.panel * 4, false};
    const Buffer dx{"input_gradient", input_gradient, input_elements(g) * 4, true};
    LCN_RETURN_IF_ERROR(require({dy, weights, dx}));
    LCN_RETURN_IF_ERROR(check_buffers({dy, weights, dx, whole(workspace)}));
    auto run = [&](const auto& pass) -> Status {
        Slots slots = pass.slots();
        LCN_RETURN_IF_ERROR(slots.bind(workspace));
        pass.run({output_gradient, kernel, input_gradient}, slots);
        return {};
    };
    return runs_along_images(problem) ? run(Band(g, kernels)) : run(Dot(g, kernels));
}

}  // namespace lcn
