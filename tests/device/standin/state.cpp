#include "state.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace standin {

namespace {

thread_local std::vector<Handle> thread_stack;

// What must not be called while a stream is captured.
constexpr const char* not_captured[] = {"cuMemAlloc_v2", "cuMemFree_v2", "cuModuleLoadData",
                                        "cuStreamSynchronize"};

}  // namespace

State& State::get() {
    static State& state = *new State;  // calls may come at exit
    return state;
}

State::State() {
    const uint64_t memory = uint64_t(4) << 30;
    set_devices({{"Stand-in 9.0", 90, memory}, {"Stand-in 7.5", 75, memory}, {"Stand-in 7.0", 70, memory}});
}

int State::next_failure(const Call& call) {
    const bool needs_nothing = call.function == "cuInit" || call.function == "cuGetErrorString";
    if (!needs_nothing && process_ != getpid())
        return -misused(call, not_initialized, process_ ? "in a forked child" : "before cuInit");
    if (captured && std::count(std::begin(not_captured), std::end(not_captured), call.function))
        return -misused(call, capture_unsupported, "while a stream is captured");
    const bool counts =
        failing_ == call.function || (failing_.empty() && call.function != "cuGetErrorString");
    return counts && failing_in_ > 0 && --failing_in_ == 0 ? failure_ : 0;
}

int State::misused(const Call& call, Result result, const std::string& how) {
    misuses_.push_back(std::string(call.function) + ": " + how);
    return result;
}

int State::initialize(unsigned flags) {
    if (flags != 0) return invalid_value;
    if (devices.empty()) return no_device;
    process_ = getpid();
    return success;
}

Handle State::current() const {
    return thread_stack.empty() ? nullptr : thread_stack.back();
}

// The legacy default stream and that of the thread have handles of their own, too.
bool State::is_default_stream(Handle stream) {
    return reinterpret_cast<uintptr_t>(stream) <= 2;
}

int State::check_stream(const Call& call) {
    if (!call.context) return misused(call, invalid_context, "without a context");
    if (is_default_stream(call.stream)) return success;
    const auto stream = streams.find(call.stream);
    if (stream == streams.end()) return invalid_handle;
    if (stream->second.destroyed) return misused(call, invalid_handle, "on a stream that was destroyed");
    if (stream->second.context != call.context)
        return misused(call, invalid_handle, "on a stream of another context");
    return success;
}

Device* State::device(int number) {
    const int index = number - first_number;
    return index < 0 || index >= int(devices.size()) ? nullptr : &devices[index];
}

Handle State::primary(int index) {
    Device& d = devices[index];
    if (!d.primary) d.primary = add(contexts, fresh_context(index));
    return d.primary;
}

void State::set_devices(const std::vector<DeviceProperties>& properties) {
    const std::lock_guard lock(mutex_);
    devices.clear();
    for (const DeviceProperties& p : properties) devices.push_back({p});
}

void State::set_memory(int index, uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    devices[index].properties.memory_bytes = bytes;
}

void State::fail(const std::string& function, int which, int result) {
    const std::lock_guard lock(mutex_);
    failing_ = function, failing_in_ = which, failure_ = result;
}

bool State::failed() const {
    const std::lock_guard lock(mutex_);
    return failure_ != 0 && failing_in_ == 0;
}

std::vector<Call> State::take_calls() {
    const std::lock_guard lock(mutex_);
    return std::exchange(calls_, {});
}

std::vector<std::string> State::take_misuses() {
    const std::lock_guard lock(mutex_);
    return std::exchange(misuses_, {});
}

Handle State::primary_context(int index) const {
    const std::lock_guard lock(mutex_);
    return devices[index].primary;
}

Handle State::create_context(int index) {
    const std::lock_guard lock(mutex_);
    const Context created = fresh_context(index);
    if (!free_context_) return add(contexts, created);
    const Handle handle = std::exchange(free_context_, nullptr);
    contexts[handle] = created;
    return handle;
}

void State::destroy_context(Handle context) {
    free_all(context);
    const std::lock_guard lock(mutex_);
    for (auto& [handle, stream] : streams) stream.destroyed |= stream.context == context;
    std::erase_if(kernels, [&](const auto& k) { return modules.at(k.second.module).context == context; });
    std::erase_if(modules, [&](const auto& m) { return m.second.context == context; });
    contexts.erase(context);
    free_context_ = context;
}

Handle State::create_stream(Handle context) {
    const std::lock_guard lock(mutex_);
    return add(streams, Stream{context});
}

void State::destroy_stream(Handle stream) {
    const std::lock_guard lock(mutex_);
    streams.at(stream).destroyed = true;
}

std::vector<Handle> State::stack() const {
    return thread_stack;
}

void State::set_stack(const std::vector<Handle>& contexts_of_thread) {
    thread_stack = contexts_of_thread;
}

}  // namespace standin

standin::Driver* standin_driver() {
    return &standin::State::get();
}
