# Every kernel of lcn, one row each: what is computed, on which types, FOR which passes it is needed, and ON which targets:
# processors, unless said, or devices; `lcn_kernel(operation types FOR pass,... [ON device,...] [key=value,...])`. A key with several values makes one kernel of each. The
# generator of an operation is generators/<operation>.cpp; a row may name another file with GENERATOR. How kernels run
# (their tiles, for each target) is said in schedules/.
set(elementwise relu,relu6,leaky_relu,elu,selu,softplus,softsign,swish,tanh,sigmoid,exponential,hard_sigmoid,gelu,mish)

lcn_kernel(forward               f32 FOR forward ON processor,device)
lcn_kernel(forward_dot           f32 FOR forward)
lcn_kernel(forward_band          f32 FOR forward)
lcn_kernel(backward_input_dot    f32 FOR backward_input)
lcn_kernel(backward_input_taps   f32 FOR backward_input)
lcn_kernel(backward_input_band   f32 FOR backward_input)
lcn_kernel(backward_input_band_upcoming f32 FOR backward_input upcoming=true GENERATOR backward_input_band)
lcn_kernel(backward_input_gather f32 FOR backward_input ON device)
lcn_kernel(backward_weights      f32 FOR backward_weights accumulate=false,true)
lcn_kernel(backward_weights      f32 FOR backward_weights ON device)
lcn_kernel(backward_weights_upcoming f32 FOR backward_weights accumulate=false,true upcoming=true
           GENERATOR backward_weights)
lcn_kernel(backward_weights_taps f32 FOR backward_weights accumulate=false,true)
lcn_kernel(activation            f32 FOR forward ON processor,device function=${elementwise})
lcn_kernel(activation_gradient   f32 FOR backward_input,backward_weights ON processor,device function=${elementwise}
           GENERATOR activation)
lcn_kernel(transpose             f32 FOR forward,backward_input,backward_weights)
lcn_kernel(transpose_streaming   f32 FOR backward_input GENERATOR transpose)
lcn_kernel(stream                f32 FOR backward_weights)
lcn_kernel(axpby                 f32 FOR backward_weights ON device)
