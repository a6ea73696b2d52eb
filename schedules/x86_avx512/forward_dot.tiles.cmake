# Tiles of `forward_dot`: filters, and images (rows) at one position; vectors as wide as the taps of a window row fill. Not yet
# measured on a machine with AVX-512: what x86_avx2's table would not do without.
lcn_tile(filters=1 rows=1,4 lanes=4 ragged=true)
lcn_tile(filters=1 rows=1,2,4 ragged=true)
lcn_tile(filters=2 rows=1,4 lanes=8 ragged=true)
