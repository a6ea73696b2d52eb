# Tiles of `backward_input_gather`: `rows` images x `vectors` vectors of channels for each thread, of group_rows x
# group_columns.
#
#   parts    few images: the sum of a pixel in block / unroll parts
#   aligned  filters come in fours; else any layer. Parts then read four filters at once, and lanes may be fewer
#   ahead    loops in which the next block is fetched while one is summed (fetch_ahead.h)
#
# Evidence: H200, 2026-11-26, best of about 300 tiles, microseconds, and cuBLAS's strided batched product, which leaves the
# sum over windows out:
#   N=1    keras_doc_2 18, 36     deepface_L4 68, 221     alltnn_4 33, 27     alltnn_1 29, 48
#   N=32   keras_doc_2 41, 64     deepface_L4 231, 335    alltnn_4 88, 84     alltnn_1 84, 79
#   N=512  alltnn_4 695, 487      alltnn_1 914, 766       lcresnet20_s1 114, 192
lcn_tile(parts=true aligned=true rows=1 vectors=1 lanes=2 unroll=1 block=16 group_columns=8 ahead=2)
lcn_tile(parts=true aligned=true rows=1 vectors=1 lanes=2 unroll=2 block=32 group_columns=8 ahead=1)
lcn_tile(parts=true aligned=true rows=2,4 vectors=1 lanes=2 unroll=2 block=32 group_columns=16 ahead=1)
lcn_tile(parts=true aligned=true rows=1 vectors=1 lanes=1 unroll=4 block=64 group_columns=16 ahead=1)
lcn_tile(parts=true rows=1 vectors=1 unroll=4 block=64 group_columns=4 ahead=1)
lcn_tile(parts=true rows=1 vectors=1 unroll=1 block=16 group_columns=4 ahead=1)
lcn_tile(parts=true rows=4 vectors=1 unroll=2 block=32 group_columns=4,8 ahead=1)
lcn_tile(parts=true rows=1,4 vectors=1 lanes=1 unroll=2 block=32 group_columns=4)
lcn_tile(cells=true parts=true aligned=true rows=1 vectors=3 lanes=1 unroll=1 block=16 group_columns=8,16 ahead=2)
lcn_tile(cells=true parts=true aligned=true rows=4 vectors=3 lanes=1 unroll=1 block=16 group_columns=8 ahead=1)
lcn_tile(aligned=true rows=2 vectors=1 unroll=32 block=32 group_rows=4 group_columns=8 ahead=2)
lcn_tile(aligned=true rows=4 vectors=1 unroll=16 block=16 group_rows=8 group_columns=4 ahead=2)
lcn_tile(aligned=true rows=4 vectors=1 unroll=32 block=32 group_rows=8 group_columns=8 ahead=2)
lcn_tile(aligned=true rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=16 ahead=2)
lcn_tile(aligned=true rows=8 vectors=1 unroll=16 block=16 group_rows=16 group_columns=4 ahead=1)
lcn_tile(aligned=true rows=8 vectors=1 unroll=32 block=32 group_rows=4 group_columns=8)
lcn_tile(aligned=true rows=8 vectors=1 unroll=32 block=32 group_rows=8 group_columns=8,16)
lcn_tile(rows=4 vectors=1 unroll=16 block=16 group_rows=8 group_columns=4)
lcn_tile(rows=4 vectors=1 unroll=16 block=32 group_rows=8 group_columns=8)
lcn_tile(rows=4 vectors=1 unroll=28 block=28 group_rows=8 group_columns=16 ahead=1)
lcn_tile(rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=16)
lcn_tile(rows=8 vectors=1 unroll=16 block=32 group_rows=8 group_columns=16)
lcn_tile(rows=8 vectors=1 unroll=28 block=28 group_rows=8 group_columns=21)
lcn_tile(cells=true aligned=true rows=1,2 vectors=3 lanes=1 unroll=32 block=64 group_rows=32 group_columns=2)
lcn_tile(cells=true aligned=true rows=4 vectors=3 lanes=1 unroll=32 block=32 group_rows=8,16 group_columns=4)
lcn_tile(cells=true aligned=true rows=4 vectors=1 lanes=1 unroll=16 block=16 group_rows=16 group_columns=4 ahead=1)
lcn_tile(cells=true rows=1 vectors=1,3 lanes=1 unroll=32 block=64 group_rows=32 group_columns=2)
lcn_tile(cells=true rows=4 vectors=1,3 lanes=1 unroll=32 block=32 group_rows=8 group_columns=4)
