# Register tiles of `backward_weights`: taps x vectors of filters.
#
#   lanes=1, 4, 8  filters that do not fill a vector of 16: 1 to 3, 4 to 7, 8 to 15
#   single         one image: products are stored at once, so a tile may be wider than the registers for sums
#   rows=1         window rows with fewer taps than other tiles have rows, and the gradient of the bias
#   rows=3         taps that are multiples of 3 (three channels)
#   streaming      gradients beyond the caches whose rows of filters are whole 64-byte lines
#   4x2, 2x4       eight lines: what Intel's processors stream at once without waiting (runtime/plan_backward.cpp)
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# GFLOP/s of a peak of 118, N=32, streaming / plain stores:
#   keras_doc_2    8x2 105 / 77, 8x1 107 / 77, 6x2 101 / 79    alltnn_1    (plain) 4x6 78, 6x3 64, 4x3 61, 8x2 54
#   lcresnet18_l4b 6x2 114, 8x2 112, 4x4 113 (all streaming)   deepface_L4 8x1 103 / 94
# At N=1 plain stores of whole lines reach the streaming rate on this processor: keras_doc_2 28 GB/s both.
# Cascade Lake (Intel Xeon, family 6 model 85, 2 processors of a virtual machine), 2026-11-26, `lcn tune --candidates`, one thread,
# cold weights, N=32, times of 8x2 streaming: keras_doc_2 4x2 0.78 (plain 0.74), 8x2 plain 0.76; lcresnet18_l1 4x2 0.92, 8x2 plain
# 0.90; lcresnet18_l4b (of 4x4 streaming) 2x4 0.87, 4x2 1.06, 8x2 1.14; MCA 4x2 0.83 of its multiply-adds' rate, 8x2 0.88.
# Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, `lcn tune`, ms, two images at a time, one:
# keras_doc_2 N=32 6x2 streaming 3.73, 3.62, plain 4.30, 3.90; alltnn_1 N=32 6x2 9.42, 7.59; deepface_L6 N=32 8x1 streaming 0.873,
# 0.856; facer_k9 N=32 8x2 streaming 37.5, 36.7. 8x2 and 6x2 stream there 1.10 to 1.13 times as fast as 4x2 and 2x4.
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1)
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1 single=true)
lcn_tile(rows=4 vectors=1 unroll=2 lanes=1)
lcn_tile(rows=4 vectors=1 lanes=1 single=true)
lcn_tile(rows=1,4 vectors=1,2 unroll=2 lanes=4,8 span=true)
lcn_tile(rows=1,4 vectors=1,2 lanes=4,8 span=true single=true)
lcn_tile(rows=1 vectors=1,4 single=true)
lcn_tile(rows=4 vectors=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 single=true span=true streaming=false,true)
lcn_tile(rows=4 vectors=8 single=true streaming=false,true)
lcn_tile(rows=1 vectors=1,4 unroll=2)
lcn_tile(rows=3 vectors=1,2,3,4 unroll=1 streaming=false,true)
lcn_tile(rows=8 vectors=1,2 unroll=1 streaming=false,true)
lcn_tile(rows=4 vectors=2 unroll=1 streaming=true)
lcn_tile(rows=2 vectors=4 unroll=1 streaming=true)
lcn_tile(rows=6 vectors=2,3 unroll=1 streaming=false,true)
lcn_tile(rows=4 vectors=3,4 unroll=1 streaming=false,true)
lcn_tile(rows=4 vectors=5,6 unroll=1 span=true streaming=false,true)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 28 rows=2,3,4,5,6,7,8,9,12 vectors=1,2,3,4,5,6,8 unroll=1,2 streaming=false,true)
