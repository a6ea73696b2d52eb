lcn_tile(rows=1 vectors=1 unroll=4)
lcn_tile(rows=8 vectors=1 unroll=4 prefetch=0,1)
lcn_tile(rows=4 vectors=2 unroll=4 prefetch=0,1)
lcn_tile(rows=2 vectors=4 unroll=4 prefetch=0,1)
