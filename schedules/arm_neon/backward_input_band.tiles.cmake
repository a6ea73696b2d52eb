# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images; batches are padded to
# multiples of 8.
#
#   rows=8        most window rows
#   rows=9        of 9 taps, 3 x 3 of three channels
#   rows=5 .. 7   of few taps that they divide
#   rows=1 .. 4   of fewer; one tap needs a load per multiply-add
#   vectors=4, 8  batches of whole multiples of 16 and 32
#
# Evidence: the loops in README.md. There is no tile of 2 x 2: the choice by cost would give it window rows of 21 and 22
# taps, which larger tiles waste less time on.
lcn_tile(rows=1 vectors=2,8 unroll=4)
lcn_tile(rows=2 vectors=4 unroll=4)
lcn_tile(rows=3 vectors=2,4 unroll=4)
lcn_tile(rows=4 vectors=2 unroll=4)
lcn_tile(rows=4 vectors=4 unroll=4 prefetch=0,1)
lcn_tile(rows=5,6,7 vectors=2 unroll=4)
lcn_tile(rows=8,9 vectors=2 unroll=4 prefetch=0,1)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 24 rows=2,3,4,5,6,8,9,12 vectors=2,3,4,6,8 unroll=2,4 prefetch=0,1)
