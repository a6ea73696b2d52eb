#include "backward_input.h"
#include "choices.h"
#include "panels.h"
#include "parallel.h"

namespace lcn {

namespace {

// Weights are fetched so many elements, a page, before their use.
constexpr int prefetch_distance = 1024;

// Images that windows of one filter or two are added to in turns: more lie in more pages than a processor has
// at hand. Zen 3, x86_avx2, with all images and with these: calo0_G2 N=256 0.52, 0.33 ms; lagan_G3 N=100
// 0.32, 0.26; with 24 and 40 the same.
constexpr int64_t images_at_hand = 32;

// Small batches: the sum over filters runs along vectors, and contributions are added in place.
class Dot {
  public:
    Dot(const Geometry& geometry, const Kernels& available)
        : g(geometry),
          kernels(available),
          tiles(g, useful_pieces(g), g.problem.input_rows, g.problem.input_columns) {
        filters = std::min(g.problem.filters, max_filters);
        positions = positions_per_call(g);
        // Images may be too far apart for one call, or, with one filter, too many for the workspace.
        images = images_per_call(g);
        if (filters <= 2) images = std::min(images, images_at_hand);
        if (!g.channels_first) return;
        images = std::min(images, buffer_floats / filters);
        positions = std::clamp<int64_t>(buffer_floats / (images * filters), 1, positions);
        gradient_floats = images * positions * filters;
    }

    Slots slots() const { return {int(std::min<int64_t>(useful_threads(g), tiles.count)), gradient_floats}; }

    // Of whole windows.
    const Kernel* main_kernel() const {
        const Block all = whole_window(g);
        return &choose(images, filters, block_of(g, all, all.size()).taps);
    }

    void run(const BackwardInputArguments& a, const Slots& slots) const {
        parallel_units_with<Choices>(slots.count(), tiles.count,
                                     [&](Choices& choices, int slot, int64_t index) {
                                         run_tile(a, tiles.tile(g, index), {slots.slot(slot), choices});
                                     });
    }

  private:
    // What one thread has: workspace, for a gradient that is transposed, and its choices.
    struct Own {
        float* gradient;
        Choices& choices;
    };

    void run_tile(const BackwardInputArguments& a, const InputTile& t, const Own& own) const {
        const Range rows = reaching_rows(g, t.first_row, t.end_row);
        const Range columns = reaching_columns(g, t.first_column, t.end_column);
        int64_t cleared = t.first_row;  // rows are cleared just before they are first added to
        for (int64_t r = rows.begin; r < rows.end; r++) {
            const int64_t first = g.first_row(r, t.first_row), end = g.end_row(r, t.end_row);
            if (g.row_start(r) + end > cleared) clear(a, t, cleared, g.row_start(r) + end);
            cleared = std::max(cleared, g.row_start(r) + end);
            for (int64_t q = columns.begin; q < columns.end; q += positions)
                for (int64_t f = 0; f < g.problem.filters; f += filters)
                    run_row(a, t, r, first, end, {q, std::min(q + positions, columns.end)}, f, own);
        }
        clear(a, t, cleared, t.end_row);
    }

    void clear(const BackwardInputArguments& a, const InputTile& t, int64_t first, int64_t end) const {
        const int64_t elements = (t.end_column - t.first_column) * g.column_elements;
        for (int64_t n = 0; n < g.problem.batch; n++)
            for (int64_t c = 0; c < g.planes; c++)
                for (int64_t y = first; y < end; y++)
                    std::memset(a.input_gradient + n * g.input_image + c * g.input_plane + y * g.input_row +
                                    t.first_column * g.column_elements,
                                0, size_t(elements) * sizeof(float));
    }

    void run_row(const BackwardInputArguments& a, const InputTile& t, int64_t r, int64_t first, int64_t end,
                 Range columns, int64_t f, const Own& own) const {
        for (int64_t n = 0; n < g.problem.batch; n += images) {
            const BackwardInputArguments some{a.output_gradient + n * g.output_image, a.kernel,
                                              a.input_gradient + n * g.input_image};
            run_images(some, t, r, first, end, columns, f, std::min(images, g.problem.batch - n), own);
        }
    }

