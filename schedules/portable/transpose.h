#pragma once

#include "schedules/transpose_in_registers.h"

namespace lcn::schedules {

inline void transpose(generators::TransposeStages& s, const generators::Tile& tile, Halide::Pipeline) {
    transpose_in_registers(s, tile);
}

}  // namespace lcn::schedules
