# Vectors of `backward_input_dot`. The first row accepts every problem.
lcn_tile(lanes=1)
lcn_tile(ragged=false,true)
