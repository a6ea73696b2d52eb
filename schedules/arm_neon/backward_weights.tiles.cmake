# Register tiles of `backward_weights`: taps x vectors of filters; up to 24 of the 32 registers hold sums, for the taps of
# a tile are two or three vectors whatever the filters.
#
#   lanes=1   filters that do not fill a vector: 1 to 3
#   single    one image: products are stored at once, so a tile may be wider than the registers for sums
#   rows=1    window rows with fewer taps than other tiles have rows, and the gradient of the bias
#   rows=3    window rows of three taps, 3 x 3 of one channel
#   rows=9    window rows of 9 taps, 3 x 3 of three channels
#   rows=4, 8 all others
#
# Evidence: the loops in README.md. Four images per step instead of two changed the rates of tiles of 4 and 8 rows by at most
# 0.05; 3x4, whose three taps are loaded one by one, goes from 0.80 to 0.93 on apple-m1.
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1)
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1 single=true)
lcn_tile(rows=4 vectors=1 unroll=2 lanes=1)
lcn_tile(rows=4 vectors=1 lanes=1 single=true)
lcn_tile(rows=4,8 vectors=3 unroll=2 lanes=1 span=true)
lcn_tile(rows=1 vectors=1,4 single=true)
lcn_tile(rows=4 vectors=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24 single=true span=true)
lcn_tile(rows=4 vectors=16 single=true)
lcn_tile(rows=1 vectors=1,2,4,8 unroll=2)
lcn_tile(rows=3 vectors=2,4 unroll=4 span=true)
lcn_tile(rows=3 vectors=6 unroll=4)
lcn_tile(rows=4 vectors=2 unroll=2 span=true)
lcn_tile(rows=4 vectors=1,2,3,4,6 unroll=2)
lcn_tile(rows=8 vectors=1,2,3 unroll=2)
lcn_tile(rows=8 vectors=2,3 unroll=2 span=true)
lcn_tile(rows=9 vectors=2 unroll=2)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 24 rows=2,3,4,5,6,8,9,12 vectors=1,2,3,4,6,8 unroll=1,2,4)
