#!/usr/bin/env python3
"""What NVIDIA's assembler makes of the kernels of `cuda`: registers, shared memory, and how many threads of a
multiprocessor they let be busy.

usage: assemble.py DEVICE_LAUNCHES [--write]

Fails when a kernel does not assemble, keeps anything in local memory (a stack frame, spilled registers), or needs more than
a multiprocessor has. --write puts the table into schedules/cuda/registers.md.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import launches
import occupancy

TABLE = pathlib.Path(__file__).parents[2] / "schedules/cuda/registers.md"
BEGIN = """# Registers

Registers of a thread, and the part of a multiprocessor's threads that can be resident at once, for kernels of `cuda` on devices of
compute capability 7.5, 8.0 and 9.0. Nothing spills. Made with {version} by

    python3 tests/device_code/assemble.py build/host/tests/device_code/device_launches --write

"""


def assemble(ptxas, kernel, architecture):
    """(registers, complaints) of a kernel."""
    with tempfile.TemporaryDirectory() as folder:
        code = pathlib.Path(folder, "kernel.ptx")
        code.write_text(kernel.code)
        command = [ptxas, f"-arch=sm_{architecture}", "-v", code, "-o", code.with_suffix(".cubin")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    used = re.search(r"Used (\d+) registers", said)
    if done.returncode or not used:
        return 0, [f"does not assemble: {said.strip()}"]
    words = re.findall(r"(\d+) bytes (stack frame|spill stores|spill loads)", said)
    complaints = [f"{count} bytes {what}" for count, what in words if int(count)]
    if len(words) != 3:
        complaints.append(f"ptxas does not speak of the stack: {said.strip()}")
    return int(used[1]), complaints


def short(symbol):
    return symbol.removeprefix("lcn_").replace("_f32_cuda", "")


def table(kernels, registers):
    """The Markdown table; registers are {(symbol, architecture): number}."""
    heads = [f"{a // 10}.{a % 10}" for a in occupancy.MULTIPROCESSORS]
    lines = [f"| kernel | threads | shared bytes | registers {', '.join(heads)} | resident {', '.join(heads)} |"]
    lines.append("|---|---|---|---|---|")
    for kernel in kernels:
        used = [registers[kernel.symbol, a] for a in occupancy.MULTIPROCESSORS]
        resident = [
            f"{occupancy.resident(a, kernel.threads, r, kernel.shared_bytes):.0%}"
            for a, r in zip(occupancy.MULTIPROCESSORS, used)
        ]
        lines.append(
            f"| {short(kernel.symbol)} | {kernel.threads} | {kernel.shared_bytes} | {', '.join(map(str, used))} "
            f"| {', '.join(resident)} |"
        )
    return "\n".join(lines) + "\n"


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    programs = [argument for argument in arguments if argument != "--write"]
    if len(programs) != 1 or programs[0].startswith("-"):
        sys.exit(__doc__)
    kernels = list(launches.kernels(programs[0])["cuda"].values())
    toolkit = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    ptxas = shutil.which("ptxas") or shutil.which("ptxas", path=f"{toolkit}/bin")
    if not kernels or not ptxas:
        print("skipped:", "there is no ptxas" if kernels else "this build has no kernels of cuda")
        sys.exit(launches.SKIPPED)

    jobs = [(kernel, architecture) for kernel in kernels for architecture in occupancy.MULTIPROCESSORS]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = list(pool.map(lambda job: assemble(ptxas, *job), jobs))
    failures, registers = [], {}
    for (kernel, architecture), (used, complaints) in zip(jobs, results):
        registers[kernel.symbol, architecture] = used
        if used and not occupancy.resident(architecture, kernel.threads, used, kernel.shared_bytes):
            complaints.append(f"{kernel.threads} threads of {used} registers and {kernel.shared_bytes} bytes do not fit")
        failures += [f"{kernel.symbol} sm_{architecture}: {complaint}" for complaint in complaints]
    if failures:
        sys.exit("\n".join(failures))
    made = table(kernels, registers)
    print(made)
    if write:
        said = subprocess.run([ptxas, "--version"], capture_output=True, text=True, check=True).stdout
        version = "ptxas " + re.search(r"release ([\d.]+)", said)[1]
        TABLE.write_text(BEGIN.format(version=version) + made)


if __name__ == "__main__":
    main()
