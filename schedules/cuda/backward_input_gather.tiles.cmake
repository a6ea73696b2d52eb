# Tiles of `backward_input_gather`: `rows` images x `vectors` vectors of channels for each thread, of group_rows x
# group_columns.
#
#   parts    few images: the sum of a pixel in block / unroll parts
#   aligned  filters come in fours; else any layer. Parts then read four filters at once, and lanes may be fewer
#   cells    up to `vectors` channels: tiles along columns are pixels. Parts that read filters one by one take one at a time
#            (unroll=1): the compiler would add two of them up first, and others not
#   ahead    loops in which the next block is fetched while one is summed (fetch_ahead.h)
#
# Evidence: H200, 2026-11-28, best of about 400 tiles, microseconds, and cuBLAS's strided batched product, which leaves the
# sum over windows out:
#   N=1    keras_doc_2 18, 35     deepface_L4 67, 218     alltnn_4 33, 27     alltnn_1 29, 48      lcresnet18_conv1 65, 138
#   N=32   keras_doc_2 41, 63     deepface_L4 227, 333    alltnn_4 87, 83     alltnn_1 68, 78      lcresnet18_conv1 264, 254
#   N=512  alltnn_4 691, 483      alltnn_1 858, 767       alltnn_2 1075, 776  lcresnet20_s1 113, 191
# Blocks of 28 filters for 81: alltnn_1 N=32 80 in blocks of 16. Before cells: lcresnet18_conv1 N=1 171, N=32 680.
lcn_tile(parts=true aligned=true rows=1 vectors=1 lanes=2 unroll=1 block=16 group_columns=8 ahead=2)
lcn_tile(parts=true aligned=true rows=1 vectors=1 lanes=2 unroll=2 block=32 group_columns=8 ahead=1)
lcn_tile(parts=true aligned=true rows=2,4 vectors=1 lanes=2 unroll=2 block=32 group_columns=16 ahead=1)
lcn_tile(parts=true aligned=true rows=1 vectors=1 lanes=1 unroll=4 block=64 group_columns=16 ahead=1)
lcn_tile(parts=true rows=1 vectors=1 unroll=4 block=64 group_columns=4 ahead=1)
lcn_tile(parts=true rows=1 vectors=1 unroll=1 block=16 group_columns=4 ahead=1)
lcn_tile(parts=true rows=4 vectors=1 unroll=2 block=32 group_columns=4,8 ahead=1)
lcn_tile(cells=true parts=true aligned=true rows=1 vectors=3 lanes=1 unroll=2 block=32 group_columns=8 ahead=1)
lcn_tile(cells=true parts=true aligned=true rows=4 vectors=3 lanes=1 unroll=1 block=16 group_columns=8 ahead=1)
lcn_tile(cells=true parts=true rows=1,4 vectors=3 lanes=1 unroll=1 block=16 group_columns=4 ahead=1)
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
lcn_tile(rows=8 vectors=1 unroll=16 block=16 group_rows=8 group_columns=16 ahead=1)
lcn_tile(rows=8 vectors=1 unroll=28 block=28 group_rows=8 group_columns=8 ahead=1)
lcn_tile(cells=true aligned=true rows=1 vectors=3 lanes=1 unroll=32 block=64 group_rows=16,32 group_columns=2 ahead=1)
lcn_tile(cells=true aligned=true rows=4 vectors=3 lanes=1 unroll=32 block=32 group_rows=8 group_columns=4)
lcn_tile(cells=true aligned=true rows=4 vectors=3 lanes=1 unroll=32 block=32 group_rows=16 group_columns=4 ahead=1)
lcn_tile(cells=true aligned=true rows=4 vectors=1 lanes=1 unroll=16 block=16 group_rows=16 group_columns=4 ahead=1)
lcn_tile(cells=true rows=1 vectors=1,3 lanes=1 unroll=32 block=64 group_rows=32 group_columns=2)
lcn_tile(cells=true rows=4 vectors=1,3 lanes=1 unroll=32 block=32 group_rows=8 group_columns=4)
