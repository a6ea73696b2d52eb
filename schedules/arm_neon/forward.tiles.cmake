# Register tiles of `forward`: images x vectors of filters. Of the 32 registers up to 21 hold sums; the inputs of a row
# take one more each, so 24 sums fit only in one row.
#
#   lanes=1   filters that do not fill a vector: 1 to 3
#   rows=1    one image: a tile spans all filters, so that the weights are one stream (up to 96; more in columns)
#   rows=2    two and three images
#   rows=4    small batches, and batches of filters that fit one tile
#   rows=5, 6 batches they divide, and filters that they waste less of
#   rows=8    large batches: fewest instructions per multiply-add
#   unroll    by 4 always: the inputs of four taps are one vector. By 3 they are loaded one by one, and tiles that reach
#             0.9 of the issue rate of neoverse-n1 reach 0.6
#   prefetch  the dose of the next panel's lines per step, chosen to fit; the models say what it costs (below 5 %), not
#             what it gains
#
# Evidence: the loops in README.md.
lcn_tile(rows=1 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=4,8 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=1,4,8 vectors=2 unroll=4 lanes=1 span=true)
lcn_tile(rows=1,4 vectors=3 unroll=4 lanes=1 span=true)
lcn_tile(rows=1 vectors=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24 unroll=4 span=true)
lcn_tile(rows=1 vectors=16,24 unroll=4)
lcn_tile(rows=2 vectors=1,2,3,4,5,6,7,8 unroll=4 span=true)
lcn_tile(rows=2 vectors=8 unroll=4)
lcn_tile(rows=4 vectors=1,2,3,4,5 unroll=4 span=true)
lcn_tile(rows=4 vectors=4,5 unroll=4 prefetch=0,2)
lcn_tile(rows=5 vectors=2 unroll=4 span=true)
lcn_tile(rows=5 vectors=4 unroll=4 prefetch=0,1)
lcn_tile(rows=6 vectors=3 unroll=4 span=true)
lcn_tile(rows=6 vectors=3 unroll=4 prefetch=0,1)
lcn_tile(rows=8 vectors=2 unroll=4 span=true)
lcn_tile(rows=8 vectors=1,2 unroll=4 prefetch=0,1)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 24 rows=2,3,4,5,6,7,8,9 vectors=1,2,3,4,5,6,8 unroll=2,4 prefetch=0,1 span=false,true)
