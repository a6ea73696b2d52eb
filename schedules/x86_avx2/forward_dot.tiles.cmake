# Tiles of `forward_dot`: filters, and images (rows) at one position; vectors as wide as the taps of a window row fill.
#
#   single=true   windows of one row, such as those of 1x1 kernels: no loop but that over the vectors of a row
#
# Evidence: Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a virtual machine), 2026-11-26, one thread, cold weights,
# roofline, of the tiles of `forward` and of these: deepweather_k3 N=1 0.24 0.75, lagan_G3 N=1 0.22 0.52, N=100 0.16 0.48
# (four images, lanes=4; one image 0.27; lanes=8 0.41), flux_post256 N=1 0.17 0.76, N=32 0.18 0.72 (four images; two 0.61).
# Without and with single: deepweather_k1 N=1 0.50 0.78, N=2 0.54 0.83. Tiles of several positions were slower: a row of
# addresses for each leaves no registers (deepweather_k1 N=1, four positions 0.67; lagan_G3 0.47, one position 0.52).
lcn_tile(filters=1 rows=1,4 lanes=4,8 ragged=false,true)
lcn_tile(filters=1 rows=2 ragged=true)
lcn_tile(filters=1 rows=1,4 lanes=4 ragged=false,true single=true)
lcn_tile(filters=1 rows=2 lanes=4 ragged=true single=true)
lcn_tile(filters=2 rows=1,4 ragged=true)
lcn_tile(filters=2 rows=1,4 ragged=false,true single=true)
