# Register tiles of `backward_input_band`: `rows` are taps, `vectors` are vectors of images; batches are padded to
# multiples of 8.
#
#   rows=8        most windows
#   rows=9        window rows of 9 taps, 3 x 3 of three channels
#   rows=1 .. 6   window rows with fewer taps than 8; one tap needs a load per multiply-add
#   vectors=4, 8  batches of whole multiples of 16 and 32
#
# Evidence: the loops in README.md. No tile with 24 sums and more than one broadcast row fits the registers.
lcn_tile(rows=1 vectors=2,8 unroll=4)
lcn_tile(rows=2 vectors=2,4 unroll=4)
lcn_tile(rows=3,4 vectors=2,4 unroll=4)
lcn_tile(rows=6 vectors=2 unroll=4)
lcn_tile(rows=8,9 vectors=2 unroll=4 prefetch=0,1)
