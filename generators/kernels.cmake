# Every kernel of lcn, one row each: what is computed, on which types. `lcn_kernel(operation types [key=value,...])`; a
# key with several values makes one kernel of each. The generator of an operation is generators/<operation>.cpp; a row
# may name another file with GENERATOR. How kernels run (their tiles, for each target) is said in schedules/.
set(elementwise relu,relu6,leaky_relu,elu,selu,softplus,softsign,swish,tanh,sigmoid,exponential,hard_sigmoid,gelu,mish)

lcn_kernel(forward             f32)
lcn_kernel(backward_input_dot  f32)
lcn_kernel(backward_input_band f32)
lcn_kernel(backward_weights    f32 accumulate=false,true)
lcn_kernel(activation          f32 function=${elementwise})
lcn_kernel(activation_gradient f32 function=${elementwise} GENERATOR activation)
lcn_kernel(transpose           f32)
lcn_kernel(stream              f32)
