# Tiles of `backward_weights` for devices: `rows` taps x `vectors` vectors of filters for each thread, of group_rows x
# group_columns.
#
#   single        one image: products, written as one stream
#   accumulate    tiles must divide taps and filters
#   aligned       filters come in fours; else any layer
#   rows_aligned  channels too
#   ahead         loops in which the next block is fetched while one is summed (fetch_ahead.h)
#
# Evidence: H200, 2026-11-28, best of about 300 tiles, microseconds, and cuBLAS's strided batched product:
#   N=1    keras_doc_2 18, 29     deepface_L4 69, 199     alltnn_4 23, 34     alltnn_1 30, 49
#   N=32   keras_doc_2 37, 51     deepface_L4 207, 365    alltnn_4 48, 62     alltnn_1 71, 85
#   N=512  alltnn_4 516, 437      alltnn_1 754, 703       lcresnet20_s1 105, 176
# Groups of no more taps than a window row of three channels has: keras_doc_1 N=128 31 (55 with groups of 32 taps). Groups of 88
# filters for 81: alltnn_1 N=1 30 (48 as products alone), N=32 71 (96 in groups of 32). Groups of two tiles of filters for few:
# lagan_G1 N=100 29 (58).
lcn_tile(layer=true single=true aligned=true rows_aligned=true rows=4 vectors=1 group_rows=16 group_columns=4,8)
lcn_tile(layer=true single=true aligned=true rows_aligned=true rows=4 vectors=1 group_rows=8 group_columns=16)
lcn_tile(layer=true single=true aligned=true rows=4 vectors=1 group_rows=8 group_columns=8,16)
lcn_tile(layer=true single=true rows=4 vectors=1 lanes=1 group_rows=4 group_columns=32)
lcn_tile(layer=true single=true rows=4 vectors=1 lanes=1 group_rows=32 group_columns=4)
lcn_tile(layer=true single=true rows=1 vectors=1 lanes=1 group_rows=8 group_columns=8)
lcn_tile(layer=true aligned=true rows_aligned=true rows=4 vectors=1 unroll=8 block=8 group_rows=8 group_columns=4 ahead=1)
lcn_tile(layer=true aligned=true rows_aligned=true rows=4 vectors=1 unroll=16 block=16 group_rows=8 group_columns=8)
lcn_tile(layer=true aligned=true rows_aligned=true rows=4 vectors=1 unroll=32 block=32 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true aligned=true rows_aligned=true rows=8 vectors=1 unroll=8 block=8 group_rows=8 group_columns=4,8,16)
lcn_tile(layer=true aligned=true rows_aligned=true rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=4,16 ahead=1)
lcn_tile(layer=true aligned=true rows_aligned=true rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=8)
lcn_tile(layer=true aligned=true rows_aligned=true rows=8 vectors=1 unroll=32 block=32 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true aligned=true rows=4 vectors=1 unroll=16 block=16 group_rows=4,8 group_columns=8,16 ahead=1)
lcn_tile(layer=true aligned=true rows=4 vectors=1 unroll=16 block=16 group_rows=6 group_columns=16 ahead=1)
lcn_tile(layer=true rows=4 vectors=1 unroll=8 block=8 group_rows=16 group_columns=1 ahead=1)
lcn_tile(layer=true rows=4 vectors=1 unroll=16 block=16 group_rows=8 group_columns=4,8)
lcn_tile(layer=true rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=16)
lcn_tile(layer=true rows=8 vectors=1 unroll=32 block=32 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true rows_aligned=true rows=4 vectors=1 unroll=16 block=16 group_rows=16 group_columns=2 ahead=1)
lcn_tile(layer=true rows=4 vectors=1 unroll=16 block=16 group_rows=16 group_columns=2)
lcn_tile(layer=true rows_aligned=true rows=8 vectors=2 unroll=4 block=4 group_rows=8 group_columns=11 ahead=1)
lcn_tile(layer=true rows_aligned=true rows=8 vectors=2 unroll=16 block=16 group_rows=8 group_columns=11 ahead=1)
lcn_tile(layer=true rows=8 vectors=2 unroll=4 block=4 group_rows=8 group_columns=11)
lcn_tile(layer=true rows=8 vectors=2 unroll=16 block=16 group_rows=8 group_columns=11 ahead=1)
lcn_tile(layer=true rows=1 vectors=1 lanes=1 unroll=4 block=8 group_rows=8 group_columns=8)
lcn_tile(layer=true aligned=true rows_aligned=true accumulate=true rows=4 vectors=1 unroll=4 block=8 group_rows=8 group_columns=8)
lcn_tile(layer=true aligned=true accumulate=true rows=4 vectors=1 unroll=4 block=8 group_rows=8 group_columns=8)
lcn_tile(layer=true accumulate=true rows=1 vectors=1 lanes=1 unroll=4 block=8 group_rows=8 group_columns=8)
