#pragma once

#include "choices.h"
#include "sliding_columns.h"
#include "upcoming.h"

namespace lcn {

// The gradient of the output at consecutive positions, filters contiguous. Strides in elements.
struct Gradient {
    const float* data;
    int64_t image, column;
};

// Windows of the same size at consecutive positions, and where the gradients of their weights go.
struct GradientStretch {
    Windows windows;
    float* result;
    Gradient gradient;
    Block all;
    int64_t positions, images, filters;
};

// How backward_weights computes the gradients of the weights of windows: some positions, images, taps and
// filters at a time.
class WindowGradients {
  public:
    // The parts of one thread's workspace, and what it has chosen.
    struct Parts {
        float *panel, *input, *turned, *staged;
        Choices* choices;
        UpcomingPieces* upcoming = nullptr;
    };

    // `images` are summed before they are added to those before; a stretch has at most `filters`.
    WindowGradients(const Geometry& geometry, const Kernels& available, const BackwardWeightsCut& how,
                    int64_t images, int64_t filters);

    int64_t floats() const;
    Parts parts(float* workspace, Choices& choices) const;

    // Of whole windows and the first images.
    const Kernel* main_kernel() const;

    void run(const GradientStretch& stretch, bool accumulate, const Parts& parts) const;

    const Kernel& choose(int64_t count, int64_t filters, int64_t taps, bool accumulate, bool streaming,
                         const Parts& parts) const;

  private:
    void run_together(const GradientStretch& all, const GradientStretch& next, bool accumulate,
                      const Parts& parts) const;
    void run_sliding(const GradientStretch& all, bool accumulate, const Parts& parts) const;
    void run_columns(const GradientStretch& all, const SlidingColumns& columns, bool accumulate,
                     const Parts& parts) const;
    void run_pieces(const GradientStretch& w, int64_t first, int64_t all, bool accumulate,
                    const Parts& parts) const;
    void add_upcoming(const GradientStretch& next, UpcomingPieces& upcoming) const;
    void bring_gradient(const GradientStretch& all, const Parts& parts) const;
    void run_group(const GradientStretch& all, bool accumulate, const Parts& parts) const;
    void run_position(const GradientStretch& w, bool accumulate, const Parts& parts) const;
    void run_window(const GradientStretch& w, bool accumulate, const Parts& parts) const;
    bool run_taps(const GradientStretch& w, bool accumulate, const Parts& parts) const;
    void run_turned(const GradientStretch& w, bool accumulate, const Parts& parts) const;
    void run_turned_kernel(const GradientStretch& w, const float* input, const float* gradient, int64_t taps,
                           int64_t positions, bool accumulate, float* result, const Parts& parts) const;
    void run_staged(const GradientStretch& many, const Parts& parts) const;
    void stream_out(const float* from, int64_t count, float* to) const;
    void run_kernel(const GradientStretch& w, const Block& b, const float* input, const float* gradient,
                    bool accumulate, bool streaming, float* result, const Parts& parts) const;

    int64_t turned_taps() const;
    GradientStretch of_positions(const GradientStretch& all, int64_t first) const;
    void advance(GradientStretch& w, int64_t positions) const;
    static GradientStretch of_images(const GradientStretch& all, int64_t first, int64_t count);

    const Geometry& g;
    const Kernels& kernels;
    const BackwardWeightsCut cut;
    const int64_t images, most_filters;
    const bool streams;
    const Kernel* stream = nullptr;  // for results that are staged
    int64_t panel_floats = 0, input_floats = 0, turned_floats = 0;
};

}  // namespace lcn
