#include <HalideBuffer.h>

#include <cstdio>
#include <cstring>

#include "box.h"
#include "copy.h"

int main() {
    float input[3 * 4], kernel[2 * 3 * 2 * 2];
    for (int i = 0; i < 3 * 4; i++) input[i] = float(i * i % 7);
    for (int i = 0; i < 2 * 3 * 2 * 2; i++) kernel[i] = 1;

    // The target of one copy is none of the other's business.
    float from_first[2 * 3], from_second[2 * 3], from_box[2 * 3];
    const char* best = second(nullptr, input, kernel, from_second);
    const char* forced = first("portable", input, kernel, from_first);
    const char* still_best = second("", input, kernel, from_second);
    if (!best || !forced || !still_best) return std::puts("lcn failed"), 1;
    std::printf("first copy on %s, second copy on %s\n", forced, still_best);
    if (std::strcmp(forced, "portable") != 0 || std::strcmp(best, still_best) != 0) return 1;

    Halide::Runtime::Buffer<float> image(input, 4, 3), sums(from_box, 3, 2);
    if (box(image, sums) != 0) return std::puts("box failed"), 1;

    for (int r = 0; r < 2; r++)
        for (int q = 0; q < 3; q++) {
            const float* window = input + r * 4 + q;
            const float expected = window[0] + window[1] + window[4] + window[5];
            const int i = r * 3 + q;
            if (from_first[i] != expected || from_second[i] != expected || from_box[i] != expected)
                return std::printf("(%d, %d): %g, %g and %g, not %g\n", r, q, from_first[i], from_second[i],
                                   from_box[i], expected),
                       1;
        }
    std::puts("all three right");
}
