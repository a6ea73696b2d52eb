#include "bench/peers/gemm.h"

#include <cblas.h>
#include <dnnl.h>

namespace {

CBLAS_TRANSPOSE transposed(bool yes) {
    return yes ? CblasTrans : CblasNoTrans;
}

}  // namespace

// OpenBLAS has quicker functions for products with one row or column.
void openblas_gemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float* a, int64_t a_stride,
                   const float* b, int64_t b_stride, float beta, float* c, int64_t c_stride) {
    const auto M = blasint(m), N = blasint(n), K = blasint(k);
    const auto A = blasint(a_stride), B = blasint(b_stride), C = blasint(c_stride);
    if (m == 1 && k > 1)
        cblas_sgemv(CblasRowMajor, transposed(!tb), tb ? N : K, tb ? K : N, 1.0f, b, B, a, ta ? A : 1, beta,
                    c, 1);
    else if (n == 1 && k > 1)
        cblas_sgemv(CblasRowMajor, transposed(ta), ta ? K : M, ta ? M : K, 1.0f, a, A, b, tb ? 1 : B, beta, c,
                    C);
    else
        cblas_sgemm(CblasRowMajor, transposed(ta), transposed(tb), M, N, K, 1.0f, a, A, b, B, beta, c, C);
}

void onednn_gemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float* a, int64_t a_stride,
                 const float* b, int64_t b_stride, float beta, float* c, int64_t c_stride) {
    dnnl_sgemm(ta ? 'T' : 'N', tb ? 'T' : 'N', m, n, k, 1.0f, a, a_stride, b, b_stride, beta, c, c_stride);
}
