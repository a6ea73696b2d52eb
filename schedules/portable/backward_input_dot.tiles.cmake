# Tiles of `backward_input_dot`: taps (rows). The first row accepts every problem.
lcn_tile(rows=1 lanes=1)
lcn_tile(rows=1 ragged=false,true)
