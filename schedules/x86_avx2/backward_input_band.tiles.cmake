# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images. A batch of 32 in one column of
# tiles reads every weight once. With one vector of images a broadcast per multiply-add fills three of the four pipes:
# 0.75 of the peak at most. There more than one step at a time spills; 9 taps are a window row of 3 x 3 channels.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a
# virtual machine), 2026-11-26, one thread, cold weights, roofline:
#   N=32  keras_doc_2  2x4 0.83 with prefetch, 0.82 without; 4x2 0.79, 5x2 0.74
#         deepface_L6  2x4 0.79 with prefetch, 0.75 without; 4x2 0.75, 5x2 0.69
#   N=8   keras_doc_1  9x1 0.57 with prefetch, 0.29 without; two steps at a time 0.49; 8x1 0.44
#         keras_doc_2  8x1 0.62 with prefetch, 0.53 without; two steps at a time 0.49
#
# With few filters all of their gradients stay in registers while the taps of a window pass (filters=). Zen 3 (AMD EPYC, family
# 25 model 1, 2 processors of a virtual machine), 2026-11-26, roofline without, with: lagan_G1 (6 filters) N=100 0.49 0.64,
# flux_post256 (2) N=32 0.15 0.40 (0.38 with bands of 32 images, lagan_G1 0.52); but lagan_D2 (8) N=100 0.60 0.49.
lcn_tile(rows=1 vectors=1 unroll=4)
lcn_tile(rows=8,9 vectors=1 unroll=1 prefetch=0,1)
lcn_tile(rows=4 vectors=2 unroll=4 prefetch=0,1)
lcn_tile(rows=2 vectors=4 unroll=4 prefetch=0,1)
lcn_tile(rows=1 vectors=1 filters=2,3,4,5,6,7)
lcn_tile(rows=1 vectors=2 filters=2,3,4,5,6)

# What tuning tries besides: any tile whose sums fit.
lcn_candidates(SUMS 12 rows=1,2,3,4,5,6,8,9,10,12 vectors=1,2,3,4,6 unroll=1,2,4 prefetch=0,1)
