# Kernels that were measured to be at least 1.03 times as fast as the cost model's choice: pass, shape, threads, kernel, gain,
# half of the interval that holds it in 95 %, samples. Without kernels that write a gradient past the caches where whoever
# reads it next would find it there: measured alone they win. Written by `./run tune --table x86_avx2`, read by
# cmake/LcnTuned.cmake; docs/tuning.md says how they are measured.
#
# Evidence: AMD EPYC (AuthenticAMD, family 25, model 1, stepping 1; avx2 fma), 2026-11-26, lcn 0.1.0, `lcn tune --suite
# --target x86_avx2 --threads 1 --rigor patient --seed 1`, `lcn tune --suite --target x86_avx2 --threads 2 --rigor patient
# --seed 1`. Probes: fill GBps threads 1 22.65, fill GBps threads 2 33.05, multiply add GFLOPS avx2 threads 1 103.6, multiply
# add GFLOPS avx2 threads 2 207.2, multiply add GFLOPS baseline threads 1 48, multiply add GFLOPS baseline threads 2 95.9, read
# GBps threads 1 22.6, read GBps threads 2 37.7.
lcn_tuned_with(forward 9d4f998833f9a035)
lcn_tuned(forward 32x32x3:3x3x64:n128 1 lcn_forward_f32_x86_avx2_1x8_unroll1_span 1.041 0.018 87)
lcn_tuned(forward 8x8x64:3x3x64:same:n128 1 lcn_forward_f32_x86_avx2_2x4_unroll3 1.031 0.005 87)
lcn_tuned(forward 5x4x60:2x2x80:n64 1 lcn_forward_f32_x86_avx2_4x2_unroll4_prefetch1 1.045 0.002 87)
lcn_tuned(forward 150x150x3:7x7x64:s3x3:n32 1 lcn_forward_f32_x86_avx2_2x4_unroll4_prefetch2 1.045 0.007 87)
lcn_tuned(forward 3x3x256:3x3x2500:n32 1 lcn_forward_f32_x86_avx2_4x3_unroll4_prefetch3 1.201 0.003 87)
lcn_tuned(forward 5x98x64:3x3x16:s1x2:n256 1 lcn_forward_f32_x86_avx2_4x2_unroll4_prefetch1 1.038 0.006 87)
lcn_tuned(forward 16x8x64:1x1x64:n1000 1 lcn_forward_f32_x86_avx2_2x4_unroll4_prefetch2 1.121 0.013 87)
lcn_tuned(forward 27x23x5:3x3x21:s1x2:n4 1 lcn_forward_f32_x86_avx2_4x2_unroll3_prefetch2 1.037 0.013 87)
lcn_tuned(forward 31x17x2:5x5x19:s2x1:same:n4 1 lcn_forward_f32_x86_avx2_4x2_unroll3_prefetch2 1.086 0.006 87)
lcn_tuned(forward 1x1x1024:1x1x1001:n5 1 lcn_forward_f32_x86_avx2_2x4_unroll3_prefetch2 1.138 0.003 87)
lcn_tuned(forward 32x32x3:3x3x64:n128 more lcn_forward_f32_x86_avx2_2x4_unroll3_prefetch1 1.044 0.017 87)
lcn_tuned(forward 8x8x64:3x3x64:same:n128 more lcn_forward_f32_x86_avx2_2x4_unroll4 1.030 0.018 87)
lcn_tuned(forward 5x4x60:2x2x80:n1 more lcn_forward_f32_x86_avx2_1x10_unroll1_span 1.046 0.043 127)
lcn_tuned(forward 5x4x60:2x2x80:n64 more lcn_forward_f32_x86_avx2_4x2_unroll4_prefetch1 1.038 0.019 87)
lcn_tuned(forward 3x3x256:3x3x2500:n32 more lcn_forward_f32_x86_avx2_4x3_unroll4_prefetch3 1.167 0.007 87)
lcn_tuned(forward 5x98x64:3x3x16:s1x2:n256 more lcn_forward_f32_x86_avx2_4x2_unroll4_prefetch1 1.038 0.008 87)
lcn_tuned(forward 16x8x64:1x1x64:n1000 more lcn_forward_f32_x86_avx2_2x4_unroll4_prefetch2 1.108 0.027 87)
lcn_tuned(forward 31x17x2:5x5x19:s2x1:same:n4 more lcn_forward_f32_x86_avx2_4x2_unroll3_prefetch2 1.108 0.069 87)
lcn_tuned(forward 31x17x2:5x5x19:s2x1:same:n5 more lcn_forward_f32_x86_avx2_4x3_unroll3_span 1.065 0.040 87)
lcn_tuned(forward 1x1x1024:1x1x1001:n5 more lcn_forward_f32_x86_avx2_2x4_unroll4 1.034 0.009 87)
lcn_tuned_with(backward_input cf72ef338ffaf2b2)
lcn_tuned(backward_input 3x3x256:3x3x2500:n32 1 lcn_backward_input_band_f32_x86_avx2_4x2_unroll4 1.114 0.012 87)
lcn_tuned(backward_input 5x98x64:3x3x16:s1x2:n256 1 lcn_backward_input_band_f32_x86_avx2_8x1_unroll1 1.051 0.003 87)
lcn_tuned(backward_input 64x64x1:3x3x16:same:n64 1 lcn_backward_input_band_f32_x86_avx2_2x4_unroll4 1.042 0.015 87)
lcn_tuned(backward_input 3x3x256:3x3x2500:n32 more lcn_backward_input_band_f32_x86_avx2_4x2_unroll4 1.067 0.014 87)
lcn_tuned(backward_input 26x26x6:2x2x1:n100 more lcn_backward_input_taps_f32_x86_avx2_filters1 1.036 0.034 91)
lcn_tuned(backward_input 16x8x64:1x1x64:n1 more lcn_backward_input_dot_f32_x86_avx2_8x8_prefetch4 1.030 0.029 87)
lcn_tuned_with(backward_weights ec28cf9a40e244ef)
lcn_tuned(backward_weights 32x32x3:3x3x64:n32 1 lcn_backward_weights_f32_x86_avx2_3x3_unroll2 1.033 0.004 87)
lcn_tuned(backward_weights 8x8x256:3x3x256:n32 1 lcn_backward_weights_f32_x86_avx2_3x3_unroll2 1.105 0.004 87)
lcn_tuned(backward_weights 17x17x8:5x5x8:n1 1 lcn_backward_weights_f32_x86_avx2_1x2_lanes4_span_single 1.092 0.014 87)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n4 1 lcn_backward_weights_f32_x86_avx2_3x2_unroll2 1.076 0.007 87)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n5 1 lcn_backward_weights_f32_x86_avx2_3x2_unroll2 1.075 0.006 87)
lcn_tuned(backward_weights 150x150x3:7x7x64:s3x3:n1 more lcn_backward_weights_f32_x86_avx2_4x8_span_single 1.089 0.007 87)
lcn_tuned(backward_weights 8x8x256:3x3x256:n32 more lcn_backward_weights_f32_x86_avx2_3x3_unroll2 1.154 0.007 87)
lcn_tuned(backward_weights 224x224x3:7x7x32:s2x2:same:n1 more lcn_backward_weights_f32_x86_avx2_4x4_span_single 1.087 0.012 87)
lcn_tuned(backward_weights 7x7x256:3x3x256:same:n1 more lcn_backward_weights_f32_x86_avx2_4x8_single 1.037 0.012 87)
lcn_tuned(backward_weights 7x7x256:3x3x256:same:n32 more lcn_backward_weights_f32_x86_avx2_6x2_unroll2 1.102 0.011 87)
lcn_tuned(backward_weights 16x8x64:1x1x64:n1 more lcn_backward_weights_f32_x86_avx2_4x8_span_single 1.043 0.041 97)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n4 more lcn_backward_weights_f32_x86_avx2_3x2_unroll2 1.152 0.042 87)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n5 more lcn_backward_weights_f32_x86_avx2_3x2_unroll2 1.096 0.050 87)
lcn_tuned(backward_weights 1x1x1024:1x1x1001:n4 more lcn_backward_weights_f32_x86_avx2_4x3_unroll2 1.049 0.009 87)
lcn_tuned(backward_weights 1x1x1024:1x1x1001:n5 more lcn_backward_weights_f32_x86_avx2_4x3_unroll2 1.037 0.008 87)
