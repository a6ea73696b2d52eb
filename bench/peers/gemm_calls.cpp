// The methods by matrix products behind the calls of Python.
#include <cblas.h>
#include <dnnl.h>
#include <omp.h>

#include <cstdio>
#include <exception>
#include <string>

#include "bench/peers/method.h"

namespace {

std::unique_ptr<Method> method_of(const std::string& name, const Layer& layer, const Tensors& tensors) {
    if (name == "openblas_batched") return gemm_on_patches(layer, tensors, openblas_gemm);
    if (name == "openblas_per_position") return per_position(layer, tensors, openblas_gemm);
    if (name == "onednn_batched") return matmul_on_patches(layer, tensors);
    if (name == "onednn_per_position") return per_position(layer, tensors, onednn_gemm);
    return nullptr;
}

}  // namespace

// Positions are shared among threads here, so OpenBLAS has one in each.
void* peer_new(const char* method, const Layer* layer, const Tensors* tensors, int threads) {
    omp_set_num_threads(threads);
    openblas_set_num_threads(1);
    try {
        return method_of(method, *layer, *tensors).release();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", method, error.what());
        return nullptr;
    }
}

int peer_forward(void* peer) {
    static_cast<Method*>(peer)->forward();
    return 0;
}

int peer_forward_and_gradients(void* peer) {
    static_cast<Method*>(peer)->forward();
    static_cast<Method*>(peer)->gradients();
    return 0;
}

void peer_delete(void* peer) {
    delete static_cast<Method*>(peer);
}

const char* peer_settings(const char* method) {
    static std::string text;
    const dnnl_version_t& dnnl = *dnnl_version();
    if (std::string(method).find("openblas") == 0)
        text = std::string(openblas_get_config()) + ", core " + openblas_get_corename() +
               ", one thread of OpenBLAS in each of OpenMP";
    else
        text = "oneDNN " + std::to_string(dnnl.major) + "." + std::to_string(dnnl.minor) + "." +
               std::to_string(dnnl.patch) + ", threads of OpenMP";
    return text.c_str();
}
