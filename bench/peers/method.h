// One way to run a layer by matrix products.
#pragma once

#include <memory>

#include "bench/peers/calls.h"
#include "bench/peers/gemm.h"

class Method {
  public:
    Method(const Layer& layer, const Tensors& tensors) : layer_(layer), tensors_(tensors) {}
    virtual ~Method() = default;
    virtual void forward() = 0;
    virtual void gradients() = 0;  // after forward()

  protected:
    const Layer layer_;
    const Tensors tensors_;
};

// Products of window rows where they lie in the image, position by position: nothing is copied.
std::unique_ptr<Method> per_position(const Layer& layer, const Tensors& tensors, Gemm gemm);

// im2col, then one product per position.
std::unique_ptr<Method> gemm_on_patches(const Layer& layer, const Tensors& tensors, Gemm gemm);

// im2col, then oneDNN's batched matmul.
std::unique_ptr<Method> matmul_on_patches(const Layer& layer, const Tensors& tensors);
