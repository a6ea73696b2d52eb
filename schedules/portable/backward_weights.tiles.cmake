# Register tiles of `backward_weights` for the baseline of an architecture. `rows` counts taps. The first two rows
# accept every problem.
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1)
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1 single=true)
lcn_tile(rows=4 vectors=1 unroll=2 lanes=1)
lcn_tile(rows=1 vectors=1,2,4 unroll=2)
lcn_tile(rows=4 vectors=1,2 unroll=2)
lcn_tile(rows=1,4 vectors=1,2,4 single=true)
