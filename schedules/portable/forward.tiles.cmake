# Register tiles of `forward` for the baseline of an architecture: 16 vector registers of 4 floats, no FMA on x86.
# The first row accepts every problem.
lcn_tile(rows=1 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=4 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=1 vectors=1,2,3,4,5,6,7,8 unroll=2 span=true)
lcn_tile(rows=1 vectors=8 unroll=2)
lcn_tile(rows=2 vectors=1,2,4 unroll=4)
lcn_tile(rows=4 vectors=1,2 unroll=4)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 8 rows=3,6,8 vectors=1,2 unroll=2,4)
