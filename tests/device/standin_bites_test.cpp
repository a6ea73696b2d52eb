// The tests' own tool: the stand-in sees every misuse that the tests of drivers rely on it to see.
#include <dlfcn.h>

#include "standin_test.h"

namespace lcn_test {

namespace {

using standin::Handle;

constexpr const char* ptx =
    "//\n.version 6.3\n.target sm_75\n"
    ".visible .entry kernel(\n\t.param .u64 .ptr .align 1 kernel_param_0,\n\t.param .u32 "
    "kernel_param_1\n)\n{}\n";

// Calls the driver as lcn does, in a context of device 0.
class StandinBites : public StandinTest {
  protected:
    void SetUp() override {
        StandinTest::SetUp();
        if (HasFatalFailure()) return;
        library_ = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
        EXPECT_EQ(call<int(unsigned)>("cuInit")(0), 0);
        context = driver->create_context(0);
        driver->set_stack({context});
    }
    void TearDown() override {
        driver->set_stack({});
        driver->free_all(context);
        StandinTest::TearDown();
    }

    template <typename Function>
    Function* call(const char* name) {
        return reinterpret_cast<Function*>(dlsym(library_, name));
    }
    unsigned long long memory(size_t bytes) {
        unsigned long long address = 0;
        EXPECT_EQ((call<int(unsigned long long*, size_t)>("cuMemAlloc_v2")(&address, bytes)), 0);
        return address;
    }
    int copy(unsigned long long to, size_t bytes, Handle stream = nullptr) {
        const std::vector<char> host(bytes);
        return call<int(unsigned long long, const void*, size_t, Handle)>("cuMemcpyHtoDAsync_v2")(
            to, host.data(), bytes, stream);
    }
    int free(unsigned long long address) { return call<int(unsigned long long)>("cuMemFree_v2")(address); }
    void* kernel() {
        void *module = nullptr, *function = nullptr;
        EXPECT_EQ((call<int(void**, const void*)>("cuModuleLoadData")(&module, ptx)), 0);
        EXPECT_EQ((call<int(void**, void*, const char*)>("cuModuleGetFunction")(&function, module, "kernel")),
                  0);
        return function;
    }
    int launch(void* function, uint64_t address, standin::Size blocks, standin::Size threads = {32, 1, 1},
               unsigned shared_bytes = 0) {
        int number = 7;
        void* arguments[] = {&address, &number};
        using U = unsigned;
        return call<int(void*, U, U, U, U, U, U, U, void*, void**, void**)>("cuLaunchKernel")(
            function, blocks.x, blocks.y, blocks.z, threads.x, threads.y, threads.z, shared_bytes, nullptr,
            arguments, nullptr);
    }
    // The call before failed, and this was noted.
    void expect_misuse(int result, const std::string& how) {
        EXPECT_NE(result, 0) << how;
        const std::vector<std::string> misuses = driver->take_misuses();
        ASSERT_EQ(misuses.size(), 1u) << how;
        EXPECT_NE(misuses[0].find(how), std::string::npos) << misuses[0];
    }

    Handle context = nullptr;

