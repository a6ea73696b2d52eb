# Vectors of `backward_input_taps`.
lcn_tile()
