#include "matrix_products.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/require.h"
#include "library.h"

namespace bench {

namespace {

using Products = Cublas::Products;

// cuBLAS has columns outermost, so that its matrices are the transposes of ours, and a b is b^T a^T.
Products products_of(const Row& row) {
    const Shape& s = *row.shape;
    const int taps = int(s.taps()), positions = int(s.positions());
    switch (row.operation) {
        case lcn::Operation::forward:
            return {false, false, s.filters, row.batch, taps, positions};
        case lcn::Operation::backward_input:
            return {true, false, taps, row.batch, s.filters, positions};
        case lcn::Operation::backward_weights:
            return {false, true, s.filters, taps, row.batch, positions};
    }
    return {};
}

// A matrix of random numbers is this many of them over and over: their number has no common factor with
// usual extents.
constexpr int64_t period = 1048573;

const std::vector<float>& numbers() {
    static const std::vector<float> made = [] {
        std::mt19937 random(1);
        std::vector<float> fresh(period);
        for (float& x : fresh) x = float(int32_t(random())) * 0x1p-31f;
        return fresh;
    }();
    return made;
}

void fill_with_numbers(const lcn::Queue& queue, lcn::DeviceMemory memory, int64_t count) {
    for (int64_t at = 0; at < count; at += period) {
        const int64_t piece = std::min(period, count - at);
        require(lcn::copy_in(queue, memory + uint64_t(at) * 4, numbers().data(), piece * 4));
    }
}

}  // namespace

struct Cublas::Functions {
    int (*cublasCreate_v2)(void** handle);
    int (*cublasDestroy_v2)(void* handle);
    int (*cublasSetStream_v2)(void* handle, void* stream);
    int (*cublasSgemmStridedBatched)(void* handle, int a_operation, int b_operation, int m, int n, int k,
                                     const float* alpha, const void* a, int a_column, long long a_matrix,
                                     const void* b, int b_column, long long b_matrix, const float* beta,
                                     void* c, int c_column, long long c_matrix, int count);

    explicit Functions(const Library& library) {
        library.find("cublasCreate_v2", cublasCreate_v2);
        library.find("cublasDestroy_v2", cublasDestroy_v2);
        library.find("cublasSetStream_v2", cublasSetStream_v2);
        library.find("cublasSgemmStridedBatched", cublasSgemmStridedBatched);
    }
};

Cublas::Cublas(const CudaStream& stream) {
    setenv("NVIDIA_TF32_OVERRIDE", "0", 1);  // read by the library; by default it does not use TF32 either
    functions_ = std::make_unique<Functions>(Library({"libcublas.so.13", "libcublas.so.12"}));
    if (const int result = functions_->cublasCreate_v2(&handle_))
        throw std::runtime_error("cublasCreate: status " + std::to_string(result));
    if (const int result = functions_->cublasSetStream_v2(handle_, stream.handle()))
        throw std::runtime_error("cublasSetStream: status " + std::to_string(result));
}

Cublas::~Cublas() {
    functions_->cublasDestroy_v2(handle_);
}

void Cublas::run(const Products& p, lcn::DeviceMemory a, lcn::DeviceMemory b, lcn::DeviceMemory c) const {
    const float one = 1.0f, zero = 0.0f;
    const long long m = p.m, n = p.n, k = p.k;
    const auto address = [](lcn::DeviceMemory memory) { return reinterpret_cast<void*>(memory); };
    const int result = functions_->cublasSgemmStridedBatched(
        handle_, p.a_transposed, p.b_transposed, p.m, p.n, p.k, &one, address(a), p.a_transposed ? p.k : p.m,
        m * k, address(b), p.b_transposed ? p.n : p.k, k * n, &zero, address(c), p.m, m * n, p.positions);
    if (result) throw std::runtime_error("cublasSgemmStridedBatched: status " + std::to_string(result));
}

MatrixProducts::MatrixProducts(const Cublas& cublas, const lcn::Queue& queue, const Row& row)
    : cublas_(cublas), products_(products_of(row)), a_(queue), b_(queue), c_(queue) {
    const int64_t m = products_.m, n = products_.n, k = products_.k, positions = products_.positions;
    require(a_.allocate(positions * m * k * 4));
    require(b_.allocate(positions * k * n * 4));
    require(c_.allocate(positions * m * n * 4));
    fill_with_numbers(queue, a_.memory(), positions * m * k);
    fill_with_numbers(queue, b_.memory(), positions * k * n);
    run();
    check(queue);
}

// Some elements, for the leading dimensions.
void MatrixProducts::check(const lcn::Queue& queue) const {
    const auto& [a_transposed, b_transposed, m, n, k, positions] = products_;
    const auto number = [](int64_t index) { return double(numbers()[size_t(index % period)]); };
    std::mt19937 random(1);
    for (int sample = 0; sample < 64; sample++) {
        const int64_t p = random() % positions, i = random() % m, j = random() % n;
        double sum = 0, magnitude = 0;
        for (int64_t t = 0; t < k; t++) {
            const int64_t a = p * m * k + (a_transposed ? i * k + t : t * m + i);
            const int64_t b = p * k * n + (b_transposed ? t * n + j : j * k + t);
            sum += number(a) * number(b);
            magnitude += std::abs(number(a) * number(b));
        }
        float found = 0;
        const int64_t index = p * m * n + j * m + i;
        require(lcn::copy_out(queue, &found, c_.memory() + uint64_t(index) * 4, 4));
        if (!(std::abs(found - sum) <= k * 0x1p-24 * magnitude))
            throw std::runtime_error("cuBLAS's product is wrong: " + std::to_string(found) + ", expected " +
                                     std::to_string(sum));
    }
}

}  // namespace bench
