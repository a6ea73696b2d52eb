// Passes on the memory, streams and contexts of CUDA, lcn's own and the caller's: on a GPU, or, but for
// results, on the stand-in for its driver.
#include "cuda_program.h"
#include "queue_test.h"
#include "standin_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

class CudaQueue : public QueueTest {
  protected:
    CudaQueue() : QueueTest("cuda") {}
    void TearDown() override {
        if (standin::Driver* const driver = find_standin())
            for (const std::string& misuse : driver->take_misuses()) ADD_FAILURE() << misuse;
    }
};

TEST_F(CudaQueue, of_lcn_gives_the_bits_of_calls_on_tensors_of_the_host) {
    for (int64_t batch : {1, 9}) expect_same_bits({"cuda"}, with_relu(batch));
}

TEST_F(CudaQueue, of_the_caller_gives_the_same_bits) {
    const CudaProgram program;
    for (int64_t batch : {1, 9}) expect_same_bits(program.queue(), with_relu(batch));
}

TEST_F(CudaQueue, without_a_stream_works_in_the_context_that_is_current) {
    const CudaProgram program;
    program.enter();
    expect_same_bits({"cuda"}, with_relu(9));
    program.leave();
    expect_same_bits({"cuda"}, with_relu(9));
}

TEST_F(CudaQueue, activation_gradient_has_the_same_bits) {
    const CudaProgram program;
    expect_same_activation_gradient({"cuda"});
    expect_same_activation_gradient(program.queue());
}

// The streams belong to two contexts, in which code is to be loaded anew.
TEST_F(CudaQueue, several_do_not_mix_in_several_threads) {
    const CudaProgram first, second;
    expect_not_to_mix({{"cuda"}, first.queue(), second.queue(), second.queue()});
}

TEST_F(CudaQueue, is_captured_into_a_graph) {
    const CudaProgram program;
    const Case c = with_relu(9);
    Random random(9);
    Operands operands = real_operands(c.layer, random);
    const DeviceTensors tensors(program.queue(), c, operands);
    const auto run_all = [&] {
        for (Operation operation : operations) {
            const lcn::Status status = tensors.run(operation);
            EXPECT_TRUE(status.ok()) << status.message;
        }
    };
    run_all();  // loads the code
    void* const graph = program.captured(run_all);
    for (int turn = 0; turn < 2; turn++) {
        operands.input = random.reals(c.layer.input_size());
        ASSERT_TRUE(lcn::copy_in(program.queue(), tensors.input.memory(), operands.input.data(),
                                 int64_t(operands.input.size()) * 4)
                        .ok());
        program.launch(graph);
        for (Operation operation : operations) {
            SCOPED_TRACE(name_of(operation));
            expect_identical(of_host(operation, c, operands), tensors.results(operation));
        }
    }
}

}  // namespace

}  // namespace lcn_test
