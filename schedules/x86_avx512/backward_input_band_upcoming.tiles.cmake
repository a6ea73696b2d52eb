# Register tiles of `backward_input_band` that fetch besides what is brought together next, for windows of few taps.
#
# Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, `lcn_bench`, turn by turn, one thread, cold
# weights, times as fast as without: keras_doc_1 N=128 (27 taps) 1.43, emg_capgmyo N=1000 (64) 1.12. Wherever there is something
# to fetch: lcresnet20_s2a N=512 (144) 1.04, lcresnet20_s1 0.99, calo0_D1 N=256 0.94, deepface_L6 N=32 (400) 0.89.
lcn_tile(rows=8,9 vectors=2 unroll=1 prefetch=1)
