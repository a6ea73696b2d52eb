#include "forward_call.h"

#include <algorithm>

namespace lcn {

Weights gathered(const Weights& from, const Block& b, int64_t filters, float* to) {
    const Weights result{to, b.rows * b.taps * filters, b.taps * filters, filters};
    for (int64_t c = 0; c < b.planes; c++)
        for (int64_t i = 0; i < b.rows; i++)
            bring_together(from.data + c * from.plane + i * from.row, from.tap, b.taps, 1, {0, 0}, filters,
                           to + c * result.plane + i * result.row, filters);
    return result;
}

// The loops of the kernel, innermost first.
Fetch Fetch::in_one_piece(const Geometry& g, const Kernel& k, const Block& b, const Extents& own,
                          int64_t start) {
    const int64_t steps = std::max<int64_t>(1, b.taps / k.unroll);
    const int64_t row_tiles = divide_up(own.images, k.rows);
    const int64_t filter_tiles = k.span ? 1 : divide_up(own.filters, k.width());
    const int64_t tile_steps = b.planes * b.rows * steps;
    const int64_t increment =
        panel_prefetch(b.size() * own.filters, tile_steps * row_tiles * filter_tiles).increment;
    return {start,
            g.panel,
            row_tiles * tile_steps * increment,
            tile_steps * increment,
            b.rows * steps * increment,
            steps * increment,
            increment};
}

void run_forward(const Geometry& g, const Kernel& k, const Block& b, int64_t positions, const Extents& own,
                 const Windows& windows, const Weights& weights, const Fetch& fetch, const Values& initial,
                 const Values& result) {
    View<4> x(windows.data,
              {{own.images, windows.image}, {b.planes, windows.plane}, {b.rows, windows.row}, {b.taps, 1}});
    View<5> w(weights.data, {{positions, g.panel},
                             {b.planes, weights.plane},
                             {b.rows, weights.row},
                             {b.taps, weights.tap},
                             {own.filters, 1}});
    const auto view = [&](const Values& v) {
        return View<3>(v.row.data,
                       {{v.extents.images, v.row.image}, {positions, v.row.column}, {v.extents.filters, 1}});
    };
    View<3> from = view(initial), to = view(result);
    k.run<halide_buffer_t*, halide_buffer_t*, halide_buffer_t*, int, int, int, int, int, int, int, int,
          halide_buffer_t*>(x, w, from, int(g.position_step()), int(fetch.start), int(fetch.position),
                            int(fetch.filter_tile), int(fetch.row_tile), int(fetch.plane), int(fetch.row),
                            int(fetch.step), to);
}

}  // namespace lcn
