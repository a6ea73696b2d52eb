#pragma once

#include "generators/stream.h"

namespace lcn::schedules {

inline void stream(generators::StreamStages& s) {
    s.output.update().allow_race_conditions().vectorize(s.tile[0]).unroll(s.tile[1]);
}

}  // namespace lcn::schedules
