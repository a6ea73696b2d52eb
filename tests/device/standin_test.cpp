#include "standin_test.h"

#include <dlfcn.h>

namespace lcn_test {

standin::Driver* find_standin() {
    void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    void* const function = library ? dlsym(library, "standin_driver") : nullptr;
    return function ? reinterpret_cast<standin::Driver* (*)()>(function)() : nullptr;
}

void StandinTest::SetUp() {
    driver = find_standin();
    ASSERT_TRUE(driver) << "libcuda.so.1 is not the stand-in";
    driver->fail("", 0, 0);
    set_stack({});
    for (int device : {0, 1}) {
        const lcn::Status opened = lcn::synchronize({"cuda", device});
        ASSERT_TRUE(opened.ok()) << opened.message;
    }
    driver->take_calls();
    driver->take_misuses();
}

void StandinTest::TearDown() {
    if (driver) expect_clean();
}

void StandinTest::set_stack(const std::vector<standin::Handle>& contexts) {
    stack_ = contexts;
    driver->set_stack(contexts);
}

void StandinTest::expect_clean() const {
    for (const std::string& misuse : driver->take_misuses()) ADD_FAILURE() << misuse;
    EXPECT_EQ(driver->stack(), stack_);
    for (const standin::Block& block : driver->blocks()) ADD_FAILURE() << block.bytes << " bytes are left";
}

lcn::Queue StandinTest::fresh_queue(int device) const {
    const standin::Handle stream = driver->create_stream(driver->create_context(device));
    return {"cuda", device, const_cast<void*>(stream)};
}

Calls calls_of(const Calls& calls, const std::string& function) {
    Calls found;
    for (const standin::Call& call : calls)
        if (call.function == function) found.push_back(call);
    return found;
}

bool is_of_contexts(const standin::Call& call) {
    for (const char* function : {"cuCtxGetCurrent", "cuCtxGetDevice", "cuStreamGetCtx", "cuCtxPushCurrent_v2",
                                 "cuCtxPopCurrent_v2", "cuCtxGetId"})
        if (call.function == function) return true;
    return false;
}

Case whole_case() {
    Case c{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, false}};
    c.bias = c.before = true;
    c.activation.function = lcn::Function::tanh;
    return c;
}

}  // namespace lcn_test
