# Register tiles of `forward`: images x vectors of filters; 12 of the 16 registers hold sums.
#
#   lanes=1, 4  filters that do not fill a vector of 8: 1 to 3, 4 to 7
#   rows=1      one image: a tile spans all filters, so that the weights are one stream (up to 96; more in columns)
#   rows=2      small batches, and 32 filters or more in one column
#   rows=4, 8   large batches
#   unroll      by 3 where it divides the taps of a window row, else by 4
#   prefetch    the dose of the next panel's lines per step, chosen to fit
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# restricted to AVX2, GFLOP/s of a peak of 118, N=32:
#   keras_doc_2 2x4 86, 4x2 72    deepface_L4 4x2 94    alltnn_1 4x3 69    alltnn_4 4x2 85
# Small batches of 17 to 24 filters, Zen 3, 2026-11-26, `./run tune --candidates acl_1:n4 acl_2:n5`: one step at a time with prefetch, 2x3
# 1.17 at acl_1 N=4, 3x3 1.17 at acl_2 N=5, relative to the tiles without.
# Three and four images of several tiles of filters, Zen 3, 2026-11-28: 2x4 with prefetch=4 1.15 at acl_4 N=4.
# On Zen 3 the same tiles were best, and prefetch gained 10 to 25 % at N=8 to 32; on Zen 4 it is within 5 % either way.
lcn_tile(rows=1 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=4 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=1 vectors=3 unroll=4 lanes=1 span=true)
lcn_tile(rows=1,4 vectors=1,2 unroll=4 lanes=4 span=true)
lcn_tile(rows=1 vectors=1,2 unroll=4 span=true)
lcn_tile(rows=1 vectors=3,4,5,6 unroll=2 span=true)
lcn_tile(rows=1 vectors=7,8,9,10,11,12 unroll=1 span=true)
lcn_tile(rows=1 vectors=8 unroll=4)
lcn_tile(rows=2 vectors=1,2,3 unroll=4 span=true)
lcn_tile(rows=2,3 vectors=3 unroll=1 prefetch=2 span=true)
lcn_tile(rows=2 vectors=4 unroll=3,4 prefetch=0,1,2,4)
lcn_tile(rows=4 vectors=2 unroll=3,4 prefetch=0,1,2)
lcn_tile(rows=4 vectors=3 unroll=4 prefetch=0,1,2,3)
lcn_tile(rows=4 vectors=3 unroll=3,4 prefetch=0,1,2 span=true)
lcn_tile(rows=8 vectors=1 unroll=4 prefetch=0,1)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 12 rows=1,2,3,4,5,6,8,10,12 vectors=1,2,3,4,5,6 unroll=1,2,4 prefetch=0,1,2 span=false,true)
