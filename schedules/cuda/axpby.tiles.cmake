# `axpby`: nothing to choose.
lcn_tile(lanes=1)
