#!/usr/bin/env python3
"""Writes docs/trust.md: what the tests of kernels hold results against on this machine and under emulation, and what the other
parts of the long tier have found here. What a part that is not finished here has finished on another machine stays, as do results of targets that this one
cannot run."""
import argparse
import collections
import concurrent.futures
import dataclasses
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
from mutations import MUTATIONS, argument, settled

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
FOLDER = BUILD / "report"
PAGE = ROOT / "docs" / "trust.md"
PROGRAMS = ["kernels_test", "numbers_test", "properties_test", "special_values_test", "memory_test", "workspace_test",
            "tuning_test", "device_test", "activations_test", "axpby_test"]
EMULATED = ["cortex-a53", "cortex-a76"]
RESULTS = "Results of kernels"
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


def record_of(name, program):
    return FOLDER / re.sub(r"\W+", "-", name) / program


def run(name, program, folder, environment, before):
    """Runs a program that was not run since it was built."""
    path, record = folder / program, record_of(name, program)
    stamp = record / "stamp"
    if not path.exists() or (stamp.exists() and stamp.read_text() == str(path.stat().st_mtime_ns)):
        return
    shutil.rmtree(record, ignore_errors=True)
    record.mkdir(parents=True)
    print(f"{name}: {program}", flush=True)
    ran = subprocess.run([*before, path, "--gtest_filter=-Long*:Large.kernel_of_*", "--gtest_brief=1"],
                         env={**os.environ, **environment, "LCN_TEST_RECORD": str(record)}, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    if ran.returncode:
        raise ChildProcessError(f"{name}: {program} failed\n{ran.stdout[-4000:]}")
    stamp.write_text(str(path.stat().st_mtime_ns))


def recorded():
    """{place: the lines that its programs recorded}, after a run of what is missing."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(run, name, program, *place) for name, place in places().items() for program in PROGRAMS]
        try:
            for finished in runs:
                finished.result()
        except ChildProcessError as failure:
            pool.shutdown(cancel_futures=True)
            sys.exit(str(failure))
    return {name: [line for program in PROGRAMS for file in record_of(name, program).glob("*.txt")
                   for line in file.read_text().splitlines()] for name in places()}


def recorded_on_gpu(results):
    """{GPU: lines}, of the folder that bench/gpu.sh left."""
    name = (results / "summary.txt").read_text().splitlines()[1].split(",")[0]
    return {name: [line for program in PROGRAMS for file in (results / "record" / program).glob("*.txt")
                   for line in file.read_text().splitlines()]}


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


def unrecorded(target):
    """What the table says of a target without results: its folder may tell more."""
    readme = ROOT / "schedules" / target / "README.md"
    if readme.exists() and "\n## What ran on a GPU\n" in readme.read_text():
        return [target, "not recorded", f"[what ran](../schedules/{target}/README.md#what-ran-on-a-gpu)", *[""] * 3]
    return [target, "none", "no machine at hand ran it", *[""] * 3]


def rows_of_targets(lines):
    """{target: rows} of a table of results(), of targets that have any."""
    rows = collections.defaultdict(list)
    target = ""
    for cells in [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]:
        target = cells[0] or target
        if rows[target] or cells[3]:
            rows[target].append(cells)
    return rows


def results(lines_of, before):
    """The table. A target that no machine at hand runs keeps its rows of the page as it was, with their day."""
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
    elsewhere = rows_of_targets(before)
    for target in counts:
        if not kernels[target]:
            rows += elsewhere.get(target) or [unrecorded(target)]
        for operation in PASSES:
            exact, bounded, error = passes[target, operation]
            if exact or bounded:
                first = operation == PASSES[0]
                rows.append([target if first else "", f"{len(kernels[target])} of {counts[target]}" if first else "",
                             f"{', '.join(where[target])}; {datetime.date.today()}" if first else "", operation, f"{exact:,}",
                             f"{bounded:,}, {error:.2f}" if bounded else "0"])
    return table(["target", "kernels that ran", "on", "pass", "results bit for bit", "results within bounds, largest error"], rows)


def kept(path):
    return json.loads(path.read_text()) if path.exists() else {}


@dataclasses.dataclass
class Section:
    """What a part has found, in `state`; nothing when it has not run here."""
    lines: list
    finished: bool
    state: pathlib.Path

    def text(self):
        if not self.state.exists():
            return ["Not run."]
        day = datetime.date.fromtimestamp(self.state.stat().st_mtime)
        return [f"{day}, {processor()}{'' if self.finished else '; not finished'}.", "", *self.lines]


def fuzzers():
    state = BUILD / "fuzz" / "executions.json"
    done = kept(state)
    lines = table(["fuzzer", "executions", "wanted", "regressions"], [
        [name, f"{done.get(name, 0):,}", f"{wanted:,}",
         len(list((ROOT / "tests" / "fuzz" / "regressions" / name).glob("*")))] for name, (wanted, _) in FUZZERS.items()])
    return Section(["libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer; the converter with atheris.", "", *lines],
                   all(done.get(name, 0) >= wanted for name, (wanted, _) in FUZZERS.items()), state)


def sanitizers(name):
    state = BUILD / "sanitizers" / f"{name}.json"
    programs = PARTS[name].programs
    missing = [pathlib.Path(p).name for p in programs if p not in kept(state)]
    lines = [f"{len(programs) - len(missing)} of {len(programs)} test programs passed."]
    return Section(lines + [f"Not run, or failed: {', '.join(missing)}."] * bool(missing), not missing, state)


def mutations():
    state = BUILD / "mutations" / "results.json"
    done = kept(state)
    noticed = [entry["noticed"] for entry in done.values() if entry["noticed"]]
    lines = [f"{len(noticed)} of {len(done)} breaks were noticed, {noticed.count('build')} of them by the build.", ""]
    lines += [f"- `{key}`: {argument(key) or ('survived' if settled(key, entry) else 'not tried in every build')}"
              for key, entry in done.items() if not entry["noticed"]]
    return Section(lines, sum(settled(*item) for item in done.items()) >= MUTATIONS, state)


def soak():
    state = BUILD / "soak" / "slices.json"
    slices = kept(state)
    return Section(table(["slice", "layers", "calls", "MB allocated, before and after"], [
        [name, f"{s['layers']:,}", f"{s['calls']:,}", " / ".join(map(str, s["allocated_MB"]))] for name, s in slices.items()]),
        sum(s["seconds"] for s in slices.values()) >= 3600, state)


SECTIONS = {
    "Fuzzers": fuzzers,
    "AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer": lambda: sanitizers("asan"),
    "ThreadSanitizer": lambda: sanitizers("tsan"),
    "valgrind": lambda: sanitizers("valgrind"),
    "Mutations": mutations,
    "Soak": soak,
    "Lines": lambda: Section(coverage.lines(), True, coverage.KEPT),
}


def written_before():
    """{heading: lines} of the page as it is."""
    text = PAGE.read_text() if PAGE.exists() else ""
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip("\n").split("\n") for part in text.split("\n## ")[1:]}


def sections():
    before = written_before()
    lines = []
    for heading, section in SECTIONS.items():
        found, old = section(), before.get(heading)
        stays = old and not found.finished and "; not finished." not in old[0] and old[0] != "Not run."
        lines += [f"## {heading}", "", *(old if stays else found.text()), ""]
    return lines


def results_of_kernels(before, gpu):
    lines_of = {**recorded(), **(recorded_on_gpu(gpu) if gpu else {})}
    return ["Results (tensors) that passed, in all suites whose names do not begin with Long. Errors are in units of 2^-24 times the"
            " sum of the magnitudes of the products.", "", *results(lines_of, before)]


def main():
    parser = argparse.ArgumentParser(prog="./run test --long report", description=__doc__)
    parser.add_argument("--parts", action="store_true", help="only what the other parts have found; results of kernels stay as they are")
    parser.add_argument("--gpu", type=pathlib.Path, metavar="RESULTS", help="with those of cuda that bench/gpu.sh left in this folder")
    arguments = parser.parse_args()
    kernels = written_before().get(RESULTS, ["Not run.", ""])
    if not arguments.parts:
        kernels = results_of_kernels(kernels, arguments.gpu)
    page = [
        "# What the tests have shown", "",
        "Written by `./run test --long report`; [tests/README.md](../tests/README.md) says what the parts are,"
        " [guarantees.md](guarantees.md) what follows.", "",
        f"## {RESULTS}", "", *kernels, "", *sections(),
    ]
    PAGE.write_text("\n".join(page).rstrip("\n").replace("\n\n\n", "\n\n") + "\n")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
