# Tiles of `backward_weights_taps`: those of x86_avx2, for most window rows are short; with two filters wider ones too. Not
# yet measured on a machine with AVX-512.
lcn_tile(filters=1 rows=1 lanes=4,8 single=false,true)
lcn_tile(filters=1 rows=2,3,4 lanes=4,8 span=true)
lcn_tile(filters=2 rows=1 lanes=8,16 single=false,true)
