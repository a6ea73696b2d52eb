#!/usr/bin/env python3
"""Measures every row of the suite three times and publishes the medians.

usage: measure.py FOLDER RESULTS

RESULTS receives the published figures. FOLDER has the benchmark programs, and takes what has been measured so far in
FOLDER/suite: after an interruption the same command goes on from there. Other programs or another machine start anew.
"""

import hashlib
import os
import pathlib
import shutil
import sys

import publish
from progress import Progress, spoken
from step import Failure, all_steps

RUNS = 3
PROGRAMS = ["lcn_bench", "lcn_scaling_bench", "lcn_overhead_bench"]


def identity(folder):
    """What earlier measurements must agree with to be kept."""
    digest = hashlib.sha256()
    for program in PROGRAMS:
        digest.update((folder / program).read_bytes())
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    models = {line for line in cpuinfo.read_text().splitlines() if line.startswith(("model", "CPU part"))}
    digest.update(repr([sorted(models), sorted(os.sched_getaffinity(0))]).encode())
    return digest.hexdigest()


def open_store(folder):
    """The folder of earlier measurements, emptied when they are of something else."""
    store, wanted = folder / "suite", identity(folder)
    stamp = store / "identity"
    if store.exists() and (not stamp.exists() or stamp.read_text() != wanted):
        print("suite: the programs or the machine have changed: starting anew", file=sys.stderr)
        shutil.rmtree(store)
    store.mkdir(exist_ok=True)
    stamp.write_text(wanted)
    return store


def measure(steps, progress):
    """Runs what has not been measured yet."""
    earlier = 0
    for step in steps:
        if report := step.kept():
            progress.finish(step, report["seconds"], measured=False)
            earlier += len(step.rows)
    if earlier:
        print(f"suite: {earlier} of {progress.total} rows were measured before", file=sys.stderr)
    for step in list(progress.waiting):
        report = step.run(progress.row)
        progress.finish(step, report["seconds"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, results = map(pathlib.Path, sys.argv[1:])
    store = open_store(folder)
    steps = [step for run in range(1, RUNS + 1) for step in all_steps(folder, store / f"run{run}")]
    progress = Progress(steps)
    try:
        measure(steps, progress)
    except KeyboardInterrupt:
        progress.close()
        sys.exit(f"suite: stopped; the same command goes on, {spoken(progress.left())} are left")
    except Failure as failure:
        progress.close()
        sys.exit(f"suite: {failure}")
    progress.close()
    for path in publish.publish(steps, RUNS, results):
        print(f"suite: published {path}", file=sys.stderr)
    print(f"suite: to measure anew, remove {store}", file=sys.stderr)


if __name__ == "__main__":
    main()
