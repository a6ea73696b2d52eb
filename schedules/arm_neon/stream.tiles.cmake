# No `stream` kernel, and no streaming tiles of other kernels: no ARM machine was at hand to measure them, and these cores
# notice stores that fill line after line and stop reading the lines first.
