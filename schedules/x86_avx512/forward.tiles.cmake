# Register tiles of `forward`: images x vectors of filters; 24 of the 32 registers hold sums.
#
#   lanes=1, 4, 8  filters that do not fill a vector of 16: 1 to 3, 4 to 7, 8 to 15
#   rows=1         one image: a tile spans all filters, so that the weights are one stream (up to 256; more in columns)
#   rows=2, 4      small batches, and batches of filters that fit one wide tile
#   rows=8         large batches: most multiply-adds per weight that is loaded
#   unroll         one step at a time; by 3 where weights come from the second-level cache; one and two images more
#   prefetch       lines of the next panel per step
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# GFLOP/s of a peak of 118 (N=32) or fraction of the read rate (N=1); prefetch changes these by less than 3 % there:
#   N=32 keras_doc_2     8x2 99, 8x1 77, 2x2 76       N=32 alltnn_1  4x6 87, 8x3 79, 8x2 76, 2x6 74
#   N=32 lcresnet18_l4b  8x2 112, 8x1 118             N=32 facer_k9  8x2 108
#   N=1  keras_doc_2 1x2 0.98, deepface_L4 1x1 0.98, alltnn_1 1x6 0.98, yolov1_local 1x16 0.95
# Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, `lcn tune`, ms, in steps of four and of one:
#   N=8   keras_doc_2 8x2 2.14, with prefetch 1.56; acl_3 N=4 4x1 span, in steps of two with prefetch 1.9 times as fast
#   N=32  keras_doc_1 4x4 with prefetch 0.464, 0.441; alltnn_1 4x6 (of two) 6.86, 6.72; facer_k9 8x2 36.8, 36.0; alltnn_4 8x2 6.30,
#         7.07, of three 6.05
# Cascade Lake (Intel Xeon, family 6 model 85, 2 processors of a virtual machine), 2026-11-26, `lcn tune --rigor patient`, times
# as fast: alltnn_0 N=32, as 4x4_unroll3: 4x4_unroll4_prefetch2 1.16; yolov1_local N=8, as 8x2: 4x4 2.4, 2x8 2.2, 1x16 1.9, 8x1 0.9.
lcn_tile(rows=1 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=4 vectors=1 unroll=4 lanes=1)
lcn_tile(rows=1 vectors=3 unroll=4 lanes=1 span=true)
lcn_tile(rows=1 vectors=1,2 unroll=4 lanes=4,8 span=true)
lcn_tile(rows=4 vectors=1 unroll=4 lanes=4 span=true)
lcn_tile(rows=4 vectors=2 unroll=2 lanes=4 span=true)
lcn_tile(rows=8 vectors=1 unroll=4 lanes=8 span=true)
lcn_tile(rows=8 vectors=2 unroll=2 lanes=8 span=true)
lcn_tile(rows=1 vectors=1,2 unroll=4 span=true)
lcn_tile(rows=1 vectors=3,4,5,6 unroll=2 span=true)
lcn_tile(rows=1 vectors=7,8,9,10,11,12,13,14,15,16 unroll=1 span=true)
lcn_tile(rows=1 vectors=16 unroll=2)
lcn_tile(rows=2,4 vectors=1 unroll=2 prefetch=2 span=true)
lcn_tile(rows=2,3,4 vectors=2 unroll=1 prefetch=2 span=true)
lcn_tile(rows=2 vectors=3,4,5,6 unroll=2 prefetch=4 span=true)
lcn_tile(rows=2 vectors=4 unroll=1 prefetch=2,4)
lcn_tile(rows=2 vectors=8 unroll=1 prefetch=0,4)
lcn_tile(rows=4 vectors=2 unroll=1 prefetch=1,2)
lcn_tile(rows=4 vectors=3,5,6 unroll=1 prefetch=2,4 span=true)
lcn_tile(rows=4 vectors=4 unroll=3 prefetch=2)
lcn_tile(rows=4 vectors=4 unroll=1 prefetch=1,2,4)
lcn_tile(rows=8 vectors=2 unroll=3 prefetch=2)
lcn_tile(rows=8 vectors=1,2 unroll=1 prefetch=1,2)
lcn_tile(rows=8 vectors=3 unroll=1 prefetch=1)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 28 rows=2,3,4,5,6,7,8,9,12 vectors=1,2,3,4,5,6,8 unroll=1,2,4 prefetch=0,2 span=false,true)
