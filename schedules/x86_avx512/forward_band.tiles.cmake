# `forward_band`: none of its own, which would take the room that programs with forward alone have left. Where x86_avx2 is
# built too, its tiles run.
