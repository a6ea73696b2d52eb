# Register tiles of `forward_band`: `rows` are filters, vectors hold images.
lcn_tile(rows=3 vectors=2)
