// The functions of the driver, as cuda.h declares them: devices, contexts, streams and memory.
#include <algorithm>
#include <cstring>

#include "state.h"

using namespace standin;

#define STANDIN_EXPORT extern "C" __attribute__((visibility("default"), used)) int

namespace {

State& state = State::get();

Call named(const char* function) {
    Call call;
    call.function = function;
    return call;
}

Call of_memory(const char* function, uint64_t address, uint64_t bytes, void* stream = nullptr) {
    Call call = named(function);
    call.address = address, call.bytes = bytes, call.stream = stream;
    return call;
}

// Runs body(device) for the device of this number.
template <typename Body>
int of_device(const char* function, int number, Body&& body) {
    return state.call(named(function), [&](const Call& call) {
        Device* const device = state.device(number);
        return device ? body(*device) : state.misused(call, invalid_device, "no number of a device");
    });
}

int copy(const Call& call, void* host_to, const void* host_from) {
    if (const int result = state.check_stream(call)) return result;
    char* const bytes = state.bytes_at(call, call.address, call.bytes);
    if (!bytes) return invalid_value;
    if (host_from) std::memcpy(bytes, host_from, call.bytes);
    if (host_to) std::memcpy(host_to, bytes, call.bytes);
    return success;
}

}  // namespace

STANDIN_EXPORT cuInit(unsigned flags) {
    return state.call(named("cuInit"), [&](const Call&) { return state.initialize(flags); });
}

STANDIN_EXPORT cuGetErrorString(int result, const char** text) {
    static const std::pair<int, const char*> texts[] = {
        {success, "no error"},
        {invalid_value, "invalid argument"},
        {out_of_memory, "out of memory"},
        {not_initialized, "initialization error"},
        {no_device, "no CUDA-capable device is detected"},
        {invalid_context, "invalid device context"},
        {invalid_handle, "invalid resource handle"},
        {700, "an illegal memory access was encountered"},
        {803, "system has unsupported display driver / cuda driver combination"},
        {999, "unknown error"}};
    return state.call(named("cuGetErrorString"), [&](const Call&) {
        for (const auto& [code, words] : texts)
            if (code == result) return *text = words, success;
        return *text = nullptr, invalid_value;
    });
}

STANDIN_EXPORT cuDeviceGetCount(int* count) {
    return state.call(named("cuDeviceGetCount"), [&](const Call&) {
        *count = int(state.devices.size());
        return success;
    });
}

STANDIN_EXPORT cuDeviceGet(int* device, int index) {
    return state.call(named("cuDeviceGet"), [&](const Call& call) {
        if (!state.device(state.number_of(index)))
            return state.misused(call, invalid_device, "no such index");
        *device = state.number_of(index);
        return int(success);
    });
}

STANDIN_EXPORT cuDeviceGetAttribute(int* value, int attribute, int device) {
    constexpr int capability_major = 75, capability_minor = 76;
    return state.call(named("cuDeviceGetAttribute"), [&](const Call& call) {
        const Device* const d = state.device(device);
        if (!d) return state.misused(call, invalid_device, "no number of a device");
        const int capability = d->properties.compute_capability;
        if (attribute != capability_major && attribute != capability_minor)
            return state.misused(call, invalid_value, "an attribute that the stand-in does not have");
        *value = attribute == capability_major ? capability / 10 : capability % 10;
        return int(success);
    });
}

STANDIN_EXPORT cuDeviceGetName(char* name, int bytes, int device) {
    return of_device("cuDeviceGetName", device, [&](Device& d) {
        const size_t length = std::min(d.properties.name.size(), size_t(bytes) - 1);
        std::memcpy(name, d.properties.name.data(), length);
        name[length] = 0;
        return success;
    });
}

STANDIN_EXPORT cuDeviceTotalMem_v2(size_t* bytes, int device) {
    return of_device("cuDeviceTotalMem_v2", device, [&](Device& d) {
        *bytes = d.properties.memory_bytes;
        return success;
    });
}

