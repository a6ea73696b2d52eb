# No `stream` kernel: where a kernel cannot stream its own stores, plain stores of whole 64-byte lines are faster than
# a pass through the cache (Zen 4, backward_weights alltnn_1 N=1: 29.7 GB/s against 18.3 GB/s).
