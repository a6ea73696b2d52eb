"""How many threads of a multiprocessor can be resident at once (CUDA C++ Programming Guide, compute capabilities)."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Multiprocessor:
    warps: int
    blocks: int
    shared_bytes: int
    shared_of_block: int  # what the driver takes of each
    shared_unit: int
    registers: int = 65536
    registers_unit: int = 256  # of a warp
    partitions: int = 4


MULTIPROCESSORS = {
    75: Multiprocessor(warps=32, blocks=16, shared_bytes=64 << 10, shared_of_block=0, shared_unit=256),
    80: Multiprocessor(warps=64, blocks=32, shared_bytes=164 << 10, shared_of_block=1 << 10, shared_unit=128),
    90: Multiprocessor(warps=64, blocks=32, shared_bytes=228 << 10, shared_of_block=1 << 10, shared_unit=128),
}
SHARED_OF_LAUNCH = 48 << 10  # more must be asked for, which lcn does not


def up(value, unit):
    return -(-value // unit) * unit


def resident(architecture, threads, registers, shared_bytes):
    """The part of the threads, 0 to 1; 0: no block can be launched."""
    m = MULTIPROCESSORS[architecture]
    if threads > 1024 or registers > 255 or shared_bytes > SHARED_OF_LAUNCH:
        return 0.0
    warps = up(threads, 32) // 32
    of_warp = up(registers * 32, m.registers_unit)
    by_registers = m.registers // m.partitions // of_warp * m.partitions // warps
    by_shared = m.shared_bytes // up(shared_bytes + m.shared_of_block, m.shared_unit) if shared_bytes else m.blocks
    blocks = min(m.blocks, m.warps // warps, by_registers, by_shared)
    return blocks * warps / m.warps
