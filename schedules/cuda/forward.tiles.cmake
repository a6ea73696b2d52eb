# Tiles of `forward` for devices: each thread has `rows` images x `vectors` vectors of filters, a block of threads
# group_rows x group_columns such tiles.
#
#   parts         few images: the sum of a position in block / unroll parts, the same number in all of these tiles, for bits
#                 depend on it
#   aligned       filters come in fours; else any layer
#   rows_aligned  channels too
#   ahead         loops in which the next block is fetched while one is summed (fetch_ahead.h)
#
# Of tiles that cost the same the first one runs (runtime/device/choose.cpp): wider groups come first, N=1 keras_doc_2 17 and 19.
#
# Evidence: H200, 2026-11-28, best of about 400 tiles, microseconds, and cuBLAS's strided batched product on patches that
# were made before:
#   N=1    keras_doc_2 17, 21       deepface_L4 62, 72      alltnn_4 26, 26      alltnn_1 32, 29
#   N=32   keras_doc_2 36, 42       deepface_L4 180, 312    alltnn_4 84, 101     alltnn_1 72, 72
#   N=512  alltnn_4 608, 533        alltnn_1 795, 731       lcresnet20_s1 114, 149
# Three channels: blocks of 12 and 24 taps, for windows of 3 and 7 columns: keras_doc_1 N=128 26 (33 in blocks of 16), alltnn_0
# N=32 68 (82). Few filters: groups of two tiles of them, lagan_G1 N=100 46 (94 in groups of eight). Without `ahead` keras_doc_2
# N=32 44, alltnn_4 N=1 48. Tiles of 8 x 8 (vectors=2): alltnn_4 N=512 647 at best.
lcn_tile(layer=true parts=true aligned=true rows=1 vectors=1 unroll=2 block=32 group_columns=8 ahead=2)
lcn_tile(layer=true parts=true aligned=true rows=1,2,4 vectors=1 unroll=4 block=64 group_columns=8 ahead=1)
lcn_tile(layer=true parts=true aligned=true rows=2,4 vectors=1 unroll=4 block=64 group_columns=4 ahead=1)
lcn_tile(layer=true parts=true aligned=true rows=1 vectors=1 unroll=4 block=64 group_columns=4 ahead=2)
lcn_tile(layer=true parts=true aligned=true rows=1 vectors=1 unroll=8 block=128 group_columns=8,4 ahead=1)
lcn_tile(layer=true parts=true rows=1 vectors=1 unroll=4 block=64 group_columns=8)
lcn_tile(layer=true parts=true rows=1 vectors=1 unroll=4 block=64 group_columns=1,4 ahead=1)
lcn_tile(layer=true parts=true rows=1 vectors=1 unroll=2 block=32 group_columns=8,4)
lcn_tile(layer=true parts=true rows=4 vectors=1 unroll=2 block=32 group_columns=1,8 ahead=1)
lcn_tile(layer=true parts=true rows=1,4 vectors=1 lanes=1 unroll=2 block=32 group_columns=4)
lcn_tile(layer=true aligned=true rows_aligned=true rows=2 vectors=1 unroll=32 block=32 group_rows=4 group_columns=8 ahead=1)
lcn_tile(layer=true aligned=true rows_aligned=true rows=4 vectors=1 unroll=32 block=32 group_rows=8 group_columns=4,8 ahead=1)
lcn_tile(layer=true aligned=true rows_aligned=true rows=8 vectors=1 unroll=16 block=32 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true aligned=true rows_aligned=true rows=8 vectors=1 unroll=32 block=32 group_rows=16 group_columns=4)
lcn_tile(layer=true aligned=true rows=4 vectors=1 unroll=12 block=12 group_rows=8 group_columns=8 ahead=2)
lcn_tile(layer=true aligned=true rows=4,8 vectors=1 unroll=12 block=12 group_rows=8 group_columns=16)
lcn_tile(layer=true aligned=true rows=4 vectors=1 unroll=24 block=24 group_rows=8 group_columns=8,16)
lcn_tile(layer=true rows_aligned=true rows=4 vectors=1 unroll=32 block=32 group_rows=16 group_columns=2 ahead=1)
lcn_tile(layer=true rows_aligned=true rows=8 vectors=1 unroll=16 block=32 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true rows=2 vectors=1 unroll=32 block=32 group_rows=16 group_columns=1)
lcn_tile(layer=true rows=4 vectors=1 unroll=16 block=16 group_rows=8 group_columns=4,8)
lcn_tile(layer=true rows=4 vectors=1 unroll=16 block=16 group_rows=16 group_columns=2 ahead=1)
lcn_tile(layer=true rows=4 vectors=1 unroll=32 block=32 group_rows=8 group_columns=4)
lcn_tile(layer=true rows=4 vectors=1 unroll=32 block=32 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=8 ahead=1)
lcn_tile(layer=true rows=4 vectors=1 lanes=1 unroll=4 block=16 group_rows=8 group_columns=4)
