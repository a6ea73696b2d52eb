// Passes on the memory and the command queues of OpenCL, lcn's own and the caller's.
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "device_tensors.h"
#include "every_call.h"
#include "lcn/kernels.h"
#include "opencl_program.h"
#include "queue_test.h"
#include "support/gates.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;

class OpenclQueue : public QueueTest {
  protected:
    OpenclQueue() : QueueTest("opencl") {}
};

// A process may block a signal in its own threads and wait for it in one place.
TEST_F(OpenclQueue, has_a_driver_whose_threads_take_no_signals_to_the_process) {
    expect_same_bits({"opencl"}, with_relu(1));  // all of its threads are there
    sigset_t one, before;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &one, &before);
    const timespec limit{10, 0};
    for (int k = 0; k < 100; k++) {
        kill(getpid(), SIGUSR1);
        ASSERT_EQ(sigtimedwait(&one, nullptr, &limit), SIGUSR1);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(OpenclQueue, of_lcn_gives_the_bits_of_calls_on_tensors_of_the_host) {
    for (int64_t batch : {1, 9}) expect_same_bits({"opencl"}, with_relu(batch));
}

TEST_F(OpenclQueue, of_the_caller_gives_the_same_bits) {
    const OpenclProgram program;
    expect_same_bits(program.queue(), with_relu(9));
}

TEST_F(OpenclQueue, activation_gradient_has_the_same_bits) {
    expect_same_activation_gradient({"opencl"});
}

// A cl_mem is no address: allocations begin on lines of 16 bytes, which kernels may read at once.
TEST_F(OpenclQueue, reads_four_elements_at_once) {
    const Case c{{9, 5, 5, 8, 16, 3, 3, 1, 1, false, false}};
    Random random(8);
    const DeviceTensors tensors({"opencl"}, c, integer_operands(c.layer, random));
    lcn::forget_kernels_ran();
    ASSERT_TRUE(tensors.run(Operation::forward).ok());
    const std::vector<std::string> symbols = symbols_ran();
    ASSERT_EQ(symbols.size(), 1u);
    EXPECT_NE(symbols[0].find("_aligned_rows_aligned"), std::string::npos) << symbols[0];
}

// Memory, queue and context are the caller's, who goes on to use them.
TEST_F(OpenclQueue, of_the_caller_works_on_the_callers_memory) {
    const Case c = with_relu(2);
    Random random(7);
    const Operands o = integer_operands(c.layer, random);
    OpenclProgram program;
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
    OpenclProgram program;
    lcn::DeviceBuffer callers(program.queue()), own({"opencl"});
    ASSERT_TRUE(callers.allocate(64).ok());
    ASSERT_TRUE(own.allocate(64).ok());
    EXPECT_EQ(program.context_of(reinterpret_cast<void*>(callers.memory())), program.context());
    EXPECT_NE(program.context_of(reinterpret_cast<void*>(own.memory())), program.context());
}

TEST_F(OpenclQueue, may_be_gone_when_memory_is_freed) {
    auto program = std::make_unique<OpenclProgram>();
    lcn::DeviceBuffer buffer(program->queue());
    ASSERT_TRUE(buffer.allocate(64).ok());
    program.reset();
    EXPECT_TRUE(buffer.free().ok());
}

TEST_F(OpenclQueue, that_runs_out_of_order_is_refused) {
    const OpenclProgram program(OpenclProgram::out_of_order);
    for (const CallStatus& c : every_call(program.queue())) {
        EXPECT_EQ(c.status.code, Code::invalid_argument) << c.call << ": " << c.status.message;
        EXPECT_NE(std::string(c.status.message).find("queue.stream"), std::string::npos) << c.status.message;
    }
}

// Each queue belongs to another context, in which code is to be loaded anew.
TEST_F(OpenclQueue, several_do_not_mix_in_several_threads) {
    const OpenclProgram first, second;
    expect_not_to_mix({{"opencl"}, first.queue(), second.queue()});
}

}  // namespace

}  // namespace lcn_test
