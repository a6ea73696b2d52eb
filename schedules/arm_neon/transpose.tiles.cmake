# Blocks of `transpose`: lanes x lanes elements. The first row accepts every problem.
lcn_tile(lanes=1,4)
