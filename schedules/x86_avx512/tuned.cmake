# Kernels that were measured to be at least 1.03 times as fast as the cost model's choice: pass, shape, threads, kernel, gain,
# half of the interval that holds it in 95 %, samples. Without kernels that write a gradient past the caches where whoever
# reads it next would find it there: measured alone they win. Written by `./run tune --table x86_avx512`, read by
# cmake/LcnTuned.cmake; docs/tuning.md says how they are measured.
#
# Evidence: Intel(R) Xeon(R) Processor @ 2.50GHz (GenuineIntel, family 6, model 85, stepping 7; avx2 avx512bw avx512cd avx512dq
# avx512f avx512vl fma), 2026-11-26, lcn 0.1.0: 209 problems, each as by `lcn tune --suite --target x86_avx512 --threads 1
# --rigor patient --seed 1`. Probes: none are published for this machine.
lcn_tuned_with(forward da79c929fd8677f6)
lcn_tuned(forward 7x7x1024:3x3x256:same:n8 1 lcn_forward_f32_x86_avx512_4x4_unroll3_prefetch2 1.080 0.020 87)
lcn_tuned(forward 3x3x256:3x3x2500:n32 1 lcn_forward_f32_x86_avx512_8x1_unroll4_prefetch2 1.417 0.070 87)
lcn_tuned(forward 64x64x1:3x3x16:same:n64 1 lcn_forward_f32_x86_avx512_1x1_unroll4_span 1.294 0.008 87)
lcn_tuned(forward 1x1x1024:1x1x1001:n4 1 lcn_forward_f32_x86_avx512_4x4_unroll4_prefetch2 1.059 0.014 87)
lcn_tuned_with(backward_input 0f93c1226c8240e0)
lcn_tuned(backward_input 8x8x256:3x3x256:n32 1 lcn_backward_input_band_f32_x86_avx512_4x2_unroll4 1.056 0.033 87)
lcn_tuned(backward_input 3x3x256:3x3x2500:n32 1 lcn_backward_input_band_f32_x86_avx512_4x2_unroll4 1.121 0.022 87)
lcn_tuned(backward_input 7x7x256:3x3x256:same:n32 1 lcn_backward_input_band_f32_x86_avx512_4x2_unroll4 1.054 0.023 87)
lcn_tuned(backward_input 4x97x6:2x2x1:n1 1 lcn_backward_input_taps_f32_x86_avx512_lanes8_filters1 1.037 0.020 87)
lcn_tuned_with(backward_weights 523c2e4c9ae78919)
lcn_tuned(backward_weights 30x30x64:3x3x32:n128 1 lcn_backward_weights_f32_x86_avx512_8x2_unroll2 1.107 0.011 87)
lcn_tuned(backward_weights 8x8x64:3x3x32:same:n1 1 lcn_backward_weights_f32_x86_avx512_1x1_single 1.036 0.035 95)
lcn_tuned(backward_weights 150x150x3:7x7x64:s3x3:n1 1 lcn_backward_weights_f32_x86_avx512_1x4_single 1.171 0.053 87)
lcn_tuned(backward_weights 150x150x3:7x7x64:s3x3:n32 1 lcn_backward_weights_f32_x86_avx512_3x4_unroll2 1.070 0.008 87)
lcn_tuned(backward_weights 8x8x256:3x3x256:n32 1 lcn_backward_weights_f32_x86_avx512_4x4_unroll2_streaming 1.040 0.005 87)
lcn_tuned(backward_weights 3x3x256:3x3x2500:n1 1 lcn_backward_weights_f32_x86_avx512_1x1_single 1.103 0.008 87)
lcn_tuned(backward_weights 3x3x256:3x3x2500:n32 1 lcn_backward_weights_f32_x86_avx512_3x3_unroll2 1.091 0.009 87)
lcn_tuned(backward_weights 224x224x3:7x7x32:s2x2:same:n1 1 lcn_backward_weights_f32_x86_avx512_4x2_span_single 1.360 0.005 87)
lcn_tuned(backward_weights 224x224x3:7x7x32:s2x2:same:n32 1 lcn_backward_weights_f32_x86_avx512_3x2_unroll2_streaming 1.071 0.017 87)
lcn_tuned(backward_weights 32x32x16:3x3x16:same:n1 1 lcn_backward_weights_f32_x86_avx512_4x2_lanes8_span_single 1.220 0.010 87)
lcn_tuned(backward_weights 5x98x64:3x3x16:s1x2:n1 1 lcn_backward_weights_f32_x86_avx512_4x2_lanes8_span_single 1.182 0.012 87)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n4 1 lcn_backward_weights_f32_x86_avx512_3x1_unroll2 1.060 0.022 87)
lcn_tuned(backward_weights 31x17x2:5x5x19:s2x1:same:n4 1 lcn_backward_weights_f32_x86_avx512_1x1_unroll2 1.039 0.016 87)
lcn_tuned(backward_weights 27x33x7:7x5x16:s2x3:n1 1 lcn_backward_weights_f32_x86_avx512_4x2_lanes8_span_single 1.151 0.012 87)
lcn_tuned(backward_weights 1x1x1024:1x1x1001:n1 1 lcn_backward_weights_f32_x86_avx512_1x1_single 1.079 0.031 87)
lcn_tuned(backward_weights 1x1x1024:1x1x1001:n4 1 lcn_backward_weights_f32_x86_avx512_4x3_unroll2 1.055 0.014 87)
