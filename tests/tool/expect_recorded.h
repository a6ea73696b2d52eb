#pragma once

#include <gtest/gtest.h>

#include "case_bounds.h"
#include "recorded_case.h"

// Expects every result of a case, and no other, within the bounds of what Keras recorded.
inline void expect_recorded(const lcn::Problem& problem, const RecordedCase& recorded,
                            const lcn::tool::Tensors& results) {
    const Bounds bounds = bounds_of(problem, recorded.tensors);
    ASSERT_EQ(results.size(), bounds.size());
    for (const auto& [name, bound] : bounds) {
        ASSERT_TRUE(results.count(name)) << name;
        const lcn::tool::Tensor& actual = results.at(name);
        const lcn::tool::Tensor& expected = recorded.tensors.at(name);
        ASSERT_EQ(actual.shape, expected.shape) << name;
        ASSERT_EQ(actual.values.size(), bound.size()) << name;
        for (size_t k = 0; k < bound.size(); k++)
            ASSERT_LE(std::fabs(double(actual.values[k]) - expected.values[k]), bound[k])
                << name << " at " << k << ": " << actual.values[k] << ", Keras " << expected.values[k];
    }
}
