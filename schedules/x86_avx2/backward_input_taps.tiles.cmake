# Vectors of `backward_input_taps`: as wide as the taps of a window row fill.
lcn_tile(lanes=4)
lcn_tile()
