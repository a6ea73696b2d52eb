lcn_tile(lanes=1)
lcn_tile(lanes=4)
lcn_tile(lanes=8)
