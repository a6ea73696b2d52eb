# Blocks of `transpose`: lanes x lanes elements. The first row accepts every problem.
lcn_tile(lanes=1)
lcn_tile(lanes=4)
