// The operations of lcn on plain tensors without gaps. Every buffer, the workspace included, is a copy in
// guarded memory of exactly its size. What is only read cannot be written; a status or a write outside an
// output is a test failure.
#pragma once

#include "cases.h"
#include "random.h"

namespace lcn_test {

// Everything that the three operations read.
struct Operands {
    Floats input, kernel, bias, output_gradient;
    Floats kernel_gradient, bias_gradient;  // what accumulating adds to
};
Operands integer_operands(const reference::Layer& layer, Random& random);
Operands real_operands(const reference::Layer& layer, Random& random);
Operands zero_operands(lcn::Operation operation, const reference::Layer& layer);  // what it reads, no more

// What an operation wrote:
//   forward           output, and with c.before also before_activation
//   backward_input    input_gradient
//   backward_weights  kernel_gradient, and with c.bias also bias_gradient
using Results = std::vector<Floats>;
Results run(lcn::Operation operation, const Case& c, const Operands& operands);

// The same on the operands where they lie, which several threads may do at once. For cases without gaps; the
// status goes to `status`, and the number of threads stays as it is.
Results run_in_place(lcn::Operation operation, const Case& c, const Operands& operands, lcn::Status& status);

Floats activation_gradient(const lcn::Activation& activation, const Floats& before, const Floats& gradient);

const char* name_of(lcn::Operation operation);

constexpr lcn::Operation operations[] = {lcn::Operation::forward, lcn::Operation::backward_input,
                                         lcn::Operation::backward_weights};

}  // namespace lcn_test
