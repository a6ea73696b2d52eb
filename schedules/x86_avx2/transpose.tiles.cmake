# Blocks of `transpose`: lanes x lanes elements in registers; smaller ones for what is left. The first row accepts every
# problem.
lcn_tile(lanes=1,4,8)
