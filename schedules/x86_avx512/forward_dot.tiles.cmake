# Tiles of `forward_dot`: filters, and images (rows) at one position; vectors as wide as the taps of a window row fill. The words
# are those of x86_avx2's table.
#
# Evidence: Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, one thread, cold weights, roofline, without and with
# single: deepweather_k1 N=1 0.57 0.88, N=2 0.41 0.85, flux_post256 N=1 0.48 0.78, N=32 0.35 0.50.
lcn_tile(filters=1 rows=1,4 lanes=4,8 ragged=false,true)
lcn_tile(filters=1 rows=1,2,4 ragged=true)
lcn_tile(filters=1 rows=1,4 lanes=4 ragged=false,true single=true)
lcn_tile(filters=1 rows=2 lanes=4 ragged=true single=true)
lcn_tile(filters=2 rows=1,4 lanes=8 ragged=true)
lcn_tile(filters=2 rows=1,4 lanes=8 ragged=false,true single=true)
