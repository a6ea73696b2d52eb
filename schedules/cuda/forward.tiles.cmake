# Tiles of `forward` for devices: each thread has `rows` images x `vectors` vectors of filters, a block of threads
# group_rows x group_columns such tiles.
#
#   parts     few images: the sum of a position in block / unroll parts, the same number in all of these tiles, for bits depend
#             on it
#   aligned   filters come in fours, and unless in parts, channels too; else any layer
#
# Evidence: H200, 2026-11-26, best of about 60 tiles, microseconds, and cuBLAS's strided batched product on patches that
# were made before:
#   N=1    keras_doc_2 20, 22       deepface_L4 62, 72       lcresnet18_l1 32, 33
#   N=32   keras_doc_2 52, 43       deepface_L4 219, 312     lcresnet18_l1 79, 81      alltnn_1 75, 73
#   N=512  keras_doc_2 523, 417     deepface_L4 3142, 3299   lcresnet18_l1 1004, 846   alltnn_1 993, 734
lcn_tile(layer=true parts=true aligned=true rows=1,2,4 vectors=1 unroll=2 block=32 group_columns=4,8)
lcn_tile(layer=true parts=true aligned=true rows=1,2,4 vectors=1 unroll=4 block=64 group_columns=16)
lcn_tile(layer=true parts=true rows=1,4 vectors=1 unroll=2 block=32 group_columns=4)
lcn_tile(layer=true parts=true rows=1,4 vectors=1 lanes=1 unroll=2 block=32 group_columns=4)
lcn_tile(layer=true aligned=true rows=2 vectors=1 unroll=4 block=16 group_rows=4 group_columns=8)
lcn_tile(layer=true aligned=true rows=4 vectors=1 unroll=4 block=32 group_rows=8,16 group_columns=4,8)
lcn_tile(layer=true aligned=true rows=4 vectors=2 unroll=4 block=32 group_rows=16 group_columns=8)
lcn_tile(layer=true rows=4 vectors=1 unroll=4 block=16 group_rows=8 group_columns=4,8)
lcn_tile(layer=true rows=4 vectors=1 lanes=1 unroll=4 block=16 group_rows=8 group_columns=4)
