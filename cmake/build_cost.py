#!/usr/bin/env python3
"""What the kernels of a build cost: seconds to make, bytes of object; and how large the library is.

usage: build_cost.py [--kernels] BUILD_FOLDER

One line for each target (those of the tests too), with --kernels also one for each kernel. Seconds are those of the
last time each was made, by the clock, while others were being made beside it.
"""

import collections
import dataclasses
import pathlib
import re
import sys


@dataclasses.dataclass
class Cost:
    kernels: int = 0
    seconds: float = 0.0
    bytes: int = 0

    def add(self, other):
        self.kernels += other.kernels
        self.seconds += other.seconds
        self.bytes += other.bytes


def seconds_of_outputs(build):
    """{file's path inside the build: seconds}, from ninja's log, whose last line about a file holds."""
    seconds = {}
    for line in (build / ".ninja_log").read_text().splitlines():
        if not line.startswith("#"):
            start, end, _, path, _ = line.split("\t")
            seconds[path] = (int(end) - int(start)) / 1000
    return seconds


def objects(build):
    """{symbol: its objects}, the one that goes into the library last: for ELF a second step leaves descriptions out."""
    found = collections.defaultdict(list)
    for folder in "kernels", "kernels/alone":
        for path in (build / folder).glob("*"):
            if path.suffix in (".o", ".obj"):
                found[path.stem].append(path)
    return found


def kernels(build):
    """{target: {symbol: Cost}} of what has been made, from the tables of the library and of its twin for the tests."""
    seconds, made = seconds_of_outputs(build), objects(build)
    found = collections.defaultdict(dict)
    for table in sorted(build.glob("runtime/*/lcn_generated/kernels.inc")):
        for target, symbol in re.findall(r"^LCN_KERNEL\((\w+), \w+, \w+, (\w+),", table.read_text(), re.MULTILINE):
            if symbol in made:
                spent = sum(seconds.get(path.relative_to(build).as_posix(), 0) for path in made[symbol])
                found[target][symbol] = Cost(1, spent, made[symbol][-1].stat().st_size)
    return found


def line(name, cost, width):
    return f"{name:{width}} {cost.kernels:7} {cost.seconds:8.1f} {cost.bytes:10,}"


def report(build, each):
    of_target = kernels(build)
    names = ["target", *of_target, *(symbol for of_symbol in of_target.values() for symbol in of_symbol if each)]
    width = max(map(len, names))
    lines = [f"{'target':{width}} kernels  seconds      bytes"]
    for target, of_symbol in of_target.items():
        total = Cost()
        for symbol, cost in of_symbol.items():
            total.add(cost)
            if each:
                lines.append(line(symbol, cost, width))
        lines.append(line(target, total, width))
    for library in sorted(build.glob("liblcn.*")):
        lines.append(f"{library.name:{width}} {'':16} {library.stat().st_size:10,}")
    return "\n".join(lines)


def main():
    arguments = sys.argv[1:]
    each = "--kernels" in arguments
    folders = [argument for argument in arguments if argument != "--kernels"]
    if len(folders) != 1 or folders[0].startswith("-"):
        sys.exit(__doc__)
    print(report(pathlib.Path(folders[0]), each))


if __name__ == "__main__":
    main()
