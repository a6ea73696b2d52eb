# Vectors of `backward_input_taps`.
lcn_tile(filters=1,2)
