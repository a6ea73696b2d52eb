// What the test programs have held results against, for the report of the long tier: when LCN_TEST_RECORD
// names a folder, every process leaves a file there at its end.
#pragma once

#include <string>

#include "../reference.h"
#include "random.h"

namespace lcn_test {

// A result of a pass on the present target that passed its gate. `bounded`: of real numbers, whose largest
// error is kept, in units of 2^-24 times the sum of the magnitudes of its terms.
void record_result(const char* operation, bool bounded, const reference::Sums& expected,
                   const Floats& actual);

void record_kernel(const std::string& symbol);  // that ran

}  // namespace lcn_test