  private:
    void* library_ = nullptr;
};

TEST_F(StandinBites, at_memory) {
    const unsigned long long before = memory(64), block = memory(64);
    EXPECT_EQ(copy(block, 64), 0);
    EXPECT_EQ(copy(block + 60, 4), 0);
    expect_misuse(copy(block, 65), "beyond the end");
    expect_misuse(copy(block + 64, 1), "beyond the end");
    expect_misuse(copy(block - 1, 1), "beyond");
    expect_misuse(copy(16, 1), "no memory");
    expect_misuse(free(block + 4), "no block");
    EXPECT_EQ(driver->blocks().size(), 2u);
    EXPECT_EQ(free(block), 0);
    EXPECT_EQ(driver->blocks().size(), 1u);
    expect_misuse(free(block), "freed before");
    expect_misuse(copy(block, 4), "freed");
    EXPECT_NE(memory(64), block);
    EXPECT_EQ(free(before), 0);
}

TEST_F(StandinBites, at_contexts) {
    const unsigned long long block = memory(64);
    void* popped = nullptr;
    const Handle other = driver->create_context(0);
    driver->set_stack({other});
    expect_misuse(copy(block, 4), "another context");
    expect_misuse(free(block), "memory of another context");
    expect_misuse(copy(block, 4, driver->create_stream(context)), "stream of another context");
    driver->set_stack({});
    expect_misuse(copy(block, 4), "without a context");
    expect_misuse(free(block), "without a context");
    expect_misuse(call<int(void**)>("cuCtxPopCurrent_v2")(&popped), "no context");
    expect_misuse(call<int(Handle)>("cuCtxPushCurrent_v2")(nullptr), "no context");
}

TEST_F(StandinBites, at_streams) {
    const unsigned long long block = memory(64);
    const Handle stream = driver->create_stream(context);
    EXPECT_EQ(copy(block, 4, stream), 0);
    driver->destroy_stream(stream);
    expect_misuse(copy(block, 4, stream), "stream that was destroyed");
    void* its_context = nullptr;
    expect_misuse(call<int(Handle, void**)>("cuStreamGetCtx")(stream, &its_context), "destroyed");
}

TEST_F(StandinBites, at_launches) {
    const unsigned long long block = memory(64);
    void* const function = kernel();
    driver->take_calls();
    EXPECT_EQ(launch(function, block + 60, {5, 4, 3}), 0);
    const standin::Call call = driver->take_calls().at(0);
    EXPECT_EQ(call.blocks, (standin::Size{5, 4, 3}));
    EXPECT_EQ(call.addresses, std::vector<uint64_t>{block + 60});
    EXPECT_EQ(call.values, std::vector<uint64_t>{7});
    expect_misuse(launch(function, block, {1, 65536, 1}), "too many blocks");
    expect_misuse(launch(function, block, {1, 1, 65536}), "too many blocks");
    expect_misuse(launch(function, block, {0, 1, 1}), "no threads");
    expect_misuse(launch(function, block, {1, 1, 1}, {1025, 1, 1}), "too many threads");
    expect_misuse(launch(function, block, {1, 1, 1}, {32, 33, 1}), "too many threads");
    expect_misuse(launch(function, block, {1, 1, 1}, {32, 1, 1}, 48 * 1024 + 1), "shared memory");
    expect_misuse(launch(function, block + 64, {1, 1, 1}), "beyond the end");
    expect_misuse(launch(nullptr, block, {1, 1, 1}), "no function");
    driver->set_stack({driver->create_context(0)});
    expect_misuse(launch(function, block, {1, 1, 1}), "function of another context");
}

TEST_F(StandinBites, at_what_cannot_be_captured) {
    const Handle stream = driver->create_stream(context);
    unsigned long long address = memory(64);
    void* graph = nullptr;
    const auto synchronize = call<int(Handle)>("cuStreamSynchronize");
    ASSERT_EQ((call<int(Handle, int)>("cuStreamBeginCapture_v2")(stream, 0)), 0);
    expect_misuse(synchronize(stream), "captured");
    expect_misuse(free(address), "captured");
    expect_misuse(call<int(unsigned long long*, size_t)>("cuMemAlloc_v2")(&address, 4), "captured");
    EXPECT_EQ((call<int(Handle, void**)>("cuStreamEndCapture")(stream, &graph)), 0);
    EXPECT_EQ(synchronize(stream), 0);
    expect_misuse(call<int(Handle, void**)>("cuStreamEndCapture")(stream, &graph), "not captured");
}

TEST_F(StandinBites, at_code) {
    void* module = nullptr;
    auto load = call<int(void**, const void*)>("cuModuleLoadData");
    expect_misuse(load(&module, "nothing"), "no PTX");
    ASSERT_EQ(load(&module, ptx), 0);
    void* function = nullptr;
    expect_misuse(call<int(void**, void*, const char*)>("cuModuleGetFunction")(&function, module, "colonel"),
                  "no such kernel");
    auto constant = call<int(unsigned long long*, size_t*, void*, const char*)>("cuModuleGetGlobal_v2");
    unsigned long long address = 0;
    expect_misuse(constant(&address, nullptr, module, "kernel"), "no such constant");
    ASSERT_EQ(load(&module, ".target sm_75\n.visible .global .align 4 .f32 two = 0f40000000;\n"), 0);
    ASSERT_EQ(constant(&address, nullptr, module, "two"), 0);
    const std::vector<char> two = driver->read(address, 4);
    EXPECT_EQ(std::string(two.begin(), two.end()), std::string("\0\0\0\x40", 4));
    expect_misuse(free(address), "memory of a module");
    driver->set_stack({driver->create_context(2)});
    EXPECT_EQ(load(&module, ptx), 209);  // the device has capability 7.0
}

TEST_F(StandinBites, when_it_is_told_to_fail) {
    driver->fail("cuMemAlloc_v2", 2, 2);
    unsigned long long first = memory(4), second = 77;
    EXPECT_FALSE(driver->failed());
    auto allocate = call<int(unsigned long long*, size_t)>("cuMemAlloc_v2");
    EXPECT_EQ(allocate(&second, 4), 2);
    EXPECT_EQ(second, 77u);
    EXPECT_TRUE(driver->failed());
    EXPECT_EQ(allocate(&second, 4), 0);
    driver->fail("", 1, 999);
    EXPECT_EQ(free(first), 999);
    EXPECT_EQ(driver->blocks().size(), 1u);
}

}  // namespace

}  // namespace lcn_test
