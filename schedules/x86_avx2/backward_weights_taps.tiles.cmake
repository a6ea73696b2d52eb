# Tiles of `backward_weights_taps`: filters, vectors (rows) of taps and their filters, and lanes. Rows of up to four vectors are
# one tile, for a single sum waits for each of its additions.
#
# Evidence: Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a virtual machine), 2026-11-26, one thread, cold weights,
# roofline, of the tiles of `backward_weights` and of these: lagan_G3 N=1 0.25 0.48, N=100 0.30 0.49 (one vector 0.29), calo0_G2
# N=1 0.33 0.62, N=256 0.29 0.39, flux_post256 N=1 0.24 0.45, N=32 0.26 0.62.
lcn_tile(filters=1 rows=1 lanes=4,8 single=false,true)
lcn_tile(filters=1 rows=2,3,4 lanes=4,8 span=true)
lcn_tile(filters=2 rows=1 single=false,true)
