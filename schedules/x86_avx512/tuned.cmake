# Kernels that were measured to be at least 1.03 times as fast as the cost model's choice: pass, shape, threads, kernel, gain,
# half of the interval that holds it in 95 %, samples. Without kernels that write a gradient past the caches where whoever
# reads it next would find it there: measured alone they win. Written by `./run tune --table x86_avx512`, read by
# cmake/LcnTuned.cmake; docs/tuning.md says how they are measured.
#
# Evidence: AMD EPYC (AuthenticAMD, family 26, model 2, stepping 1; avx2 avx512bw avx512cd avx512dq avx512f avx512vl fma),
# 2026-11-29, lcn 0.1.0: 208 problems, each as by `lcn tune --suite --target x86_avx512 --threads 1 --rigor patient --seed 1`.
# Probes: fill GBps threads 1 43.95, fill GBps threads 2 43.3, multiply add GFLOPS avx2 threads 1 132.8, multiply add GFLOPS
# avx2 threads 2 264.1, multiply add GFLOPS avx512 threads 1 265.4, multiply add GFLOPS avx512 threads 2 525.9, multiply add
# GFLOPS baseline threads 1 64.15, multiply add GFLOPS baseline threads 2 127.6, read GBps threads 1 46.35, read GBps threads 2
# 57.1.
lcn_tuned_with(forward a9a2c04f5586091e)
lcn_tuned(forward 50x50x32:9x9x32:n32 1 lcn_forward_f32_x86_avx512_8x2_unroll1_prefetch1 1.036 0.002 87)
lcn_tuned(forward 7x7x1024:3x3x256:same:n1 1 lcn_forward_f32_x86_avx512_1x16_unroll2 1.032 0.005 87)
lcn_tuned(forward 7x7x1024:3x3x256:same:n8 1 lcn_forward_f32_x86_avx512_4x4_unroll3_prefetch2 1.053 0.003 87)
lcn_tuned(forward 150x150x3:7x7x64:s3x3:n32 1 lcn_forward_f32_x86_avx512_4x4_unroll1_prefetch4 1.043 0.002 87)
lcn_tuned(forward 3x3x256:3x3x2500:n32 1 lcn_forward_f32_x86_avx512_8x1_unroll1_prefetch2 1.058 0.004 87)
lcn_tuned(forward 224x224x3:7x7x32:s2x2:same:n32 1 lcn_forward_f32_x86_avx512_4x2_unroll1_prefetch2_span 1.255 0.004 87)
lcn_tuned(forward 7x7x256:3x3x256:same:n1 1 lcn_forward_f32_x86_avx512_1x16_unroll2 1.052 0.013 87)
lcn_tuned(forward 16x8x64:1x1x64:n1000 1 lcn_forward_f32_x86_avx512_8x2_unroll1_prefetch2 1.078 0.003 87)
lcn_tuned(forward 1x1x1024:1x1x1001:n4 1 lcn_forward_f32_x86_avx512_2x4_unroll1_prefetch4 1.123 0.003 87)
lcn_tuned(forward 1x1x1024:1x1x1001:n5 1 lcn_forward_f32_x86_avx512_4x2_unroll1_prefetch2 1.201 0.005 87)
lcn_tuned_with(backward_input 1cfed05419fa7bb1)
lcn_tuned(backward_input 32x32x3:3x3x64:n1 1 lcn_backward_input_dot_f32_x86_avx512_1 1.206 0.016 87)
lcn_tuned(backward_input 32x32x3:3x3x64:n32 1 lcn_backward_input_band_f32_x86_avx512_9x1_unroll1_prefetch1 1.068 0.002 87)
lcn_tuned(backward_input 32x32x3:3x3x64:n128 1 lcn_backward_input_band_f32_x86_avx512_9x1_unroll1_prefetch1 1.055 0.003 87)
lcn_tuned(backward_input 150x150x3:7x7x64:s3x3:n1 1 lcn_backward_input_dot_f32_x86_avx512_1 1.104 0.008 87)
lcn_tuned(backward_input 8x8x256:3x3x256:n1 1 lcn_backward_input_dot_f32_x86_avx512_8 1.033 0.013 87)
lcn_tuned(backward_input 3x3x256:3x3x2500:n32 1 lcn_backward_input_band_f32_x86_avx512_9x1_unroll1 1.146 0.029 87)
lcn_tuned(backward_input 7x7x256:3x3x256:same:n1 1 lcn_backward_input_dot_f32_x86_avx512_8 1.055 0.005 87)
lcn_tuned(backward_input 27x23x5:3x3x21:s1x2:n1 1 lcn_backward_input_dot_f32_x86_avx512_1_ragged 1.106 0.008 87)
lcn_tuned(backward_input 31x17x2:5x5x19:s2x1:same:n1 1 lcn_backward_input_dot_f32_x86_avx512_1_ragged 1.042 0.009 87)
lcn_tuned(backward_input 31x17x2:5x5x19:s2x1:same:n4 1 lcn_backward_input_dot_f32_x86_avx512_1_ragged 1.196 0.009 87)
lcn_tuned(backward_input 31x17x2:5x5x19:s2x1:same:n5 1 lcn_backward_input_dot_f32_x86_avx512_1_ragged 1.184 0.009 87)
lcn_tuned(backward_input 27x33x7:7x5x16:s2x3:n1 1 lcn_backward_input_dot_f32_x86_avx512_1 1.155 0.004 87)
lcn_tuned_with(backward_weights f45c8ceef5275c42)
lcn_tuned(backward_weights 32x32x3:3x3x64:n1 1 lcn_backward_weights_f32_x86_avx512_1x4_single 1.231 0.010 87)
lcn_tuned(backward_weights 30x30x64:3x3x32:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1_streaming 1.070 0.004 87)
lcn_tuned(backward_weights 30x30x64:3x3x32:n128 1 lcn_backward_weights_f32_x86_avx512_8x2_unroll1 1.059 0.003 87)
lcn_tuned(backward_weights 50x50x32:9x9x32:n32 1 lcn_backward_weights_f32_x86_avx512_8x2_unroll1_streaming 1.071 0.003 87)
lcn_tuned(backward_weights 150x150x3:7x7x64:s3x3:n32 1 lcn_backward_weights_f32_x86_avx512_3x4_unroll1_streaming 1.065 0.006 87)
lcn_tuned(backward_weights 24x24x64:3x3x81:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1 1.209 0.005 87)
lcn_tuned(backward_weights 22x22x81:3x3x81:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1 1.293 0.010 87)
lcn_tuned(backward_weights 8x8x256:3x3x256:n32 1 lcn_backward_weights_f32_x86_avx512_8x2_unroll1_streaming 1.089 0.002 87)
lcn_tuned(backward_weights 3x3x256:3x3x2500:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1 1.242 0.003 87)
lcn_tuned(backward_weights 224x224x3:7x7x32:s2x2:same:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1_streaming 1.056 0.001 87)
lcn_tuned(backward_weights 56x56x32:3x3x32:same:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1_streaming 1.053 0.004 87)
lcn_tuned(backward_weights 7x7x256:3x3x256:same:n32 1 lcn_backward_weights_f32_x86_avx512_6x2_unroll1_streaming 1.080 0.002 87)
lcn_tuned(backward_weights 18x18x64:5x5x6:n100 1 lcn_backward_weights_f32_x86_avx512_6x3_unroll1 1.190 0.007 87)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n4 1 lcn_backward_weights_f32_x86_avx512_3x1_unroll1 1.104 0.014 87)
lcn_tuned(backward_weights 27x23x5:3x3x21:s1x2:n5 1 lcn_backward_weights_f32_x86_avx512_3x1_unroll1 1.066 0.010 87)
lcn_tuned(backward_weights 31x17x2:5x5x19:s2x1:same:n4 1 lcn_backward_weights_f32_x86_avx512_3x1_unroll1 1.077 0.005 87)
lcn_tuned(backward_weights 31x17x2:5x5x19:s2x1:same:n5 1 lcn_backward_weights_f32_x86_avx512_3x1_unroll1 1.064 0.004 87)
lcn_tuned(backward_weights 1x1x1024:1x1x1001:n4 1 lcn_backward_weights_f32_x86_avx512_8x1_unroll1 1.171 0.003 87)
lcn_tuned(backward_weights 1x1x1024:1x1x1001:n5 1 lcn_backward_weights_f32_x86_avx512_8x1_unroll1 1.242 0.003 87)
