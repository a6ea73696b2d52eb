# Register tiles of `forward_band`: `rows` are filters, vectors hold images. As few as do, for programs with forward alone
# have little room: with 8 lanes for bands of 8 and 24 images, the last of a batch and those of 4 filters, whose sums then
# fill twelve registers; 8x2 from 8 filters on, of which one vector leaves `forward` eight sums, too few.
#
# Evidence: Cascade Lake (Xeon 2.5 GHz, 2 processors of a virtual machine), 2026-11-27, one thread, cold weights, tiles of
# `forward` (8 filters: 4x3) and 8x2: lcresnet20_s1 N=512 54 to 97, 45 to 66 ms; lagan_D2 N=100 1.37, 0.95 ms; 32x32x16, 3x3,
# 12 filters N=128 20.8, 13.7 ms.
lcn_tile(rows=3 vectors=1 lanes=8)
lcn_tile(rows=4 vectors=3 lanes=8)
lcn_tile(rows=3,6 vectors=1)
lcn_tile(rows=8 vectors=2)
