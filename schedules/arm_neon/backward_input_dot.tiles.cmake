# Tiles of `backward_input_dot`: taps (rows). Four vectors of filters per step are loaded in pairs, which halves the
# instructions per multiply-add; the sums of neighbouring taps are independent and overlap. The first row accepts every
# problem.
lcn_tile(rows=1 lanes=1)
lcn_tile(rows=1 unroll=4 ragged=false,true)
