# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images. A batch of 32 is two vectors
# of 16; batches that are not a multiple of 16 take vectors of 8.
#
# Evidence, from `lcn tune` on Zen 5 (AMD EPYC, family
# 26 model 2, 2 processors of a virtual machine), 2026-11-29, one thread, cold weights, ms, four steps, two, one:
#   N=16  24x24x32, 3x3, 48 filters, 8x1 with prefetch 2.14, 1.17, 1.14; 20x20x128, 3x3, 96 filters 8.5, 5.8, 6.0
#   N=12  42x34x16, 5x5, 40 filters, 8x1 with prefetch 5.8, 3.4, 3.3
#   N=32  4x2 with prefetch: keras_doc_1 1.19, 0.91, 0.84; keras_doc_2 4.90, 4.88, 4.73; alltnn_1 7.15, 7.22, 6.84
#   N=8   8x1 of 8 lanes: keras_doc_2 with prefetch 2.59, without 6.6; keras_doc_1 9x1 2.2 times as fast as 8x1 in four steps
# More taps share what a tile costs beside its products, and a row of taps that they divide has no tile twice. There, best of
# each, 4x2, 6x2, 7x2, 8x2:
#   N=32  alltnn_0 (7 x 3 taps) 8.41, 7.96, 7.21, -; 5x5x512, 3x3, 512 filters 8.5, -, -, 7.3; keras_doc_1 4x2 0.85, 9x2 0.67, 9x1 0.76
#   N=128 keras_doc_2 18.4, 17.5, -, 17.8
# All rows of the suite that take this kernel, with 4x2 as the only tile of two vectors and with all, `lcn_bench`, turn by turn: 1.04
# times as fast in the median of 36, alltnn_5 N=512 1.31, the least flux_post256 N=32 0.94, whose kernel is the same.
#
# With few filters all of their gradients stay in registers while the taps of a window pass (filters=). Cascade Lake (Intel Xeon,
# family 6 model 85, 2 processors of a virtual machine), 2026-11-27, one thread, cold weights, GFLOP/s of a peak of 153, with 16
# images at a time without, with, and with 32: lagan_G1 (6 filters) N=100 19, 40, 30, 45; 3 filters, windows of 5 x 5 x 32, N=64
# 16, 30, 22, 34; 7 filters, 3 x 3 x 8, N=64 17, 21, 26, 28.
lcn_tile(rows=1 vectors=1 unroll=4 lanes=8,16)
lcn_tile(rows=8,9 vectors=1 unroll=1 lanes=8,16 prefetch=0,1)
lcn_tile(rows=4,6,7,8,9 vectors=2 unroll=1 prefetch=0,1)
lcn_tile(rows=1 vectors=1,2 filters=2,3,4,5,6,7)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 28 rows=2,3,4,5,6,8,9,12 vectors=1,2,3,4,6,8 unroll=1,2,4 prefetch=0,1)
