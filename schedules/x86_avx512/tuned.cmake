# Kernels that were measured to be at least 1.03 times as fast as the cost model's choice: pass, shape, threads, kernel, gain,
# half of the interval that holds it in 95 %, samples. Without kernels that write a gradient past the caches where whoever
# reads it next would find it there: measured alone they win. Written by `./run tune --table x86_avx512`, read by
# cmake/LcnTuned.cmake; docs/tuning.md says how they are measured.
#
# Evidence: Intel(R) Xeon(R) Processor @ 2.50GHz (GenuineIntel, family 6, model 85, stepping 7; avx2 avx512bw avx512cd avx512dq
# avx512f avx512vl fma), 2026-11-26, lcn 0.1.0: 209 problems, each as by `lcn tune --suite --target x86_avx512 --threads 1
# --rigor patient --seed 1`. Probes: none are published for this machine.

