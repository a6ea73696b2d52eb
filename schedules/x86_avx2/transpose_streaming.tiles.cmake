# Blocks of `transpose_streaming`: lanes x lanes elements in registers, for gradients of the input beyond the caches, whose lines
# would be read before they are written. A row of a block of 8 is half a line, and the next block has the other half.
#
# Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, `lcn_bench`, turn by turn, one thread, cold
# weights, backward_input of x86_avx512, times as fast with streaming: flux_post256 N=32 1.27, calo0_D1 N=256 1.24, emg_capgmyo
# N=1000 1.16, lcresnet20_s2a N=512 1.12, lcresnet20_s1 1.08, keras_doc_2 N=128 1.06, lcresnet18_l1 N=256 1.05, lcresnet18_conv1
# N=32 1.04, alltnn_0, _1, _2 N=512 1.01 to 1.02. Of x86_avx2
# there: flux_post256 1.41, calo0_D1 1.12, emg_capgmyo 1.08, lcresnet20 1.06 and 1.07, the median of 22 rows 1.00.
lcn_tile(lanes=8 streaming=true)
