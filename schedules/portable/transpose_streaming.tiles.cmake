# No `transpose_streaming`: the row of a block would be a quarter of a line.
