#!/usr/bin/env python3
"""What the kernels of a target do in their main loops: disassembles the objects of a build, counts instructions, and asks
llvm-mca's models how near the loops come to the rate at which a processor issues multiply-adds.

Fails when a main loop touches the stack, rounds products and sums apart, or is one of a large batch and below the floor;
and when a kernel of such a batch stores floats one by one anywhere.
Activations are not looked at: they are few elements in the nearest cache.
"""

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import assembly_loops
import assembly_models
import assembly_table

FLOOR = 0.80
LANES = {"v": 4, "s": 1, "zmm": 16, "ymm": 8, "xmm": 4}
HELD_MODELS = ("cortex-a76", "neoverse-n2", "apple-m1", "znver3", "skylake-avx512")
ROW = re.compile(r'LCN_KERNEL\((\w+), (\w+), \w+, (\w+), "(\w*)", (\d+), (\d+), (\d+), .*\)')


@dataclass(frozen=True)
class Kernel:
    """A row of the kernel table; `loop` and the models' `rates` of it come from its object."""
    operation: str
    symbol: str
    rows: int
    vectors: int
    lanes: int
    loop: assembly_loops.Loop
    float_stores: int
    rates: dict  # model: fraction of the issue rate

    @property
    def held(self):
        """Whether the floor holds: sums for many images or taps that use every load at least three times."""
        return self.loop.multiply_adds > 0 and self.lanes > 1 and self.rows >= 3 and self.rows * self.vectors >= 8

    def faults(self):
        found = [f"uses the stack ({self.loop.stack} instructions)"] if self.loop.stack else []
        if self.loop.multiply_adds and self.loop.unfused:
            found.append(f"{self.loop.unfused} products or sums rounded apart")
        if self.held:
            found += [f"{self.rates[m]:.2f} of the issue rate on {m}, below {FLOOR}"
                      for m in HELD_MODELS if self.rates.get(m, FLOOR) < FLOOR]
            if LANES[self.loop.registers] != self.lanes:
                found.append(f"multiplies in registers of kind {self.loop.registers}, not {self.lanes} floats at once")
            found += [f"stores floats one by one ({self.float_stores} instructions)"] if self.float_stores else []
        return [f"{self.symbol}: {fault}" for fault in found]


def analyse(row, build):
    """The kernel of a matched row of the table. Writes its loop and the models' reports to build/assembly."""
    _, operation, symbol, _, *tile = row.groups()
    code = assembly_loops.disassemble(build / "kernels" / f"{symbol}.o", symbol)
    loop = assembly_loops.main_loop(*code)
    if loop is None:
        sys.exit(f"{symbol}: found no loop")
    reports = assembly_models.rates(loop) if loop.multiply_adds else {}
    folder = build / "assembly"
    (folder / f"{symbol}.s").write_text(loop.text())
    for model, (report, _) in reports.items():
        (folder / f"{symbol}.{model}.txt").write_text(report)
    return Kernel(operation, symbol, *map(int, tile), loop, assembly_loops.float_stores(*code),
                  {model: rate for model, (_, rate) in reports.items()})


def table_rows(build, target, pattern):
    """The rows of the build's kernel table that are looked at."""
    table = build / "runtime/lcn/lcn_generated/kernels.inc"
    if not table.exists():
        sys.exit(f"{build}: no build of lcn (no {table})")
    rows = [row for row in map(ROW.match, table.read_text().splitlines())
            if row.group(1) == target and not row.group(4) and re.search(pattern, row.group(3))]
    if not rows:
        sys.exit(f"{build} has no kernel of target '{target}' that matches '{pattern}'")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("target", nargs="?", default="arm_neon")
    parser.add_argument("--build", type=Path, required=True, help="the folder of a build that has the target")
    parser.add_argument("--kernels", default="", help="only symbols that match this regular expression")
    parser.add_argument("--write", action="store_true", help="replace the table in schedules/<target>/README.md")
    arguments = parser.parse_args()
    rows = table_rows(arguments.build, arguments.target, arguments.kernels)
    (arguments.build / "assembly").mkdir(exist_ok=True)
    with ThreadPoolExecutor() as pool:
        kernels = list(pool.map(lambda row: analyse(row, arguments.build), rows))

    print(assembly_table.each(kernels))
    if arguments.write:
        assembly_table.write(Path(__file__).parent / arguments.target / "README.md", kernels)
    faults = [fault for kernel in kernels for fault in kernel.faults()]
    print(f"\n{len(kernels)} kernels; llvm-mca's reports are in {arguments.build / 'assembly'}")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
