// lcn_specialised_bench: what kernels for one shape (lcn_add_layer) gain over the general ones. Both take
// turns on the same rows, cold weights and one thread; a row is timed only if both are right and have the
// same bits.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "check.h"
#include "machine.h"
#include "run_rows.h"
#include "specialised_acl_1.h"
#include "specialised_alltnn_1.h"
#include "specialised_cifar11_local4.h"
#include "specialised_emg_capgmyo.h"
#include "specialised_keras_doc_1.h"
#include "specialised_lagan_D2.h"
#include "timing.h"
#include "workload.h"

namespace bench {

namespace {

using lcn::Operation;

struct Layer {
    const char* id;  // in shapes.h
    int64_t weights;
    Functions functions;
    lcn::Status (*target)(const char*& name);
};

lcn::Status no_workspace(int64_t, int64_t& bytes) {
    bytes = 0;
    return {};
}
#define LCN_FORWARD(id)                                                                                   \
    [](const lcn::Problem& p, const float* input, const float* kernel, float* output, lcn::Workspace w) { \
        return specialised_##id(p.batch, input, kernel, output, w);                                       \
    }
#define LCN_BACKWARD_INPUT(id)                                                                          \
    [](const lcn::Problem& p, const float* output_gradient, const float* kernel, float* input_gradient, \
       lcn::Workspace w) {                                                                              \
        return specialised_##id##_backward_input(p.batch, output_gradient, kernel, input_gradient, w);  \
    }
#define LCN_BACKWARD_WEIGHTS(id)                                                                        \
    [](const lcn::Problem& p, const float* input, const float* output_gradient, float* kernel_gradient, \
       lcn::Workspace w) {                                                                              \
        return specialised_##id##_backward_weights(p.batch, input, output_gradient, kernel_gradient,    \
                                                   lcn::Update::overwrite, w);                          \
    }
#define LCN_WORKSPACE_BYTES(bytes_forward, bytes_input, bytes_weights)                   \
    [](const lcn::Problem& p, Operation operation, int64_t& bytes) {                     \
        return operation == Operation::forward          ? bytes_forward(p.batch, bytes)  \
               : operation == Operation::backward_input ? bytes_input(p.batch, bytes)    \
                                                        : bytes_weights(p.batch, bytes); \
    }
#define LCN_TRAINED(id)                                                                \
    {                                                                                  \
#id, specialised_##id##_kernel_size,                                           \
            {LCN_WORKSPACE_BYTES(specialised_##id##_workspace_bytes,                   \
                                 specialised_##id##_backward_input_workspace_bytes,    \
                                 specialised_##id##_backward_weights_workspace_bytes), \
             LCN_FORWARD(id), LCN_BACKWARD_INPUT(id), LCN_BACKWARD_WEIGHTS(id) },      \
             specialised_##id##_target                                                 \
    }
#define LCN_INFERRED(id)                                                                          \
    {                                                                                             \
#id, specialised_##id##_kernel_size,                                                      \
            {LCN_WORKSPACE_BYTES(specialised_##id##_workspace_bytes, no_workspace, no_workspace), \
             LCN_FORWARD(id), nullptr, nullptr },                                                 \
             specialised_##id##_target                                                            \
    }
const Layer layers[] = {LCN_TRAINED(keras_doc_1), LCN_TRAINED(acl_1),           LCN_INFERRED(emg_capgmyo),
                        LCN_INFERRED(lagan_D2),   LCN_INFERRED(cifar11_local4), LCN_INFERRED(alltnn_1)};

double milliseconds(Workload& workload) {
    return seconds_of([&] { workload.run(); }) * 1e3;
}

// What is wrong with the first run of both, or "".
std::string verify(Workload& one, Workload& other) {
    for (Workload* workload : {&one, &other}) {
        if (const lcn::Status status = workload->run(); !status.ok()) return status.message;
        if (const std::string wrong = check(*workload); !wrong.empty()) return wrong;
    }
    const bool same =
        std::memcmp(one.result().data(), other.result().data(), size_t(one.result_size()) * 4) == 0;
    return same ? "" : "the bits of general and specialised kernels differ";
}

void take_turns(benchmark::State& state, const Row& row, const Layer& layer, int64_t cache) {
    const char* target = "";
    if (layer.weights != row.shape->weights())
        return state.SkipWithError("the layer has not the shape of its row");
    if (!layer.target(target).ok() || std::strcmp(target, row.target) != 0)
        return state.SkipWithError("the layer runs on another target");
    Workload general_kernels(row, cache), specialised(row, cache, layer.functions);
    if (const std::string wrong = verify(general_kernels, specialised); !wrong.empty())
        return state.SkipWithError(wrong.c_str());
    std::vector<double> general_times, specialised_times, ratios;
    for (auto _ : state) {
        general_times.push_back(milliseconds(general_kernels));
        specialised_times.push_back(milliseconds(specialised));
        ratios.push_back(general_times.back() / specialised_times.back());
    }
    state.counters["general_ms"] = median(general_times);
    state.counters["specialised_ms"] = median(specialised_times);
    state.counters["gain"] = median(ratios);
}

void add_rows(const char* target, int64_t cache) {
    for (const Operation operation :
         {Operation::forward, Operation::backward_input, Operation::backward_weights})
        for (const Layer& layer : layers)
            for (const Shape& shape : shapes)
                for (const int batch : {1, 8, 32}) {
                    if (shape.id != std::string(layer.id)) continue;
                    if (operation != Operation::forward && !layer.functions.backward_input) continue;
                    const Row row{operation, &shape, batch, target, true, 1};
                    benchmark::RegisterBenchmark(("specialised/" + row.name()).c_str(),
                                                 [row, &layer, cache](benchmark::State& state) {
                                                     take_turns(state, row, layer, cache);
                                                 })
                        ->Unit(benchmark::kMillisecond);
                }
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    return bench::run_rows(argc, argv, [](const char* target) {
        lcn::set_threads(1);
        bench::add_rows(target, bench::last_level_cache());
    });
}
