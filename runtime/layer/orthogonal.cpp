#include "orthogonal.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lcn::layer {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
    double sum = 0;
    for (size_t k = 0; k < a.size(); k++) sum += a[k] * b[k];
    return sum;
}

// Q of the QR decomposition whose R has a positive diagonal, in place: Gram-Schmidt, where a second pass
// takes away what rounding left in the first.
void orthonormalise(std::vector<Vector>& vectors) {
    for (size_t k = 0; k < vectors.size(); k++) {
        for (int pass = 0; pass < 2; pass++)
            for (size_t before = 0; before < k; before++) {
                const double along = dot(vectors[before], vectors[k]);
                for (size_t e = 0; e < vectors[k].size(); e++) vectors[k][e] -= along * vectors[before][e];
            }
        const double length = std::sqrt(dot(vectors[k], vectors[k]));
        for (double& element : vectors[k]) element /= length;
    }
}

}  // namespace

void fill_orthogonal(const Variable<float>& variable, double gain, Random random) {
    const int64_t elements = variable.count();
    if (elements == 0) return;
    const int64_t columns = variable.shape.back(), rows = elements / columns;
    std::vector<Vector> vectors(std::min(rows, columns), Vector(std::max(rows, columns)));
    for (Vector& vector : vectors)
        for (double& element : vector) element = random.normal();
    orthonormalise(vectors);

    int64_t row = 0, column = 0;
    variable.for_each([&](float& element) {
        element = float(gain * (rows < columns ? vectors[row][column] : vectors[column][row]));
        if (++column == columns) row++, column = 0;
    });
}

}  // namespace lcn::layer
