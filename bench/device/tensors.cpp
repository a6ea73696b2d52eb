#include "tensors.h"

namespace bench {

using lcn::Operation;

lcn::Status DeviceTensors::copy_in(const Workload& w) {
    lcn::DeviceBuffer* const buffers[] = {&input_, &weights_, &output_};
    const Floats* const tensors[] = {&w.input, &w.weights, &w.output};
    for (int k = 0; k < 3; k++) {
        const int64_t bytes = tensors[k]->size() * 4;
        if (const lcn::Status status = buffers[k]->allocate(bytes); !status.ok()) return status;
        const lcn::Status status = lcn::copy_in(queue_, buffers[k]->memory(), tensors[k]->data(), bytes);
        if (!status.ok()) return status;
    }
    return {};
}

lcn::Status DeviceTensors::run(const Workload& w) const {
    const lcn::DeviceMemory input = input_.memory(), weights = weights_.memory(), output = output_.memory();
    switch (w.row.operation) {
        case Operation::forward:
            return lcn::forward(queue_, w.problem, input, weights, 0, output, 0);
        case Operation::backward_input:
            return lcn::backward_input(queue_, w.problem, output, weights, input);
        case Operation::backward_weights:
            return lcn::backward_weights(queue_, w.problem, input, output, weights, 0,
                                         lcn::Update::overwrite);
    }
    return {};
}

lcn::Status DeviceTensors::copy_result_out(Workload& w) const {
    const lcn::DeviceBuffer& result = w.row.operation == Operation::forward          ? output_
                                      : w.row.operation == Operation::backward_input ? input_
                                                                                     : weights_;
    return lcn::copy_out(queue_, w.result().data(), result.memory(), w.result_size() * 4);
}

}  // namespace bench
