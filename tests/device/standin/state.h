// What the stand-in knows.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "driver.h"
#include "ptx.h"

namespace standin {

// CUresult. Those that lcn is to tell apart, and what misuse is answered with.
enum Result {
    success = 0,
    invalid_value = 1,
    out_of_memory = 2,
    not_initialized = 3,
    no_device = 100,
    invalid_device = 101,
    invalid_image = 200,
    invalid_context = 201,
    no_binary_for_device = 209,
    invalid_handle = 400,
    not_found = 500,
    capture_unsupported = 900,
};

struct Device {
    DeviceProperties properties;
    Handle primary = nullptr;
    uint64_t used = 0;
};
struct Context {
    int device;
    uint64_t id;
};
struct Stream {
    Handle context;
    bool destroyed = false;
};
struct Module {
    Handle context;
    Ptx ptx;
    std::map<std::string, uint64_t> constants = {};  // their addresses
};
struct Function {
    Handle module;
    std::string name;
};
struct Graph {};
struct Memory {
    Handle context;
    std::vector<char> bytes;
    bool freed, of_module = false;
};

class State final : public Driver {
  public:
    static State& get();

    // Runs `body(call)`, which returns the result of a call, unless it is to fail; keeps the call.
    template <typename Body>
    int call(Call call, Body&& body, bool gives_back = false) {
        const Watched watched(watcher_);
        const std::lock_guard lock(mutex_);
        call.context = current();
        const int failure = next_failure(call);
        const int result = failure == 0 || (gives_back && failure > 0) ? body(call) : success;
        call.result = failure != 0 ? std::abs(failure) : result;
        calls_.push_back(call);
        return call.result;
    }
    // For the bodies.
    int misused(const Call& call, Result result, const std::string& how);
    int initialize(unsigned flags);
    int check_stream(const Call& call);  // usable in the current context
    Handle current() const;
    Handle primary(int device);
    int allocate(uint64_t bytes, uint64_t& address);
    int free(const Call& call);
    int place_constants(Module& module);  // in the current context
    // The bytes at an address that the current context may use; null, and a misuse, when they are not all of
    // one block.
    char* bytes_at(const Call& call, uint64_t address, uint64_t bytes);
    static bool is_default_stream(Handle stream);
    Device* device(int number);  // null: there is none
    int number_of(int device) const { return device + first_number; }

    void set_devices(const std::vector<DeviceProperties>& devices) override;
    void set_memory(int device, uint64_t bytes) override;
    void fail(const std::string& function, int which, int result) override;
    bool failed() const override;
    void watch(void (*watcher)(bool inside)) override { watcher_ = watcher; }
    std::vector<Call> take_calls() override;
    std::vector<std::string> take_misuses() override;
    std::vector<Block> blocks() const override;
    std::vector<char> read(uint64_t address, uint64_t bytes) const override;
    void free_all(Handle context) override;
    Handle primary_context(int device) const override;
    Handle create_context(int device) override;
    void destroy_context(Handle context) override;
    Handle create_stream(Handle context) override;
    void destroy_stream(Handle stream) override;
    std::vector<Handle> stack() const override;
    void set_stack(const std::vector<Handle>& contexts) override;

    template <typename Object>
    Handle add(std::map<Handle, Object>& objects, const Object& object) {
        const Handle handle = reinterpret_cast<Handle>(next_handle_ += 16);
        objects[handle] = object;
        return handle;
    }

    std::vector<Device> devices;
    std::map<Handle, Context> contexts;
    Context fresh_context(int index) { return {index, next_id_++}; }
    std::map<Handle, Stream> streams;
    std::map<Handle, Module> modules;
    std::map<Handle, Function> kernels;
    std::map<Handle, Graph> graphs;
    Handle captured = nullptr;  // the stream whose work goes into a graph

  private:
    struct Watched {
        explicit Watched(void (*watcher)(bool)) : watcher_(watcher) {
            if (watcher_) watcher_(true);
        }
        ~Watched() {
            if (watcher_) watcher_(false);
        }
        void (*const watcher_)(bool);
    };

    static constexpr int first_number = 100;  // of a device, so that it is not taken for an index

    State();
    void give_back(Memory& memory);
    // 0: the call does not fail; above 0: it fails with this, as a test asked for; below: it cannot be made.
    int next_failure(const Call& call);

    std::atomic<void (*)(bool)> watcher_{nullptr};
    mutable std::mutex mutex_;
    std::map<uint64_t, Memory> memory_;
    uintptr_t next_handle_ = uintptr_t(0xbad) << 48;  // no address of a processor
    uint64_t next_id_ = 1;
    Handle free_context_ = nullptr;  // of the context that was destroyed last
    uint64_t next_address_ = uint64_t(0xd) << 48;
    int64_t process_ = 0;  // that called cuInit; 0: none did
    std::string failing_;
    int failing_in_ = 0, failure_ = 0;
    std::vector<Call> calls_;
    std::vector<std::string> misuses_;
};

}  // namespace standin
