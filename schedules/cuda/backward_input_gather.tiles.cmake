# Tiles of `backward_input_gather`: `rows` images x `vectors` vectors of channels for each thread, of group_rows x
# group_columns.
#
#   parts    few images: the sum of a pixel in block / unroll parts
#   aligned  filters come in fours; else any layer
#
# Evidence: H200, 2026-11-26, microseconds, and cuBLAS's strided batched product, which leaves the sum over windows out:
#   N=1    keras_doc_2 22, 37     deepface_L4 83, 222      lcresnet18_l1 35, 70
#   N=32   keras_doc_2 69, 65     deepface_L4 323, 336     lcresnet18_l1 134, 125
#   N=512  keras_doc_2 847, 738   deepface_L4 4062, 4232   lcresnet18_l1 1790, 1555
lcn_tile(parts=true rows=1,2,4 vectors=1 unroll=2 block=32 group_columns=4,8)
lcn_tile(parts=true rows=1,4 vectors=1 lanes=1 unroll=2 block=32 group_columns=4)
lcn_tile(aligned=true rows=4 vectors=1 unroll=4 block=16 group_rows=8 group_columns=4)
lcn_tile(aligned=true rows=8 vectors=1 unroll=4 block=16 group_rows=4 group_columns=8,16)
lcn_tile(aligned=true rows=8 vectors=1 unroll=4 block=16 group_rows=16 group_columns=4,8)
lcn_tile(rows=4 vectors=1 unroll=4 block=16 group_rows=8 group_columns=4,8)
lcn_tile(rows=4 vectors=1 lanes=1 unroll=4 block=16 group_rows=8 group_columns=4)
