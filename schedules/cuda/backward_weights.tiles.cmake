# Tiles of `backward_weights` for devices: `rows` taps x `vectors` vectors of filters for each thread, of group_rows x
# group_columns.
#
#   single      one image: products, written as one stream
#   accumulate  tiles must divide taps and filters
#   aligned     filters and channels come in fours; else any layer
#
# Evidence: H200, 2026-11-26, microseconds, and cuBLAS's strided batched product:
#   N=1    keras_doc_2 19, 29     deepface_L4 70, 201      alltnn_4 24, 35
#   N=32   keras_doc_2 44, 51     deepface_L4 223, 362     alltnn_4 56, 63
#   N=512  keras_doc_2 507, 390   deepface_L4 3270, 3474   alltnn_4 628, 439
lcn_tile(layer=true single=true aligned=true rows=4 vectors=1 group_rows=16 group_columns=4,8)
lcn_tile(layer=true single=true rows=1 vectors=1 lanes=1 group_rows=8 group_columns=8)
lcn_tile(layer=true aligned=true rows=8 vectors=1 unroll=4 block=8 group_rows=8 group_columns=4,8,16)
lcn_tile(layer=true aligned=true rows=4 vectors=1 unroll=4 block=8 group_rows=8 group_columns=4)
lcn_tile(layer=true rows=1 vectors=1 lanes=1 unroll=4 block=8 group_rows=8 group_columns=8)
lcn_tile(layer=true rows=4 vectors=1 unroll=4 block=8 group_rows=8 group_columns=4)
lcn_tile(layer=true aligned=true accumulate=true rows=4 vectors=1 unroll=4 block=8 group_rows=8 group_columns=8)
lcn_tile(layer=true accumulate=true rows=1 vectors=1 lanes=1 unroll=4 block=8 group_rows=8 group_columns=8)
