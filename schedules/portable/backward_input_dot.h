#pragma once

#include "generators/backward_input_dot.h"

namespace lcn::schedules {

// One tap at a time: its partial sums stay in one register and are added up by a tree of shuffles. The images
// are the innermost loop, so that weights are read from memory once, in order. Tiles of four taps, whose
// horizontal sums share shuffles, were 1.2 to 2.8 times slower on Zen 4 (2026-11-22, one image, one thread, cold
// weights, x86_avx512: keras_doc_2 1.77 ms against 2.73, alltnn_1 2.83 against 4.14, deepface_L4 7.66 against
// 21.3).
inline void backward_input_dot(generators::BackwardInputDotStages& s) {
    const Halide::RVar image = s.window[0];
    s.input_gradient.update().reorder({image, s.window[1], s.window[2], s.window[3], s.window[4]});

    for (Halide::Func& half : s.halves)
        half.compute_at(s.input_gradient, image).store_in(Halide::MemoryType::Register).vectorize(s.lane);

    s.partial.compute_at(s.input_gradient, image).store_in(Halide::MemoryType::Register).vectorize(s.lane);
    s.partial.update(0).reorder(s.lane, s.vectors.x).vectorize(s.lane);
    if (s.partial.num_update_definitions() > 1) s.partial.update(1).vectorize(s.lane);
}

}  // namespace lcn::schedules
