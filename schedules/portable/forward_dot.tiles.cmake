# Tiles of `forward_dot`: filters, and images (rows) at one position; vectors of taps and filters.
lcn_tile(filters=1 rows=1,2,4 ragged=false,true)
lcn_tile(filters=2 rows=1,4 lanes=8 ragged=false,true)
