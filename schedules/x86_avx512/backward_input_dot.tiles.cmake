# Tiles of `backward_input_dot`: taps (rows); vectors of filters, any number or as many as are held in registers; as wide as
# the filters fill. The first row accepts every problem.
#
# Evidence, from `lcn_bench --kernel=... --benchmark_filter=...` on Zen 5 (AMD EPYC, family 26 model 2, 2 processors of a virtual machine), 2026-11-29, one thread, cold weights,
# roofline, one tap at a time, 8, 16:
#   N=1  lcresnet20_s1 0.65 0.87 0.77, calo0_D1 0.81 0.97 0.79, deepface_L5 0.81 0.91 0.82, alltnn_4 1.01 1.07 1.05
#   N=4  acl_3 0.39 0.67 (8, with prefetch), acl_1 0.31 0.51
# prefetch=16 and more: for one image, all lines of a tile a page ahead (runtime/plan_backward.cpp); 3, 6 and 8 vectors by the same
# rule, not measured.
lcn_tile(rows=1 lanes=1)
lcn_tile(rows=4 vectors=2 lanes=1)
lcn_tile(rows=1 lanes=4,8 ragged=false,true)
lcn_tile(rows=4 vectors=1 lanes=4)
lcn_tile(rows=4 vectors=2 lanes=4 ragged=true)
lcn_tile(rows=8 vectors=1 lanes=8)
lcn_tile(rows=8 vectors=2 lanes=8 ragged=true)
lcn_tile(rows=1,8 ragged=false,true)
lcn_tile(rows=8 vectors=1,2,3,4 prefetch=0,1,2,4)
lcn_tile(rows=8 vectors=2,3,4 ragged=true prefetch=0,1,2,4)
lcn_tile(rows=8 vectors=5,6,7,8 prefetch=0,4)
lcn_tile(rows=8 vectors=5,6,7,8 ragged=true prefetch=0,4)
lcn_tile(rows=8 vectors=2 prefetch=16)
lcn_tile(rows=8 vectors=3 prefetch=24)
lcn_tile(rows=8 vectors=4 prefetch=32)
lcn_tile(rows=8 vectors=5 prefetch=40)
lcn_tile(rows=8 vectors=6 prefetch=48)
lcn_tile(rows=8 vectors=8 prefetch=64)
