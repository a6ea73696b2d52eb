# Register tiles of `backward_input_dot` for the baseline of an architecture. `rows` counts taps. The first row accepts
# every problem.
lcn_tile(rows=1 lanes=1)
lcn_tile(rows=4 lanes=1)
lcn_tile(rows=1,4 ragged=false,true)
