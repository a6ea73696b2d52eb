#!/usr/bin/env python3
"""Writes docs/trust.md: what the tests of kernels hold results against on this machine and under emulation, and what the other
parts of the long tier have found so far."""
import argparse
import collections
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import coverage
from sanitizers import PARTS
from fuzz import FUZZERS

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
FOLDER = BUILD / "report"
PAGE = ROOT / "docs" / "trust.md"
PROGRAMS = ["kernels_test", "numbers_test", "properties_test", "special_values_test", "memory_test", "workspace_test",
            "tuning_test", "device_test"]
EMULATED = ["cortex-a53", "cortex-a76"]
PASSES = ["forward", "backward_input", "backward_weights"]


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ")[1]
    return platform.machine()


def places():
    """{name: (folder of test programs, environment, command before them)}"""
    found = {processor(): (BUILD / "host" / "tests", {}, [])}
    cross = BUILD / "linux-arm64" / "tests"
    if cross.exists() and shutil.which("qemu-aarch64"):
        for cpu in EMULATED:
            found[f"{cpu} (qemu)"] = (cross, {"QEMU_CPU": cpu, "QEMU_LD_PREFIX": "/usr/aarch64-linux-gnu"}, ["qemu-aarch64"])
    return found


def run(name, folder, environment, before):
    """Runs the programs that were not run since they were built; the lines that they recorded."""
    lines = []
    for program in PROGRAMS:
        path, record = folder / program, FOLDER / re.sub(r"\W+", "-", name) / program
        stamp = record / "stamp"
        if not path.exists():
            continue
        if not stamp.exists() or stamp.read_text() != str(path.stat().st_mtime_ns):
            shutil.rmtree(record, ignore_errors=True)
            record.mkdir(parents=True)
            print(f"{name}: {program}", flush=True)
            ran = subprocess.run([*before, path, "--gtest_filter=-Long*:Large.kernel_of_*", "--gtest_brief=1"],
                                 env={**os.environ, **environment, "LCN_TEST_RECORD": str(record)}, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
            if ran.returncode:
                sys.exit(f"{name}: {program} failed\n{ran.stdout[-4000:]}")
            stamp.write_text(str(path.stat().st_mtime_ns))
        for file in record.glob("*.txt"):
            lines += file.read_text().splitlines()
    return lines


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|---" * len(head) + "|",
            *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def kernels_of_targets():
    """{target: number of kernels} in the tables of the libraries under test."""
    counts = collections.Counter()
    for build in "host", "linux-arm64":
        for path in (BUILD / build).glob("runtime/lcntest/lcn_generated/kernels.inc"):
            text = path.read_text()
            if build == "linux-arm64":  # portable is counted once
                text = "\n".join(line for line in text.splitlines() if "LCN_KERNEL(portable" not in line)
            counts.update(re.findall(r"^LCN_KERNEL\((\w+),", text, re.MULTILINE))
    return counts


def results(lines_of):
    passes = collections.defaultdict(lambda: [0, 0, 0.0])
    kernels = collections.defaultdict(set)
    where = collections.defaultdict(list)
    counts = kernels_of_targets()
    for name, lines in lines_of.items():
        for line in lines:
            kind, *words = line.split()
            if kind == "kernel":
                target = max((t for t in counts if re.search(rf"_f32_{t}(_|$)", words[0])), key=len)
                kernels[target].add(words[0])
                continue
            target, operation, exact, bounded, error = words
            cell = passes[target, operation]
            cell[0] += int(exact)
            cell[1] += int(bounded)
            cell[2] = max(cell[2], float(error))
            if name not in where[target]:
                where[target].append(name)
    rows = []
    for target in counts:
        if not kernels[target]:
            rows.append([target, f"0 of {counts[target]}", "nowhere: no machine at hand runs it", *[""] * 3])
        for operation in PASSES:
            exact, bounded, error = passes[target, operation]
            if exact or bounded:
                first = operation == PASSES[0]
                rows.append([target if first else "", f"{len(kernels[target])} of {counts[target]}" if first else "",
                             ", ".join(where[target]) if first else "", operation, f"{exact:,}",
                             f"{bounded:,}, {error:.2f}" if bounded else "0"])
    return table(["target", "kernels that ran", "on", "pass", "results bit for bit", "results within bounds, largest error"], rows)


def kept(path):
    return json.loads(path.read_text()) if path.exists() else {}


def fuzzers():
    done = kept(BUILD / "fuzz" / "executions.json")
    return table(["fuzzer", "executions", "wanted", "regressions"], [
        [name, f"{done.get(name, 0):,}", f"{wanted:,}",
         len(list((ROOT / "tests" / "fuzz" / "regressions" / name).glob("*")))] for name, (wanted, _) in FUZZERS.items()])


def sanitizers():
    rows = []
    for name, part in PARTS.items():
        done = kept(BUILD / "sanitizers" / f"{name}.json")
        missing = [pathlib.Path(p).name for p in part.programs if p not in done]
        rows.append([name, f"{len(part.programs) - len(missing)} of {len(part.programs)}", ", ".join(missing)])
    return table(["part", "programs that passed", "not run, or failed"], rows)


def mutations():
    done = kept(BUILD / "mutations" / "results.json")
    if not done:
        return ["None tried.", ""]
    survivors = [entry for entry in done.values() if entry["noticed"] is None]
    lines = [f"{len(done) - len(survivors)} of {len(done)} breaks were noticed,"
             f" {sum(entry['noticed'] == 'build' for entry in done.values())} of them by the compiler.", ""]
    return lines + [f"- {entry['file']}: `{entry['change']}`" for entry in survivors] + [""] * bool(survivors)


def soak():
    slices = kept(BUILD / "soak" / "slices.json")
    return table(["slice", "layers", "calls", "MB allocated, before and after"], [
        [name, f"{s['layers']:,}", f"{s['calls']:,}", " / ".join(map(str, s["allocated_MB"]))] for name, s in slices.items()])


def main():
    argparse.ArgumentParser(prog="./run test --long report", description=__doc__).parse_args()
    lines_of = {name: run(name, *place) for name, place in places().items()}
    page = [
        "# What the tests have shown", "",
        "Written by `./run test --long report`; [tests/README.md](../tests/README.md) says what the parts are,"
        " [guarantees.md](guarantees.md) what follows.", "",
        f"{datetime.date.today()}, {processor()}, {os.cpu_count()} processors.", "",
        "## Results of kernels", "",
        "Results (tensors) that passed, in the tests that are not long. Errors are in units of 2^-24 times the sum of the magnitudes of"
        " the products.", "", *results(lines_of),
        "## Fuzzers", "", "libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer.", "", *fuzzers(),
        "## Sanitizers", "", *sanitizers(), "## Mutations", "", *mutations(), "## Soak", "", *soak(),
        "## Lines", "", *coverage.lines(),
    ]
    PAGE.write_text("\n".join(page).rstrip("\n") + "\n")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