STANDIN_EXPORT cuDevicePrimaryCtxRetain(void** context, int device) {
    return of_device("cuDevicePrimaryCtxRetain", device, [&](Device& d) {
        *context = const_cast<void*>(state.primary(int(&d - state.devices.data())));
        return success;
    });
}

STANDIN_EXPORT cuCtxGetCurrent(void** context) {
    return state.call(named("cuCtxGetCurrent"), [&](const Call& call) {
        *context = const_cast<void*>(call.context);
        return success;
    });
}

STANDIN_EXPORT cuCtxGetDevice(int* device) {
    return state.call(named("cuCtxGetDevice"), [&](const Call& call) {
        if (!call.context) return state.misused(call, invalid_context, "without a context");
        *device = state.number_of(state.contexts[call.context].device);
        return int(success);
    });
}

STANDIN_EXPORT cuCtxGetId(void* context, unsigned long long* id) {
    return state.call(named("cuCtxGetId"), [&](const Call& call) {
        const auto found = state.contexts.find(context);
        if (found == state.contexts.end()) return state.misused(call, invalid_context, "no context");
        *id = found->second.id;
        return int(success);
    });
}

STANDIN_EXPORT cuCtxPushCurrent_v2(void* context) {
    return state.call(named("cuCtxPushCurrent_v2"), [&](const Call& call) {
        if (!state.contexts.count(context)) return state.misused(call, invalid_context, "no context");
        std::vector<Handle> stack = state.stack();
        stack.push_back(context);
        state.set_stack(stack);
        return int(success);
    });
}

STANDIN_EXPORT cuCtxPopCurrent_v2(void** context) {
    return state.call(
        named("cuCtxPopCurrent_v2"),
        [&](const Call& call) {
            std::vector<Handle> stack = state.stack();
            if (stack.empty()) return state.misused(call, invalid_context, "no context is current");
            *context = const_cast<void*>(stack.back());
            stack.pop_back();
            state.set_stack(stack);
            return int(success);
        },
        true);
}

STANDIN_EXPORT cuStreamGetCtx(void* stream, void** context) {
    return state.call(of_memory("cuStreamGetCtx", 0, 0, stream), [&](const Call& call) {
        const auto found = state.streams.find(stream);
        if (found == state.streams.end()) return int(invalid_handle);
        if (found->second.destroyed)
            return state.misused(call, invalid_handle, "of a stream that was destroyed");
        *context = const_cast<void*>(found->second.context);
        return int(success);
    });
}

STANDIN_EXPORT cuStreamSynchronize(void* stream) {
    return state.call(of_memory("cuStreamSynchronize", 0, 0, stream),
                      [&](const Call& call) { return state.check_stream(call); });
}

STANDIN_EXPORT cuMemAlloc_v2(unsigned long long* address, size_t bytes) {
    return state.call(of_memory("cuMemAlloc_v2", 0, bytes), [&](Call& call) {
        if (!call.context) return state.misused(call, invalid_context, "without a context");
        if (bytes == 0) return state.misused(call, invalid_value, "no bytes");
        const int result = state.allocate(bytes, call.address);
        if (result == success) *address = call.address;
        return result;
    });
}

STANDIN_EXPORT cuMemFree_v2(unsigned long long address) {
    return state.call(
        of_memory("cuMemFree_v2", address, 0), [&](const Call& call) { return state.free(call); }, true);
}

STANDIN_EXPORT cuMemcpyHtoDAsync_v2(unsigned long long to, const void* from, size_t bytes, void* stream) {
    return state.call(of_memory("cuMemcpyHtoDAsync_v2", to, bytes, stream),
                      [&](const Call& call) { return copy(call, nullptr, from); });
}

STANDIN_EXPORT cuMemcpyDtoHAsync_v2(void* to, unsigned long long from, size_t bytes, void* stream) {
    return state.call(of_memory("cuMemcpyDtoHAsync_v2", from, bytes, stream),
                      [&](const Call& call) { return copy(call, to, nullptr); });
}
