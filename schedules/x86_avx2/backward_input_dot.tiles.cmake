# Vectors of `backward_input_dot`: as wide as the filters fill. The first row accepts every problem.
lcn_tile(lanes=1)
lcn_tile(lanes=4 ragged=false,true)
lcn_tile(ragged=false,true)
