// lcn_layer_bench: that `implementation` is a layout and not a speed. Three layers with the same weights, one
// for each implementation, take turns; every row verifies that their outputs have the same bits before it
// times them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>

#include "lcn/layer.h"
#include "lcn/lcn.h"
#include "run_rows.h"
#include "shapes.h"
#include "timing.h"

namespace bench {

namespace {

using lcn::LocallyConnected2D;

// Layers whose dense kernel, that of implementation 2, fits a small machine.
const char* const layers[] = {"keras_doc_1", "acl_1", "deepid_conv4"};

struct Trio {
    Trio(const Shape& shape, int64_t batch) : batch(batch) {
        const lcn::Shape input_shape = {batch, shape.rows, shape.columns, shape.channels};
        for (int64_t implementation = 1; implementation <= 3; implementation++) {
            lcn::LayerArguments arguments{shape.filters, {shape.kernel_rows, shape.kernel_columns}};
            arguments.strides = {shape.stride_rows, shape.stride_columns};
            arguments.data_format = "channels_last";
            arguments.kernel_initializer = "ones";
            arguments.implementation = implementation;
            of.emplace_back(arguments);
            of.back().build(input_shape);
        }
        input.resize(size_t(batch * shape.rows * shape.columns * shape.channels));
        for (size_t k = 0; k < input.size(); k++) input[k] = float(int(k % 17) - 8) / 8;
        for (std::vector<float>& output : outputs)
            output.resize(size_t(batch * shape.positions() * shape.filters));
    }

    double milliseconds(size_t k, std::vector<float>& output) {
        return seconds_of([&] { of[k].call(batch, input.data(), output.data()); }) * 1e3;
    }

    int64_t batch;
    std::vector<LocallyConnected2D> of;
    std::vector<float> input, outputs[3];
};

void take_turns(benchmark::State& state, const Shape& shape, int64_t batch) {
    Trio trio(shape, batch);
    for (size_t k = 0; k < 3; k++) trio.milliseconds(k, trio.outputs[k]);
    if (trio.outputs[1] != trio.outputs[0] || trio.outputs[2] != trio.outputs[0])
        return state.SkipWithError("the implementations disagree");
    std::vector<double> times[3];
    for (auto _ : state)
        for (size_t k = 0; k < 3; k++) times[k].push_back(trio.milliseconds(k, trio.outputs[0]));
    const double first = median(times[0]);
    state.counters["implementation_1_ms"] = first;
    state.counters["implementation_2_to_1"] = median(times[1]) / first;
    state.counters["implementation_3_to_1"] = median(times[2]) / first;
}

void add_rows(const char* target) {
    for (const Shape& shape : shapes) {
        const bool wanted = std::any_of(std::begin(layers), std::end(layers),
                                        [&](const char* id) { return shape.id == std::string(id); });
        if (!wanted) continue;
        for (const int64_t batch : {1, 32})
            benchmark::RegisterBenchmark(
                (std::string("layer_forward/f32/") + shape.id + "/N" + std::to_string(batch) + "/" + target +
                 "/implementations")
                    .c_str(),
                [&shape, batch](benchmark::State& state) { take_turns(state, shape, batch); })
                ->Unit(benchmark::kMillisecond);
    }
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    return bench::run_rows(argc, argv, [](const char* target) {
        lcn::set_threads(1);
        bench::add_rows(target);
    });
}
