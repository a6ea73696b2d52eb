#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "case_bounds.h"

// Expects every result of a case, and no other, within the bounds of what Keras recorded.
inline void expect_recorded(const RecordedCase& recorded, const lcn::Tensors& results) {
    const Bounds bounds = bounds_of(recorded);
    const std::vector<double> losses = recorded.losses();
    ASSERT_EQ(results.size(), bounds.size());
    for (const auto& [name, bound] : bounds) {
        ASSERT_TRUE(results.count(name)) << name;
        const lcn::Tensor& actual = results.at(name);
        const bool is_losses = name == "losses";
        const lcn::Shape shape =
            is_losses ? lcn::Shape{int64_t(losses.size())} : recorded.tensors.at(name).shape;
        ASSERT_EQ(actual.shape, shape) << name;
        ASSERT_EQ(actual.values.size(), bound.size()) << name;
        for (size_t k = 0; k < bound.size(); k++) {
            const double expected = is_losses ? losses[k] : double(recorded.tensors.at(name).values[k]);
            ASSERT_LE(std::abs(double(actual.values[k]) - expected), bound[k])
                << name << " at " << k << ": " << actual.values[k] << ", Keras " << expected;
        }
    }
}
