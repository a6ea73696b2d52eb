# Tiles of `backward_input_dot`: taps (rows); vectors as wide as the filters fill. The first row accepts every problem.
# Tiles of four taps, before the sum tree of today, were 1.2 to 2.8 times slower on Zen 4 (2026-11-22, one image, one
# thread, cold weights: keras_doc_2 1.77 ms against 2.73, alltnn_1 2.83 against 4.14, deepface_L4 7.66 against 21.3).
lcn_tile(rows=1 lanes=1)
lcn_tile(rows=4 vectors=2 lanes=1)
lcn_tile(rows=1 lanes=4,8 ragged=false,true)
lcn_tile(rows=1 ragged=false,true)
