#include "bench/peers/method.h"
#include "bench/peers/patches.h"

namespace {

class GemmOnPatches : public Method {
  public:
    GemmOnPatches(const Layer& layer, const Tensors& tensors, Gemm gemm)
        : Method(layer, tensors), gemm_(gemm), patches_(layer) {}

    void forward() override {
        patches_.gather(tensors_.input);
        const int64_t N = layer_.batch, K = layer_.taps(), F = layer_.filters, P = layer_.positions();
#pragma omp parallel for
        for (int64_t p = 0; p < P; p++)
            gemm_(false, false, N, F, K, patches_.of(p), K, tensors_.kernel + p * K * F, F, 0.0f,
                  tensors_.output + p * F, P * F);
    }

    // The gradients of the patches take their place.
    void gradients() override {
        const int64_t N = layer_.batch, K = layer_.taps(), F = layer_.filters, P = layer_.positions();
#pragma omp parallel for
        for (int64_t p = 0; p < P; p++) {
            const float* output_gradient = tensors_.output_gradient + p * F;
            gemm_(true, false, K, F, N, patches_.of(p), K, output_gradient, P * F, 0.0f,
                  tensors_.kernel_gradient + p * K * F, F);
            gemm_(false, true, N, K, F, output_gradient, P * F, tensors_.kernel + p * K * F, F, 0.0f,
                  patches_.of(p), K);
        }
        patches_.scatter(tensors_.input_gradient);
    }

  private:
    const Gemm gemm_;
    Patches patches_;
};

}  // namespace

std::unique_ptr<Method> gemm_on_patches(const Layer& layer, const Tensors& tensors, Gemm gemm) {
    return std::make_unique<GemmOnPatches>(layer, tensors, gemm);
}
