# Register tiles of `backward_input_band` for the baseline of an architecture. `rows` counts taps, `vectors` are images.
lcn_tile(rows=1 vectors=2 unroll=4)
lcn_tile(rows=4 vectors=2 unroll=4)
