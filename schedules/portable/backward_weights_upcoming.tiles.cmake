# No `backward_weights_upcoming`: its sums take longer than what would be fetched.
