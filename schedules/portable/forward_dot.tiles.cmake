# Tiles of `forward_dot`: images (rows) at one position; vectors of taps.
lcn_tile(rows=1,2,4 ragged=false,true)
