// What only the program calls that uses lcn, as cuda.h declares it: contexts, streams and graphs of its own.
#include "state.h"

using namespace standin;

#define STANDIN_EXPORT extern "C" __attribute__((visibility("default"), used)) int

namespace {

State& state = State::get();

Call named(const char* function, void* stream = nullptr) {
    Call call;
    call.function = function, call.stream = stream;
    return call;
}

}  // namespace

STANDIN_EXPORT cuCtxCreate_v2(void** context, unsigned, int device) {
    return state.call(named("cuCtxCreate_v2"), [&](const Call& call) {
        const Device* const d = state.device(device);
        if (!d) return state.misused(call, invalid_device, "no number of a device");
        const Handle fresh = state.add(state.contexts, state.fresh_context(int(d - state.devices.data())));
        std::vector<Handle> stack = state.stack();
        stack.push_back(fresh);
        state.set_stack(stack);
        *context = const_cast<void*>(fresh);
        return int(success);
    });
}

STANDIN_EXPORT cuStreamCreate(void** stream, unsigned) {
    return state.call(named("cuStreamCreate"), [&](const Call& call) {
        if (!call.context) return state.misused(call, invalid_context, "without a context");
        *stream = const_cast<void*>(state.add(state.streams, Stream{call.context}));
        return int(success);
    });
}

STANDIN_EXPORT cuStreamBeginCapture_v2(void* stream, int) {
    return state.call(named("cuStreamBeginCapture_v2", stream), [&](const Call& call) {
        if (!state.streams.count(stream)) return state.misused(call, invalid_handle, "no stream");
        if (state.captured) return state.misused(call, invalid_value, "a stream is captured already");
        state.captured = stream;
        return int(success);
    });
}

STANDIN_EXPORT cuStreamEndCapture(void* stream, void** graph) {
    return state.call(named("cuStreamEndCapture", stream), [&](const Call& call) {
        if (!stream || state.captured != stream) return state.misused(call, invalid_value, "not captured");
        state.captured = nullptr;
        *graph = const_cast<void*>(state.add(state.graphs, Graph{}));
        return int(success);
    });
}

STANDIN_EXPORT cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
    return state.call(named("cuGraphInstantiateWithFlags"), [&](const Call& call) {
        if (!state.graphs.count(graph)) return state.misused(call, invalid_handle, "no graph");
        *executable = graph;
        return int(success);
    });
}

STANDIN_EXPORT cuGraphLaunch(void* executable, void* stream) {
    return state.call(named("cuGraphLaunch", stream), [&](const Call& call) {
        if (!state.graphs.count(executable)) return state.misused(call, invalid_handle, "no graph");
        return state.streams.count(stream) ? int(success) : state.misused(call, invalid_handle, "no stream");
    });
}
