#!/usr/bin/env python3
"""Turns the stores to a kernel's output into streaming (non-temporal) stores.

Halide 21 has no directive for them. Its LLVM assembly tags every access with the name of the buffer (TBAA nodes below
"Halide buffer"), so this marks each vector store to `output` as !nontemporal, gives it the alignment such stores need
(the runtime checks pointers before it picks a streaming kernel) and compiles with llc. Who calls the kernels fences, once
for many (drain_stores in runtime/cpu.h). Fails when it finds no store to mark.
"""

import argparse
import re
import shlex
import subprocess
import sys

STORE = re.compile(r"\s*store <(\d+) x float> .*align (\d+), !tbaa !(\d+)")


def buffer_name(metadata, tag):
    """The buffer of an access tag {base, access, offset}: the last name on the way up to "Halide buffer"."""
    node, name = re.match(r"!(\d+),", metadata[tag]).group(1), None
    while True:
        match = re.match(r'!"([^"]*)"(?:, !(\d+))?', metadata.get(node, ""))
        if not match or match.group(1) == "Halide buffer":
            return name if match else None
        name, node = match.group(1), match.group(2)


def mark(lines, buffer):
    metadata = {m.group(1): m.group(2) for m in (re.match(r"!(\d+) = !\{(.*)\}", line) for line in lines) if m}
    hint = max(map(int, metadata)) + 1
    marked = 0
    for number, line in enumerate(lines):
        match = STORE.match(line)
        if match and buffer_name(metadata, match.group(3)) == buffer:
            size = int(match.group(1)) * 4
            lines[number] = line.replace(f"align {match.group(2)},", f"align {size},") + f", !nontemporal !{hint}"
            marked += 1
    lines.append(f"!{hint} = !{{i32 1}}")
    return marked


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--llc", required=True, help="the llc command, with options")
    parser.add_argument("--buffer", default="output")
    parser.add_argument("assembly")
    parser.add_argument("object")
    arguments = parser.parse_args()
    with open(arguments.assembly, encoding="utf-8") as file:
        lines = file.read().split("\n")
    if mark(lines, arguments.buffer) == 0:
        sys.exit(f"{arguments.assembly}: no vector store to '{arguments.buffer}' found")
    compile_command = [*shlex.split(arguments.llc), "-O3", "-filetype=obj", "-relocation-model=pic", "-", "-o", arguments.object]
    subprocess.run(compile_command, input="\n".join(lines), text=True, check=True)


if __name__ == "__main__":
    main()
