#include <dnnl.hpp>

#include "bench/peers/method.h"
#include "bench/peers/patches.h"

namespace {

using Dims = dnnl::memory::dims;

class MatmulOnPatches : public Method {
  public:
    MatmulOnPatches(const Layer& layer, const Tensors& tensors)
        : Method(layer, tensors), patches_(layer), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
        const int64_t N = layer.batch, K = layer.taps(), F = layer.filters, P = layer.positions();
        const Matrix patches{{P, N, K}, {N * K, K, 1}}, transposed_patches{{P, K, N}, {N * K, 1, K}};
        const Matrix kernel{{P, K, F}, {K * F, F, 1}}, transposed_kernel{{P, F, K}, {K * F, 1, F}};
        const Matrix output{{P, N, F}, {F, P * F, 1}};
        forward_ = product(patches, patches_.data(), kernel, tensors.kernel, output, tensors.output);
        weights_ = product(transposed_patches, patches_.data(), output, tensors.output_gradient, kernel,
                           tensors.kernel_gradient);
        input_ = product(output, tensors.output_gradient, transposed_kernel, tensors.kernel, patches,
                         patches_.data());
    }

    void forward() override {
        patches_.gather(tensors_.input);
        run(forward_);
    }

    // The gradients of the patches take their place.
    void gradients() override {
        run(weights_);
        run(input_);
        patches_.scatter(tensors_.input_gradient);
    }

  private:
    struct Matrix {
        Dims size, strides;
    };
    struct Product {
        dnnl::matmul primitive;
        dnnl::memory a, b, c;
    };

    dnnl::memory memory(const Matrix& m, const float* data) const {
        const dnnl::memory::desc description(m.size, dnnl::memory::data_type::f32, m.strides);
        return {description, engine_, const_cast<float*>(data)};
    }

    Product product(const Matrix& a, const float* a_data, const Matrix& b, const float* b_data,
                    const Matrix& c, float* c_data) const {
        Product p{{}, memory(a, a_data), memory(b, b_data), memory(c, c_data)};
        const dnnl::matmul::desc description(p.a.get_desc(), p.b.get_desc(), p.c.get_desc());
        p.primitive = dnnl::matmul(dnnl::matmul::primitive_desc(description, engine_));
        return p;
    }

    void run(Product& p) {
        p.primitive.execute(stream_, {{DNNL_ARG_SRC, p.a}, {DNNL_ARG_WEIGHTS, p.b}, {DNNL_ARG_DST, p.c}});
        stream_.wait();
    }

    Patches patches_;
    dnnl::engine engine_;
    dnnl::stream stream_;
    Product forward_, weights_, input_;
};

}  // namespace

std::unique_ptr<Method> matmul_on_patches(const Layer& layer, const Tensors& tensors) {
    return std::make_unique<MatmulOnPatches>(layer, tensors);
}
