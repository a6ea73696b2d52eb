#pragma once

namespace bench {

// Kernels that do nothing but read or fill memory, in PTX, for the driver to compile. All threads of a launch
// go through the memory together, in turns of four vectors of four floats for each.
//
//   read(data, sums, turns): sums[thread] = the sum of what the thread has read
//   fill(data, value, turns)
inline constexpr char probe_kernels[] = R"(
.version 6.3
.target sm_75
.address_size 64

.visible .entry read(.param .u64 data, .param .u64 sums, .param .u32 turns)
{
    .reg .pred %again;
    .reg .u32 %thread, %threads, %block, %blocks, %turns;
    .reg .u64 %at, %sum, %step;
    .reg .f32 %a<4>, %b<4>, %c<4>, %d<4>, %s<4>;

    ld.param.u64 %at, [data];
    ld.param.u64 %sum, [sums];
    ld.param.u32 %turns, [turns];
    mov.u32 %block, %ctaid.x;
    mov.u32 %blocks, %nctaid.x;
    mov.u32 %threads, %ntid.x;
    mov.u32 %thread, %tid.x;
    mad.lo.u32 %thread, %block, %threads, %thread;
    mul.lo.u32 %threads, %threads, %blocks;
    mad.wide.u32 %at, %thread, 16, %at;
    mad.wide.u32 %sum, %thread, 4, %sum;
    mul.wide.u32 %step, %threads, 16;
    mov.f32 %s0, 0f00000000;
    mov.f32 %s1, 0f00000000;
    mov.f32 %s2, 0f00000000;
    mov.f32 %s3, 0f00000000;
turn:
    ld.global.nc.v4.f32 {%a0, %a1, %a2, %a3}, [%at];
    add.u64 %at, %at, %step;
    ld.global.nc.v4.f32 {%b0, %b1, %b2, %b3}, [%at];
    add.u64 %at, %at, %step;
    ld.global.nc.v4.f32 {%c0, %c1, %c2, %c3}, [%at];
    add.u64 %at, %at, %step;
    ld.global.nc.v4.f32 {%d0, %d1, %d2, %d3}, [%at];
    add.u64 %at, %at, %step;
    add.f32 %s0, %s0, %a0;
    add.f32 %s1, %s1, %a1;
    add.f32 %s2, %s2, %a2;
    add.f32 %s3, %s3, %a3;
    add.f32 %s0, %s0, %b0;
    add.f32 %s1, %s1, %b1;
    add.f32 %s2, %s2, %b2;
    add.f32 %s3, %s3, %b3;
    add.f32 %s0, %s0, %c0;
    add.f32 %s1, %s1, %c1;
    add.f32 %s2, %s2, %c2;
    add.f32 %s3, %s3, %c3;
    add.f32 %s0, %s0, %d0;
    add.f32 %s1, %s1, %d1;
    add.f32 %s2, %s2, %d2;
    add.f32 %s3, %s3, %d3;
    sub.u32 %turns, %turns, 1;
    setp.ne.u32 %again, %turns, 0;
    @%again bra turn;
    add.f32 %s0, %s0, %s1;
    add.f32 %s2, %s2, %s3;
    add.f32 %s0, %s0, %s2;
    st.global.f32 [%sum], %s0;
    ret;
}

.visible .entry fill(.param .u64 data, .param .f32 value, .param .u32 turns)
{
    .reg .pred %again;
    .reg .u32 %thread, %threads, %block, %blocks, %turns;
    .reg .u64 %at, %step;
    .reg .f32 %x;

    ld.param.u64 %at, [data];
    ld.param.f32 %x, [value];
    ld.param.u32 %turns, [turns];
    mov.u32 %block, %ctaid.x;
    mov.u32 %blocks, %nctaid.x;
    mov.u32 %threads, %ntid.x;
    mov.u32 %thread, %tid.x;
    mad.lo.u32 %thread, %block, %threads, %thread;
    mul.lo.u32 %threads, %threads, %blocks;
    mad.wide.u32 %at, %thread, 16, %at;
    mul.wide.u32 %step, %threads, 16;
turn:
    st.global.v4.f32 [%at], {%x, %x, %x, %x};
    add.u64 %at, %at, %step;
    st.global.v4.f32 [%at], {%x, %x, %x, %x};
    add.u64 %at, %at, %step;
    st.global.v4.f32 [%at], {%x, %x, %x, %x};
    add.u64 %at, %at, %step;
    st.global.v4.f32 [%at], {%x, %x, %x, %x};
    add.u64 %at, %at, %step;
    sub.u32 %turns, %turns, 1;
    setp.ne.u32 %again, %turns, 0;
    @%again bra turn;
    ret;
}
)";

}  // namespace bench
