# Tiles of `forward_dot`: images (rows) at one position; vectors as wide as the taps of a window row fill. Not yet measured on
# a machine with AVX-512: the widths that x86_avx2's table would not do without.
lcn_tile(rows=1,4 lanes=4 ragged=true)
lcn_tile(rows=1,2,4 ragged=true)
