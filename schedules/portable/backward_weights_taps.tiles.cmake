# Vectors of `backward_weights_taps`: filters, and lanes of taps and filters.
lcn_tile(filters=1 rows=1 single=false,true)
lcn_tile(filters=2 rows=1 lanes=8 single=false,true)
