# Register tiles of `backward_weights` that fetch besides what is brought together next: those that its cost model chooses for
# windows of few taps and for sixteen filters. Others have so many products for each line that they fetch little.
#
# Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, `lcn_bench`, turn by turn, one thread, cold
# weights, times as fast as without: emg_capgmyo N=1000 1.27, keras_doc_1 N=128 1.15, alltnn_0 N=512 1.13, lcresnet20_s2a N=512
# 1.11, keras_doc_2 N=32 1.05, calo0_D1 N=256 1.03, lcresnet20_s1 N=512 1.03, the median of 21 rows of 32 images and more 1.01.
lcn_tile(rows=8 vectors=1,2 unroll=1)
lcn_tile(rows=3,4 vectors=4 unroll=1)
