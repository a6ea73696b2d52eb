# Every target of lcn, one row each, best first. The name is the folder in schedules/, the suffix of kernel symbols and
# the value of LCN_TARGET.
#
#   ARCHITECTURE  builds where the compiler's architecture is this one (any: everywhere)
#   LANES         floats in one vector
#   HALIDE        features of the Halide target; implied ones are written out
#   CPU           what the machine must report at run time (runtime/cpu.h)
#   BORROWS       whose schedules and tiles are used where the folder has no file of its own (default: portable)
#   DEVICE        a GPU and its memory, reached through its driver; used only when it is asked for
#   TEST_ONLY     built for the tests alone

lcn_target(cuda
    ARCHITECTURE any LANES 4
    HALIDE cuda-cuda_capability_75
    DEVICE)

lcn_target(opencl
    ARCHITECTURE any LANES 4
    HALIDE opencl
    BORROWS cuda
    DEVICE)

lcn_target(x86_avx512
    ARCHITECTURE x86_64 LANES 16
    HALIDE avx512_skylake-avx512-avx2-avx-fma-f16c-sse41
    CPU avx512f avx512cd avx512bw avx512dq avx512vl avx2 fma
    BORROWS x86_avx2)

# The tiles of x86_avx512 in AVX2 instructions, each vector as a pair of registers: its index arithmetic runs on every
# x86 machine with AVX2.
lcn_target(x86_avx512_on_avx2
    ARCHITECTURE x86_64 LANES 16
    HALIDE avx2-avx-fma-f16c-sse41
    CPU avx2 fma
    BORROWS x86_avx512
    TEST_ONLY)

lcn_target(x86_avx2
    ARCHITECTURE x86_64 LANES 8
    HALIDE avx2-avx-fma-f16c-sse41
    CPU avx2 fma)

# 64-bit ARM cores from about 2018 on (Cortex-A75, A76, Neoverse N1, Apple A13): dot product and half-precision arithmetic.
lcn_target(arm_neon_dotprod
    ARCHITECTURE aarch64 LANES 4
    HALIDE arm_dot_prod-arm_fp16
    CPU asimddp asimdhp
    BORROWS arm_neon)

# Every 64-bit ARM.
lcn_target(arm_neon
    ARCHITECTURE aarch64 LANES 4
    CPU asimd)

# The baseline of every architecture: SSE2 on x86-64, NEON on arm64. Always last, runs everywhere.
lcn_target(portable
    ARCHITECTURE any LANES 4)
