#include "gates.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "record.h"

namespace lcn_test {

using reference::Sum;
using testing::AssertionResult;

namespace {

// accepts(sum, value) for every element; the failure names the first that it does not accept.
template <typename Expected, typename Accepts>
AssertionResult compare(const std::vector<Expected>& expected, const Floats& actual, Accepts&& accepts) {
    if (expected.size() != actual.size())
        return testing::AssertionFailure() << actual.size() << " elements, not " << expected.size();
    int64_t wrong = 0, first = -1;
    for (int64_t k = 0; k < int64_t(actual.size()); k++)
        if (!accepts(expected[k], actual[k])) {
            if (wrong == 0) first = k;
            wrong++;
        }
    if (wrong == 0) return testing::AssertionSuccess();
    AssertionResult failure = testing::AssertionFailure();
    failure << wrong << " of " << actual.size() << " elements are wrong, the first is " << first << ": "
            << actual[first] << " instead of ";
    if constexpr (std::is_same_v<Expected, Sum>)
        failure << expected[first].value << " (" << expected[first].terms << " terms of magnitude "
                << expected[first].magnitude << ")";
    else
        failure << expected[first];
    return failure;
}

bool same_bits(float a, float b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

AssertionResult exact(const reference::Sums& expected, const Floats& actual) {
    for (const Sum& sum : expected)
        if (std::isfinite(sum.magnitude) && sum.magnitude > 0x1p24)
            return testing::AssertionFailure() << "the test's integers are too large";
    return compare(expected, actual, [](const Sum& sum, float value) {
        return std::isnan(sum.value) ? std::isnan(value) : same_bits(float(sum.value), value);
    });
}

AssertionResult within_bounds(const reference::Sums& expected, const Floats& actual) {
    return compare(expected, actual, [](const Sum& sum, float value) {
        const double terms = double(sum.terms), unit = 0x1p-24;
        const double hard = terms * unit / (1 - terms * unit),
                     soft = std::max(8.0, 2 * std::sqrt(terms)) * unit;
        return std::abs(value - sum.value) <= std::min(hard, soft) * sum.magnitude;
    });
}

AssertionResult identical(const Floats& expected, const Floats& actual) {
    return compare(expected, actual, same_bits);
}

namespace {

void add(reference::Sums& sums, const Floats& terms) {
    for (size_t k = 0; k < sums.size(); k++) sums[k].add(terms[k]);
}

}  // namespace

std::vector<reference::Sums> expected_results(lcn::Operation operation, const Case& c, const Operands& o) {
    // In double already: an emulator, which computes each number by itself, does nearly all of its work here.
    using Doubles = std::vector<double>;
    const Doubles input(o.input.begin(), o.input.end()), kernel(o.kernel.begin(), o.kernel.end()),
        gradient(o.output_gradient.begin(), o.output_gradient.end()), bias(o.bias.begin(), o.bias.end());
    std::vector<reference::Sums> results;
    if (operation == lcn::Operation::forward) {
        results.assign(c.before ? 2 : 1, reference::forward(c.layer, input.data(), kernel.data(),
                                                            c.bias ? bias.data() : nullptr));
    } else if (operation == lcn::Operation::backward_input) {
        results.push_back(reference::backward_input(c.layer, gradient.data(), kernel.data()));
    } else {
        results.push_back(reference::backward_weights(c.layer, input.data(), gradient.data()));
        if (c.bias) results.push_back(reference::backward_bias(c.layer, gradient.data()));
        if (c.accumulate) add(results[0], o.kernel_gradient);
        if (c.accumulate && c.bias) add(results[1], o.bias_gradient);
    }
    return results;
}

void check(lcn::Operation operation, const Case& c, const Operands& operands, Gate gate) {
    const std::vector<reference::Sums> expected = expected_results(operation, c, operands);
    const Results actual = run(operation, c, operands);
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t k = 0; k < actual.size(); k++) {
        const AssertionResult passed = gate(expected[k], actual[k]);
        EXPECT_TRUE(passed) << name_of(operation) << ", result " << k << " of " << c;
        if (passed) record_result(name_of(operation), gate == within_bounds, expected[k], actual[k]);
    }
}

}  // namespace lcn_test
