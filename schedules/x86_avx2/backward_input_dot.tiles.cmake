# Tiles of `backward_input_dot`: taps (rows); vectors of filters, any number or as many as are held in registers; as wide as
# the filters fill. The first row accepts every problem.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a
# virtual machine), 2026-11-26, one thread, cold weights, roofline, one tap at a time and these:
#   N=1  deepface_L6 0.79 0.98, lagan_G1 0.46 0.76, acl_4 0.68 1.02, flux_post256 0.26 0.46
#   N=4  acl_3 0.43 0.61, with prefetch 0.85; acl_1 0.41 0.54, with prefetch 0.58; acl_4 0.28 0.60
# In the nearest cache the tile of 8 taps runs at 39, 58, 80 GFLOP/s with 1, 2, 4 vectors, of a peak of 104: its 7
# additions and 14 shuffles are shared by so many products.
lcn_tile(rows=1 lanes=1)
lcn_tile(rows=1,4 vectors=2,3 lanes=1)
lcn_tile(rows=1 lanes=4 ragged=false,true)
lcn_tile(rows=4 vectors=1 lanes=4)
lcn_tile(rows=4 vectors=2 lanes=4 ragged=true)
lcn_tile(rows=1,8 ragged=false,true)
lcn_tile(rows=8 vectors=1,2,3,4 prefetch=0,1,2,4)
lcn_tile(rows=8 vectors=2,3,4 ragged=true prefetch=0,1,2,4)
lcn_tile(rows=8 vectors=5,6,7,8 prefetch=0,4)
lcn_tile(rows=8 vectors=5,6,7,8 ragged=true prefetch=0,4)
