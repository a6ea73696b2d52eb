// What one test call looks like, and the sets of calls that the tests sweep over.
#pragma once

#include <iosfwd>
#include <vector>

#include "../reference.h"
#include "guarded.h"
#include "lcn/lcn.h"

namespace lcn_test {

struct Case {
    reference::Layer layer;
    bool bias = false;                      // in forward, and its gradient
    bool before = false;                    // forward also writes before_activation
    bool accumulate = false;                // backward_weights adds to the gradients
    int64_t input_gap = 0, output_gap = 0;  // elements between images
    int threads = 1;
    lcn::Activation activation = {};
    Placement placement = {};
};

std::ostream& operator<<(std::ostream& stream, const Case& c);

lcn::Problem problem_of(const Case& c);

// Pairs of all settings of a call meet in these: layouts, paddings, kernel sides 1, 2, 3, 5 and the image's,
// strides 1 to 4 (also beyond the kernel), channels, filters and batches around every vector width, images
// that are not square, bias, update, gaps between images, threads.
std::vector<Case> pairwise_cases(uint64_t seed);

}  // namespace lcn_test
