# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images. A batch of 32 in one column of
# tiles reads every weight once.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 4 (AMD EPYC, family 25 model 17, 2 processors of a virtual machine), 2026-11-22, one thread, cold weights,
# restricted to AVX2, N=32, GFLOP/s of a peak of 118:
#   keras_doc_2  2x4 84 with prefetch, 77 without; 4x2 75; 8x1 50
#   alltnn_1     2x4 90 with prefetch, 84 without; 4x2 85; 8x1 50
lcn_tile(rows=1 vectors=1 unroll=4)
lcn_tile(rows=8 vectors=1 unroll=4 prefetch=0,1,2)
lcn_tile(rows=4 vectors=2 unroll=4 prefetch=0,1)
lcn_tile(rows=2 vectors=4 unroll=4 prefetch=0,1)
