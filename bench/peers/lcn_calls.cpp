// lcn behind the calls of Python, and the shapes of the benchmark.
#include <memory>
#include <string>
#include <vector>

#include "bench/peers/calls.h"
#include "bench/shapes.h"
#include "lcn/lcn.h"

namespace {

using lcn::Operation;

struct Peer {
    lcn::Problem problem;
    Tensors tensors;
    std::vector<float> memory;

    lcn::Workspace workspace() { return {memory.data(), int64_t(memory.size()) * 4}; }
};

lcn::Problem problem_of(const Layer& layer) {
    lcn::Problem p;
    p.batch = layer.batch;
    p.input_rows = layer.rows, p.input_columns = layer.columns, p.channels = layer.channels;
    p.filters = layer.filters;
    p.kernel_rows = layer.kernel_rows, p.kernel_columns = layer.kernel_columns;
    p.stride_rows = layer.stride_rows, p.stride_columns = layer.stride_columns;
    p.padding = layer.same ? lcn::Padding::same : lcn::Padding::valid;
    return p;
}

}  // namespace

// The numbers of a shape in the order of its declaration; returns its name, or null after the last.
PEER_API const char* lcn_calls_shape(int index, int64_t numbers[14]) {
    if (index >= int(std::size(bench::shapes))) return nullptr;
    const bench::Shape& s = bench::shapes[index];
    for (const int64_t number :
         {s.rows, s.columns, s.channels, s.kernel_rows, s.kernel_columns, s.stride_rows, s.stride_columns,
          int(s.same), s.filters, s.batches[0], s.batches[1], s.batches[2], s.batches[3], int(s.trained)})
        *numbers++ = number;
    return s.id;
}

void* peer_new(const char*, const Layer* layer, const Tensors* tensors, int threads) {
    auto peer = std::make_unique<Peer>();
    peer->problem = problem_of(*layer);
    peer->tensors = *tensors;
    if (!lcn::set_threads(threads).ok()) return nullptr;
    for (Operation operation : {Operation::forward, Operation::backward_input, Operation::backward_weights}) {
        int64_t bytes = 0;
        if (!lcn::workspace_bytes(peer->problem, operation, bytes).ok()) return nullptr;
        peer->memory.resize(std::max(peer->memory.size(), size_t(bytes + 3) / 4));
    }
    return peer.release();
}

int peer_forward(void* peer) {
    Peer& p = *static_cast<Peer*>(peer);
    const Tensors& t = p.tensors;
    return !lcn::forward(p.problem, t.input, t.kernel, nullptr, t.output, nullptr, p.workspace()).ok();
}

int peer_forward_and_gradients(void* peer) {
    Peer& p = *static_cast<Peer*>(peer);
    const Tensors& t = p.tensors;
    return peer_forward(peer) ||
           !lcn::backward_input(p.problem, t.output_gradient, t.kernel, t.input_gradient, p.workspace())
                .ok() ||
           !lcn::backward_weights(p.problem, t.input, t.output_gradient, t.kernel_gradient, nullptr,
                                  lcn::Update::overwrite, p.workspace())
                .ok();
}

void peer_delete(void* peer) {
    delete static_cast<Peer*>(peer);
}

const char* peer_settings(const char*) {
    static std::string text;
    const char* target = "no usable target";
    (void)lcn::target(target);
    text = std::string(lcn::version()) + ", " + target + ", its own threads";
    return text.c_str();
}
