# Tiles of `forward_dot`: images (rows) at one position; vectors as wide as the taps of a window row fill.
#
# Evidence: Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a virtual machine), 2026-11-26, one thread, cold weights,
# roofline, of the scalar tiles of `forward` and of these: deepweather_k1 N=1 0.20 0.54, deepweather_k3 N=1 0.24 0.79, lagan_G3 N=1
# 0.22 0.52, N=100 0.16 0.48 (four images, lanes=4; one image 0.27; lanes=8 0.41).
lcn_tile(rows=1,2,4 lanes=4 ragged=false,true)
lcn_tile(rows=1,2,4 ragged=false,true)
