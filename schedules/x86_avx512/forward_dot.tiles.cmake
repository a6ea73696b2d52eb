# Tiles of `forward_dot`: images (rows) at one position; vectors as wide as the taps of a window row fill. Not yet measured on
# a machine with AVX-512: the widths of x86_avx2, and one more.
lcn_tile(rows=1,2,4 lanes=4 ragged=false,true)
lcn_tile(rows=1,2,4 lanes=8 ragged=true)
lcn_tile(rows=1,2,4 ragged=true)
