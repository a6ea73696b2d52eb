# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images. A batch of 32 is two vectors
# of 16; batches that are not a multiple of 16 take vectors of 8.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# N=32, GFLOP/s of a peak of 118:
#   keras_doc_2  4x2 79 with prefetch, 75 without; 6x2 77, 8x2 77, 8x1 80
#   alltnn_1     4x2 94 with prefetch, 75 without; 6x2 92, 8x2 91, 8x1 77
#
# With few filters all of their gradients stay in registers while the taps of a window pass (filters=). Cascade Lake (Intel Xeon,
# family 6 model 85, 2 processors of a virtual machine), 2026-11-27, one thread, cold weights, GFLOP/s of a peak of 153, with 16
# images at a time without, with, and with 32: lagan_G1 (6 filters) N=100 19, 40, 30, 45; 3 filters, windows of 5 x 5 x 32, N=64
# 16, 30, 22, 34; 7 filters, 3 x 3 x 8, N=64 17, 21, 26, 28.
lcn_tile(rows=1,8 vectors=1 unroll=4 lanes=8)
lcn_tile(rows=1 vectors=1 unroll=4)
lcn_tile(rows=8 vectors=1 unroll=4 prefetch=0,1)
lcn_tile(rows=4 vectors=2 unroll=4 prefetch=0,1,2)
lcn_tile(rows=1 vectors=1,2 filters=2,3,4,5,6,7)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 28 rows=2,3,4,5,6,8,9,12 vectors=1,2,3,4,6,8 unroll=2,4 prefetch=0,1)
