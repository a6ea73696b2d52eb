# Vectors of `backward_input_taps`: filters, and vectors as wide as the taps of a window row fill.
#
# Evidence: Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a virtual machine), 2026-11-26, one thread, cold weights,
# roofline of flux_post256 N=1, two filters and four taps: vectors of one tap 0.25, these with lanes=4 0.35, the tile of
# `backward_input_dot` that holds two filters 0.45. One filter whose overlapping windows take turns, so that no load waits for
# the store before, gained nothing (lagan_G3 N=1 0.24 0.26, calo0_G2 0.31 0.29).
lcn_tile(filters=1,2 lanes=4,8)
