# `activation` and `activation_gradient`: nothing to choose.
lcn_tile(lanes=1)
