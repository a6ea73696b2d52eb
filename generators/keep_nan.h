#pragma once

#include "Halide.h"

namespace lcn::generators {

// `result`, or `x` where that is NaN. Halide's arithmetic assumes that no NaN occurs, so the test looks at
// the bits.
inline Halide::Expr keep_nan(const Halide::Expr& x, const Halide::Expr& result) {
    const Halide::Expr bits = Halide::reinterpret<uint32_t>(x);
    const Halide::Expr is_nan = (bits & 0x7fffffffu) > Halide::Expr(0x7f800000u);
    return Halide::reinterpret<float>(Halide::select(is_nan, bits, Halide::reinterpret<uint32_t>(result)));
}

}  // namespace lcn::generators
