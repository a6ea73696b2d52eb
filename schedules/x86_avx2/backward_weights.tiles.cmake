# Register tiles of `backward_weights`: taps x vectors of filters. The words are those of x86_avx512's table; streaming
# tiles are at least two vectors wide, for a streamed line must be written whole.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# restricted to AVX2, GFLOP/s of a peak of 118, N=32:
#   keras_doc_2 6x2 84 to 92 streaming, 64 to 79 plain; 4x3 47    alltnn_1 (staged) 4x3 55, 6x2 52, 3x3 38, 8x1 34
# And on Zen 3 (family 25 model 1), 2026-11-26, by `./run tune --candidates lagan_D2:n100 keras_doc_1:n32`, one thread, relative:
#   lagan_D2 N=100 (8 filters) 10x1 1.46, 8x1 1.38, 12x1 1.28; with two images at a time 10x1 1.37, 8x1 1.00,
#   for then every product takes another register and one of the sums is kept in memory (assembly)
#   keras_doc_1 N=32 2x4 1.17, 4x2 1.13, 3x3 1.00, 6x2 0.87
# There 2x4 is the best for 32 images and more of filters that it divides, 1.03 to 1.20 relative to 6x2 (tuned.md). Streaming, 2x4 is
# 0.83 (alltnn_4), 0.98 (lcresnet18_l1) to 1.01 (keras_doc_2) times as fast as plain.
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1)
lcn_tile(rows=1 vectors=1 unroll=1 lanes=1 single=true)
lcn_tile(rows=4 vectors=1 unroll=2 lanes=1)
lcn_tile(rows=4 vectors=1 lanes=1 single=true)
lcn_tile(rows=1,4 vectors=1,2 unroll=2 lanes=4 span=true)
lcn_tile(rows=1,4 vectors=1,2 lanes=4 span=true single=true)
lcn_tile(rows=1 vectors=1,4 single=true)
lcn_tile(rows=4 vectors=1,2,3,4,5,6,7,8,9,10,11,12 single=true span=true)
lcn_tile(rows=4 vectors=2,4,6,8,10,12 single=true span=true streaming=true)
lcn_tile(rows=4 vectors=8 single=true streaming=false,true)
lcn_tile(rows=1 vectors=1,2 unroll=2)
lcn_tile(rows=3 vectors=1 unroll=2)
lcn_tile(rows=3 vectors=2,3 unroll=2 streaming=false,true)
lcn_tile(rows=8,10 vectors=1 unroll=1)
lcn_tile(rows=2 vectors=4 unroll=2)
lcn_tile(rows=6 vectors=2 unroll=2 streaming=false,true)
lcn_tile(rows=4 vectors=3 unroll=2 streaming=false,true)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 12 rows=2,3,4,5,6,8,10,12 vectors=1,2,3,4,6 unroll=1,2,4 streaming=false,true)
