#pragma once

#include "generators/backward_input_taps.h"

namespace lcn::schedules {

// Images are the innermost loop: windows overlap, and to load what overlaps the end of the last store waits
// for it.
inline void backward_input_taps(generators::BackwardInputTapsStages& s) {
    s.input_gradient.update()
        .allow_race_conditions()  // a vector holds every element once
        .reorder({s.window[0], s.window[5], s.window[1], s.window[2], s.window[3], s.window[4]})
        .vectorize(s.window[0]);
    if (!s.sum.has_update_definition()) return;
    s.sum.compute_at(s.input_gradient, s.window[5]).store_in(Halide::MemoryType::Register).vectorize(s.lane);
    for (int f = 0; f < s.sum.num_update_definitions(); f++) s.sum.update(f).vectorize(s.lane);
}

}  // namespace lcn::schedules
