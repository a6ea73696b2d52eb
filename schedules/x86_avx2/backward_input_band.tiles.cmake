# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images. A batch of 32 in one column of
# tiles reads every weight once.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# restricted to AVX2, N=32, GFLOP/s of a peak of 118:
#   keras_doc_2  2x4 84 with prefetch, 77 without; 4x2 75; 8x1 50
#   alltnn_1     2x4 90 with prefetch, 84 without; 4x2 85; 8x1 50
#
# With few filters all of their gradients stay in registers while the taps of a window pass (filters=). Zen 3 (AMD EPYC, family
# 25 model 1, 2 processors of a virtual machine), 2026-11-26, roofline without, with: lagan_G1 N=100 0.24 0.62, lagan_D2 N=100
# 0.32 0.46, flux_post256 N=32 0.14 0.39 (0.38 with bands of 32 images, lagan_G1 0.52).
lcn_tile(rows=1 vectors=1 unroll=4)
lcn_tile(rows=8 vectors=1 unroll=4 prefetch=0,1,2)
lcn_tile(rows=4 vectors=2 unroll=4 prefetch=0,1)
lcn_tile(rows=2 vectors=4 unroll=4 prefetch=0,1)
lcn_tile(rows=1 vectors=1 filters=2,3,4,5,6,7,8)
lcn_tile(rows=1 vectors=2 filters=2,3,4,5,6)
