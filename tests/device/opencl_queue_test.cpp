// Passes on the memory and the command queues of OpenCL, lcn's own and the caller's.
#include <dlfcn.h>

#include <thread>

#include "device_tensors.h"
#include "every_call.h"
#include "support/gates.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;
using lcn::Queue;

// What a program has that uses OpenCL itself: a context and a queue. Types and values are those of CL/cl.h.
class Program {
  public:
    using Handle = void*;
    static constexpr uint64_t out_of_order = 1, any_type = 0xFFFFFFFF, read_write = 1;

    explicit Program(uint64_t properties = 0) : library_(dlopen("libOpenCL.so.1", RTLD_NOW)) {
        Handle platform = nullptr;
        uint32_t count = 0;
        int32_t failed = 0;
        if (!library_ || call<int32_t(uint32_t, Handle*, uint32_t*)>("clGetPlatformIDs")(1, &platform, &count))
            return;
        call<int32_t(Handle, uint64_t, uint32_t, Handle*, uint32_t*)>("clGetDeviceIDs")(platform, any_type, 1,
                                                                                         &device_, nullptr);
        context_ = call<Handle(const intptr_t*, uint32_t, const Handle*, void*, void*, int32_t*)>(
            "clCreateContext")(nullptr, 1, &device_, nullptr, nullptr, &failed);
        queue_ = call<Handle(Handle, Handle, uint64_t, int32_t*)>("clCreateCommandQueue")(context_, device_,
                                                                                       properties, &failed);
        EXPECT_EQ(failed, 0);
    }
    ~Program() {
        if (queue_) call<int32_t(Handle)>("clReleaseCommandQueue")(queue_);
        if (context_) call<int32_t(Handle)>("clReleaseContext")(context_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    Queue queue() const { return {"opencl", 0, queue_}; }
    Handle context() const { return context_; }

    Handle buffer(int64_t elements) {
        int32_t failed = 0;
        const Handle memory = call<Handle(Handle, uint64_t, size_t, void*, int32_t*)>("clCreateBuffer")(
            context_, read_write, size_t(elements) * 4, nullptr, &failed);
        EXPECT_EQ(failed, 0);
        return memory;
    }
    void write(Handle memory, const Floats& values) {
        EXPECT_EQ(write_or_read<const void*>("clEnqueueWriteBuffer", memory, values.data(), values.size()), 0);
    }
    Floats read(Handle memory, int64_t elements) {
        Floats values(elements);
        EXPECT_EQ(write_or_read<void*>("clEnqueueReadBuffer", memory, values.data(), values.size()), 0);
        return values;
    }
    void release(Handle memory) { call<int32_t(Handle)>("clReleaseMemObject")(memory); }
    Handle context_of(Handle memory) {
        constexpr uint32_t context_of_memory = 0x1106;  // CL_MEM_CONTEXT
        Handle context = nullptr;
        EXPECT_EQ((call<int32_t(Handle, uint32_t, size_t, void*, size_t*)>("clGetMemObjectInfo")(
                      memory, context_of_memory, sizeof context, &context, nullptr)),
                  0);
        return context;
    }

  private:
    template <typename Function>
    Function* call(const char* name) {
        return reinterpret_cast<Function*>(dlsym(library_, name));
    }
    template <typename Host>
    int32_t write_or_read(const char* name, Handle memory, Host host, size_t elements) {
        constexpr uint32_t blocking = 1;
        return call<int32_t(Handle, Handle, uint32_t, size_t, size_t, Host, uint32_t, const Handle*, Handle*)>(
            name)(queue_, memory, blocking, 0, elements * 4, host, 0, nullptr, nullptr);
    }

    void* library_;
    Handle device_ = nullptr, context_ = nullptr, queue_ = nullptr;
};

Case with_relu(int64_t batch) {
    Case c{{batch, 6, 7, 5, 20, 3, 3, 1, 1, true, false}};
    c.bias = c.before = true;
    c.activation.function = lcn::Function::relu;
    return c;
}

class OpenclQueue : public testing::Test {
  protected:
    void SetUp() override {
        const lcn::Status status = lcn::synchronize({"opencl"});
        if (status.code == Code::unusable_target) GTEST_SKIP() << status.message;
        ASSERT_TRUE(status.ok()) << status.message;
    }

    // As a call on tensors of the host has them.
    static Results of_host(Operation operation, const Case& c, const Operands& operands) {
        EXPECT_TRUE(lcn::set_target("opencl").ok());
        const Results results = run(operation, c, operands);
        lcn::set_target(nullptr);
        return results;
    }
    static void expect_same_bits(const Queue& queue, Case c) {
        Random random(5);
        const Operands operands = real_operands(c.layer, random);
        for (bool accumulate : {false, true}) {
            c.accumulate = accumulate;
            const DeviceTensors tensors(queue, c, operands);
            for (Operation operation : operations) {
                const lcn::Status status = tensors.run(operation);
                ASSERT_TRUE(status.ok()) << status.message;
                const Results expected = of_host(operation, c, operands), actual = tensors.results(operation);
                ASSERT_EQ(actual.size(), expected.size());
                for (size_t k = 0; k < actual.size(); k++)
                    EXPECT_TRUE(identical(expected[k], actual[k])) << name_of(operation) << " " << k;
            }
        }
    }
};

TEST_F(OpenclQueue, of_lcn_gives_the_bits_of_calls_on_tensors_of_the_host) {
    for (int64_t batch : {1, 9}) expect_same_bits({"opencl"}, with_relu(batch));
}

TEST_F(OpenclQueue, of_the_caller_gives_the_same_bits) {
    const Program program;
    expect_same_bits(program.queue(), with_relu(9));
}

TEST_F(OpenclQueue, activation_gradient_has_the_same_bits) {
    const Case c = with_relu(9);
    Random random(6);
    const Operands operands = real_operands(c.layer, random);
    const DeviceTensors tensors({"opencl"}, c, operands);
    ASSERT_TRUE(tensors.run(Operation::forward).ok());
    ASSERT_TRUE(tensors.activation_gradient().ok());
    const Floats before = tensors.results(Operation::forward)[1];
    ASSERT_TRUE(lcn::set_target("opencl").ok());
    const Floats expected = activation_gradient(c.activation, before, operands.output_gradient);
    lcn::set_target(nullptr);
    EXPECT_TRUE(identical(expected, tensors.results(Operation::forward)[0]));
}

// Memory, queue and context are the caller's, who goes on to use them.
TEST_F(OpenclQueue, of_the_caller_works_on_the_callers_memory) {
    const Case c = with_relu(2);
    Random random(7);
    const Operands o = integer_operands(c.layer, random);
    Program program;
    void* const x = program.buffer(c.layer.input_size());
    void* const w = program.buffer(c.layer.kernel_size());
    void* const b = program.buffer(c.layer.bias_size());
    void* const y = program.buffer(c.layer.output_size());
    program.write(x, o.input), program.write(w, o.kernel), program.write(b, o.bias);
    auto name = [](void* memory) { return reinterpret_cast<lcn::DeviceMemory>(memory); };
    lcn::Problem p = problem_of(c);
    p.activation = {};
    const lcn::Status status = lcn::forward(program.queue(), p, name(x), name(w), name(b), name(y), 0);
    ASSERT_TRUE(status.ok()) << status.message;
    const std::vector<reference::Sums> expected = expected_results(Operation::forward, c, o);
    EXPECT_TRUE(exact(expected[0], program.read(y, c.layer.output_size())));
    for (void* memory : {x, w, b, y}) program.release(memory);
}

TEST_F(OpenclQueue, decides_where_memory_is) {
    Program program;
    lcn::DeviceBuffer callers(program.queue()), own({"opencl"});
    ASSERT_TRUE(callers.allocate(64).ok());
    ASSERT_TRUE(own.allocate(64).ok());
    EXPECT_EQ(program.context_of(reinterpret_cast<void*>(callers.memory())), program.context());
    EXPECT_NE(program.context_of(reinterpret_cast<void*>(own.memory())), program.context());
}

TEST_F(OpenclQueue, that_runs_out_of_order_is_refused) {
    const Program program(Program::out_of_order);
    for (const CallStatus& c : every_call(program.queue())) {
        EXPECT_EQ(c.status.code, Code::invalid_argument) << c.call << ": " << c.status.message;
        EXPECT_NE(std::string(c.status.message).find("queue.stream"), std::string::npos) << c.status.message;
    }
}

// Each queue belongs to another context, in which code is to be loaded anew.
TEST_F(OpenclQueue, several_do_not_mix_in_several_threads) {
    const Program first, second;
    const Case c = with_relu(9);
    Random random(8);
    const Operands operands = integer_operands(c.layer, random);
    std::vector<Results> expected, actual[3];
    for (Operation operation : operations) expected.push_back(of_host(operation, c, operands));
    std::vector<std::thread> threads;
    const Queue queues[] = {{"opencl"}, first.queue(), second.queue()};
    for (int t = 0; t < 3; t++)
        threads.emplace_back([&, t] {
            for (int turn = 0; turn < 5; turn++) {
                const DeviceTensors tensors(queues[t], c, operands);
                actual[t].clear();
                for (Operation operation : operations) {
                    EXPECT_TRUE(tensors.run(operation).ok());
                    actual[t].push_back(tensors.results(operation));
                }
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<Results>& of_thread : actual) EXPECT_TRUE(of_thread == expected);
}

}  // namespace

}  // namespace lcn_test
