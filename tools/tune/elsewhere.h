#pragma once

#include "tune/tune.h"

namespace lcn::tool {

// `lcn tune --runner`: what `lcn tune` does, measured by lcn_tuner on another machine. What it answers is
// read as strictly as a tuning file, and has to be what was asked for. Returns the exit code.
int tune_elsewhere(const TuneOptions& options);

}  // namespace lcn::tool
