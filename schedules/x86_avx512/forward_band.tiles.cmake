# Register tiles of `forward_band`: `rows` are filters, vectors hold images. As few as do, for programs with forward alone
# have little room: with 8 lanes for bands of 8 and 24 images, the last of a batch and those of 4 and 8 filters, whose sums
# then fill twelve registers. Not yet measured on a machine with AVX-512.
lcn_tile(rows=3 vectors=1 lanes=8)
lcn_tile(rows=4 vectors=3 lanes=8)
lcn_tile(rows=3,6 vectors=1)
