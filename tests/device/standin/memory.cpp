#include <cstring>

#include "state.h"

namespace standin {

int State::allocate(uint64_t bytes, uint64_t& address) {
    const Handle context = current();
    Device& d = devices[contexts[context].device];
    if (bytes > d.properties.memory_bytes - d.used) return out_of_memory;
    constexpr uint64_t alignment = 512;
    address = next_address_ += alignment;  // a gap, so that what lies beyond a block is in none
    next_address_ += (bytes + alignment - 1) / alignment * alignment;
    memory_[address] = {context, std::vector<char>(bytes, char(0xFF)), false};
    d.used += bytes;
    return success;
}

int State::free(const Call& call) {
    if (!call.context) return misused(call, invalid_context, "without a context");
    const auto block = memory_.find(call.address);
    if (block == memory_.end()) return misused(call, invalid_value, "no block begins there");
    if (block->second.of_module) return misused(call, invalid_value, "memory of a module");
    if (block->second.freed) return misused(call, invalid_value, "freed before");
    if (block->second.context != call.context)
        return misused(call, invalid_value, "memory of another context");
    give_back(block->second);
    return success;
}

int State::place_constants(Module& module) {
    for (const auto& [name, bits] : module.ptx.constants) {
        uint64_t& address = module.constants[name];
        if (const int result = allocate(sizeof bits, address)) return result;
        memory_[address].of_module = true;
        std::memcpy(memory_[address].bytes.data(), &bits, sizeof bits);
    }
    return success;
}

void State::give_back(Memory& memory) {
    devices[contexts[memory.context].device].used -= memory.bytes.size();
    memory.bytes = {};
    memory.freed = true;
}

void State::free_all(Handle context) {
    const std::lock_guard lock(mutex_);
    for (auto& [address, memory] : memory_)
        if (memory.context == context && !memory.freed) give_back(memory);
}

char* State::bytes_at(const Call& call, uint64_t address, uint64_t bytes) {
    auto block = memory_.upper_bound(address);
    const char* how = nullptr;
    if (block == memory_.begin())
        how = "no memory of a device";
    else if ((--block)->second.freed)
        how = "memory that was freed, or beyond it";
    else if (address - block->first + bytes > block->second.bytes.size())
        how = "beyond the end of a block";
    else if (block->second.context != call.context)
        how = "memory of another context";
    if (how) misused(call, invalid_value, how);
    return how ? nullptr : block->second.bytes.data() + (address - block->first);
}

std::vector<Block> State::blocks() const {
    const std::lock_guard lock(mutex_);
    std::vector<Block> all;
    for (const auto& [address, memory] : memory_)
        if (!memory.freed && !memory.of_module) all.push_back({address, memory.bytes.size(), memory.context});
    return all;
}

std::vector<char> State::read(uint64_t address, uint64_t bytes) const {
    const std::lock_guard lock(mutex_);
    auto block = memory_.upper_bound(address);
    if (block == memory_.begin() || (--block)->second.freed) return {};
    const std::vector<char>& all = block->second.bytes;
    const uint64_t first = address - block->first;
    if (first + bytes > all.size()) return {};
    return std::vector<char>(all.begin() + first, all.begin() + first + bytes);
}

}  // namespace standin
