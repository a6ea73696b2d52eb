# Register tiles of `forward_band`: `rows` are filters, vectors hold images.
#
# Evidence: Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a virtual machine), 2026-11-26, one thread, cold weights,
# roofline, of the tiles of `forward` and of these: lagan_G1 (6 filters) N=100 0.33, 6x2 0.75, 3x2 0.58; lagan_D2 (8)
# N=100 0.63, 4x3 0.70, 4x2 0.68, 3x2 0.52. With 5x2, 2026-11-28, 24x24x16, windows of 3x3, N=128: 5 filters 0.44, 0.65; 9
# 0.56, 0.61; 10 0.61, 0.71; 15 0.66, 0.73 (N=16 0.55, 0.58).
lcn_tile(rows=3 vectors=1,2)
lcn_tile(rows=4 vectors=1,2,3)
lcn_tile(rows=5 vectors=2)
lcn_tile(rows=6 vectors=1,2)
