// Matrix products of OpenBLAS and oneDNN, rows first: C (m x n) = A (m x k) B (k x n) + beta C. With
// `transpose_a` A is stored k x m, with `transpose_b` B is stored n x k.
#pragma once

#include <cstdint>

using Gemm = void (*)(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a,
                      int64_t a_stride, const float* b, int64_t b_stride, float beta, float* c,
                      int64_t c_stride);

void openblas_gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a,
                   int64_t a_stride, const float* b, int64_t b_stride, float beta, float* c,
                   int64_t c_stride);
void onednn_gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a,
                 int64_t a_stride, const float* b, int64_t b_stride, float beta, float* c, int64_t c_stride);