    // The first `batch` images.
    void run_images(const BackwardInputArguments& a, const InputTile& t, int64_t r, int64_t first,
                    int64_t end, Range columns, int64_t f, int64_t batch, const Own& own) const {
        const int64_t count = std::min(filters, g.problem.filters - f);
        const float* gradient =
            a.output_gradient + (r * g.output_columns + columns.begin) * g.problem.filters + f;
        int64_t image = g.output_image, column = g.problem.filters;
        if (g.channels_first) {
            const int64_t position = r * g.output_columns + columns.begin, n = columns.end - columns.begin;
            transpose(kernels, a.output_gradient + f * g.positions + position, g.positions, g.output_image,
                      own.gradient, count, n * count, count, n, batch);
            gradient = own.gradient, image = n * count, column = count;
        }
        for_each_segment(g, columns.begin, columns.end, t.first_column, t.end_column, [&](const Segment& s) {
            const int64_t first_tap = s.first_column * g.column_elements;
            const Block all{g.planes, end - first, (s.end_column - s.first_column) * g.column_elements};
            const Block b = block_of(g, all, all.size());
            const float* weights = a.kernel + (r * g.output_columns + s.begin) * g.panel +
                                   first * g.weights_row + first_tap * g.problem.filters + f;
            float* result = a.input_gradient + (g.row_start(r) + first) * g.input_row +
                            (g.column_start(s.begin) + s.first_column) * g.column_elements;
            for_each_block(all, b, [&](int64_t c, int64_t i, int64_t l, const Block& part) {
                const Call call{gradient + (s.begin - columns.begin) * column,
                                image,
                                column,
                                batch,
                                s.end - s.begin,
                                count,
                                weights + c * g.weights_plane + i * g.weights_row + l * g.problem.filters,
                                part,
                                result + c * g.input_plane + i * g.input_row + l};
                const Kernel& k = *own.choices.kernel({batch, count, part.taps},
                                                      [&] { return &choose(batch, count, part.taps); });
                k.operation == KernelOperation::backward_input_taps ? run_taps(k, call) : run_dot(k, call);
            });
        });
    }

    // With one filter or two the taps run along vectors, where a window row has enough of them. The bits are
    // the same.
    const Kernel& choose(int64_t some_images, int64_t some_filters, int64_t taps) const {
        if (g.problem.filters <= 2)
            if (const Kernel* k = choose_backward_input_taps(kernels, some_images, some_filters, taps))
                return *k;
        return *choose_backward_input_dot(kernels, some_images, some_filters, taps, g.problem.filters);
    }

    // What a kernel is called with: `number` positions, part of their windows, some images and filters.
    struct Call {
        const float* gradient;
        int64_t image, column, images, number, filters;
        const float* weights;
        Block part;
        float* result;
    };

    void run_dot(const Kernel& k, const Call& call) const {
        const Block& b = call.part;
        View<3> dy(call.gradient, {{call.images, call.image}, {call.number, call.column}, {call.filters, 1}});
        View<5> w(call.weights, {{call.number, g.panel},
                                 {b.planes, g.weights_plane},
                                 {b.rows, g.weights_row},
                                 {b.taps, g.problem.filters},
                                 {call.filters, 1}});
        View<4> dx(
            call.result,
            {{call.images, g.input_image}, {b.planes, g.input_plane}, {b.rows, g.input_row}, {b.taps, 1}});
        const int64_t tile = dot_prefetch(k, call.images, call.filters, b.taps).increment;
        k.run<halide_buffer_t*, halide_buffer_t*, int, int, int, int, int, int, int, halide_buffer_t*>(
            dy, w, int(g.position_step()), prefetch_distance, int(g.panel), int(g.weights_plane),
            int(g.weights_row), int(b.taps / k.rows * tile), int(tile), dx);
    }

    void run_taps(const Kernel& k, const Call& call) const {
        const Block& b = call.part;
        View<3> dy(call.gradient, {{call.images, call.image}, {call.number, call.column}, {call.filters, 1}});
        View<4> w(call.weights, {{call.number, g.panel},
                                 {b.planes, g.weights_plane},
                                 {b.rows, g.weights_row},
                                 {b.taps * call.filters, 1}});
        View<4> dx(
            call.result,
            {{call.images, g.input_image}, {b.planes, g.input_plane}, {b.rows, g.input_row}, {b.taps, 1}});
        k.run<halide_buffer_t*, halide_buffer_t*, int, halide_buffer_t*>(dy, w, int(g.position_step()), dx);
    }

    const Geometry& g;
    const Kernels kernels;
    const InputTiles tiles;
    int64_t filters, positions, images, gradient_floats = 0;
};

}  // namespace

int64_t backward_input_dot_workspace(const Geometry& g, const Kernels& kernels) {
    return Dot(g, kernels).slots().bytes();
}

const Kernel* backward_input_dot_kernel(const Geometry& g, const Kernels& kernels) {
    return Dot(g, kernels).main_kernel();
}

Status backward_input_dot(const Geometry& g, const Kernels& kernels, const BackwardInputArguments& arguments,
                          Workspace workspace) {
    const Dot pass(g, kernels);
    Slots slots = pass.slots();
    LCN_RETURN_IF_ERROR(slots.bind(workspace));
    pass.run(arguments, slots);
    return {};
}

}  // namespace lcn
