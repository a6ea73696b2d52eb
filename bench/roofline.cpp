#include "roofline.h"

namespace bench {

namespace {

double inside(int extent, int kernel, int stride, int64_t positions) {
    int64_t count = 0;
    for (int64_t r = 0; r < positions; r++)
        for (int i = 0; i < kernel; i++) {
            const int64_t at = r * stride - kernel / 2 + i;
            count += at >= 0 && at < extent;
        }
    return double(count) / double(positions * kernel);
}

}  // namespace

double inside_image(const Shape& s) {
    if (!s.same) return 1;
    return inside(s.rows, s.kernel_rows, s.stride_rows, s.output_rows()) *
           inside(s.columns, s.kernel_columns, s.stride_columns, s.output_columns());
}

}  // namespace bench
