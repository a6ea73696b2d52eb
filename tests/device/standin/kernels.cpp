// The functions of the driver, as cuda.h declares them: modules and kernels.
#include <cstring>

#include "state.h"

using namespace standin;

#define STANDIN_EXPORT extern "C" __attribute__((visibility("default"), used)) int

namespace {

State& state = State::get();

// What every device of capability 7.5 or more takes.
const char* beyond_the_limits(const Call& call) {
    const Size &b = call.blocks, &t = call.threads;
    if (b.x == 0 || b.y == 0 || b.z == 0 || t.x == 0 || t.y == 0 || t.z == 0) return "no threads";
    if (b.x > 0x7FFFFFFF || b.y > 65535 || b.z > 65535) return "too many blocks";
    if (t.x > 1024 || t.y > 1024 || t.z > 64 || uint64_t(t.x) * t.y * t.z > 1024) return "too many threads";
    if (call.shared_bytes > 48 * 1024) return "too much shared memory";
    return nullptr;
}

void read_arguments(const std::vector<Parameter>& parameters, void** arguments, Call& call) {
    for (size_t k = 0; k < parameters.size(); k++) {
        uint64_t value = 0;
        std::memcpy(&value, arguments[k], size_t(parameters[k].bytes));
        (parameters[k].is_pointer ? call.addresses : call.values).push_back(value);
    }
}

int launch(Call& call, const void* function, void** arguments) {
    const auto kernel = state.kernels.find(function);
    if (kernel == state.kernels.end()) return state.misused(call, invalid_handle, "no function");
    const Module& module = state.modules.at(kernel->second.module);
    call.kernel = kernel->second.name;
    read_arguments(module.ptx.entries.at(call.kernel), arguments, call);
    if (const int result = state.check_stream(call)) return result;
    if (module.context != call.context)
        return state.misused(call, invalid_handle, "a function of another context");
    if (const char* const how = beyond_the_limits(call)) return state.misused(call, invalid_value, how);
    for (const uint64_t address : call.addresses)
        if (!state.bytes_at(call, address, sizeof(float))) return 700;  // CUDA_ERROR_ILLEGAL_ADDRESS
    return success;
}

}  // namespace

STANDIN_EXPORT cuModuleLoadData(void** module, const void* image) {
    Call call;
    call.function = "cuModuleLoadData";
    return state.call(call, [&](const Call& c) {
        if (!c.context) return state.misused(c, invalid_context, "without a context");
        const Ptx ptx = parse_ptx(static_cast<const char*>(image));
        if (ptx.entries.empty() && ptx.constants.empty()) return state.misused(c, invalid_image, "no PTX");
        const Device& device = state.devices[state.contexts[c.context].device];
        if (ptx.target > device.properties.compute_capability) return int(no_binary_for_device);
        Module loaded{c.context, ptx};
        if (const int result = state.place_constants(loaded)) return result;
        *module = const_cast<void*>(state.add(state.modules, loaded));
        return int(success);
    });
}

STANDIN_EXPORT cuModuleGetFunction(void** function, void* module, const char* name) {
    Call call;
    call.function = "cuModuleGetFunction";
    return state.call(call, [&](Call& c) {
        c.kernel = name;
        const auto found = state.modules.find(module);
        if (found == state.modules.end()) return state.misused(c, invalid_handle, "no module");
        if (!found->second.ptx.entries.count(name)) return state.misused(c, not_found, "no such kernel");
        *function = const_cast<void*>(state.add(state.kernels, Function{module, name}));
        return int(success);
    });
}

STANDIN_EXPORT cuModuleGetGlobal_v2(unsigned long long* address, size_t* bytes, void* module,
                                    const char* name) {
    Call call;
    call.function = "cuModuleGetGlobal_v2";
    return state.call(call, [&](const Call& c) {
        const auto found = state.modules.find(module);
        if (found == state.modules.end()) return state.misused(c, invalid_handle, "no module");
        const auto constant = found->second.constants.find(name);
        if (constant == found->second.constants.end()) return state.misused(c, not_found, "no such constant");
        if (address) *address = constant->second;
        if (bytes) *bytes = sizeof(float);
        return int(success);
    });
}

STANDIN_EXPORT cuLaunchKernel(void* function, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z,
                              unsigned threads_x, unsigned threads_y, unsigned threads_z,
                              unsigned shared_bytes, void* stream, void** arguments, void** extra) {
    Call call;
    call.function = "cuLaunchKernel", call.stream = stream, call.shared_bytes = shared_bytes;
    call.blocks = {blocks_x, blocks_y, blocks_z}, call.threads = {threads_x, threads_y, threads_z};
    return state.call(call, [&](Call& c) {
        if (extra) return state.misused(c, invalid_value, "arguments in the other form");
        return launch(c, function, arguments);
    });
}
