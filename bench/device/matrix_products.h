// What a row would cost without windows: one matrix product for each position, on patches that were made
// before, as cuBLAS does them.
#pragma once

#include <memory>

#include "bench/rows.h"
#include "cuda_stream.h"
#include "lcn/device.h"

namespace bench {

// cublasSgemmStridedBatched() of libcublas.so.13 or .12, in float32: without TF32.
class Cublas {
  public:
    // Throws std::runtime_error when the library cannot be opened.
    explicit Cublas(const CudaStream& stream);
    ~Cublas();
    Cublas(const Cublas&) = delete;
    Cublas& operator=(const Cublas&) = delete;

    // Products of `positions` pairs of matrices, columns outermost: c = a b, or with the transposes. Each
    // matrix is contiguous and so are those of a side: a is m x k, b is k x n, c is m x n.
    struct Products {
        bool a_transposed, b_transposed;
        int m, n, k, positions;
    };
    void run(const Products& products, lcn::DeviceMemory a, lcn::DeviceMemory b, lcn::DeviceMemory c) const;

  private:
    struct Functions;
    std::unique_ptr<Functions> functions_;
    void* handle_ = nullptr;
};

// The products of a row, with P positions, K taps, F filters, N images; numbers of [-1, 1).
//
//   forward           output[p]          (N x F) = patches[p] (N x K) weights[p] (K x F)
//   backward_input    patch_gradients[p] (N x K) = output_gradient[p] (N x F) weights[p]^T
//   backward_weights  weight_gradient[p] (K x F) = patches[p]^T output_gradient[p] (N x F)
//
// backward_input leaves the sum over windows out.
class MatrixProducts {
  public:
    // Throws std::runtime_error when the memory does not suffice, cuBLAS fails, or a sampled element is
    // wrong.
    MatrixProducts(const Cublas& cublas, const lcn::Queue& queue, const Row& row);

    void run() const { cublas_.run(products_, a_.memory(), b_.memory(), c_.memory()); }

  private:
    void check(const lcn::Queue& queue) const;

    const Cublas& cublas_;
    Cublas::Products products_;
    lcn::DeviceBuffer a_, b_, c_;
};

}  // namespace bench
