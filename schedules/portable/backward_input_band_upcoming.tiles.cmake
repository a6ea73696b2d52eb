# No `backward_input_band_upcoming`: its sums take longer than what would be fetched.
