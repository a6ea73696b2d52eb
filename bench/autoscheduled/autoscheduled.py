#!/usr/bin/env python3
"""Measures lcn and the kernels of Halide's autoschedulers, turn by turn, and keeps the results in a file. Called again it
goes on where it ended."""

import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

import kept
import table

HERE = pathlib.Path(__file__).parent
ROW_SECONDS = 120  # for a row, its check included


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench --autoscheduled", description=__doc__)
    add = parser.add_argument
    add("--build", type=pathlib.Path, default=HERE.parents[1] / "build/host", help=argparse.SUPPRESS)
    add("--rows", default="", metavar="REGEX", help="only these, named like forward_keras_doc_1_N8_Adams2019_copied")
    add("--out", type=pathlib.Path, default=kept.results_file.default_path("autoscheduled"), metavar="FILE", help="default: %(default)s")
    add("--under", default="", metavar="COMMAND", help="runs the measuring program, for example 'chrt -f 1 taskset -c 1'")
    add("--seconds", type=float, default=float("inf"), metavar="S", help="begin no row after that")
    add("--again", action="store_true", help="also rows that the file has")
    add("--list", action="store_true", help="only say what is left to do")
    add("--table", action="store_true", help="only write the tables of the file into the README")
    return parser.parse_args()


def measure(plan, kernel, under=(), quick=False):
    """What the program says of a kernel, or why it was not run."""
    record = plan.record(kernel)
    made = {"autoscheduler_seconds": record["seconds"]}
    if "failed" in record:
        return made | {"not_run": f"autoscheduler failed, {record['failed']}"}
    command = [*under, plan.program, plan.library(kernel), kernel["operation"], kernel["shape"], kernel["batch"]]
    environment = os.environ | {"LCN_TARGET": plan.settings["target"]}
    try:
        done = subprocess.run([*map(str, command), *(["--quick"] if quick else [])], env=environment, text=True,
                              capture_output=True, timeout=ROW_SECONDS)  # fmt: skip
    except subprocess.TimeoutExpired:
        return made | {"not_run": f"time: more than {ROW_SECONDS} s"}
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return made | {"not_run": said[-1][:300]}
    return made | json.loads(done.stdout)


def said(found):
    if "not_run" in found:
        return f"not run, {found['not_run']}"
    return f"{found['median_ms']:.4g} ms, lcn {found['lcn_median_ms']:.4g} ms"


def measure_all(plan, waiting, results, options):
    """Whether no answer was wrong."""
    good, start = True, time.monotonic()
    for number, kernel in enumerate(waiting, 1):
        if time.monotonic() - start > options.seconds:
            break
        found = measure(plan, kernel, shlex.split(options.under))
        results.add(kernel, found)
        results.save()
        good = good and "wrong answer" not in found.get("not_run", "")
        print(f"[{number} of {len(waiting)}] {kernel['stem']}: {said(found)}", flush=True)
    return good


def main():
    options = arguments()
    if options.table:
        table.write(options.out, HERE / "README.md")
        return
    plan = kept.Plan(options.build)
    results = kept.Results(options.out, plan.settings)
    wanted = [kernel for kernel in plan.kernels if re.search(options.rows, kernel["stem"])]
    waiting = [kernel for kernel in wanted if options.again or kept.key_of(kernel) not in results.rows]
    if options.list:
        print(*(kernel["stem"] for kernel in waiting), f"{len(waiting)} rows", sep="\n")
        return
    if not all(plan.record(kernel) for kernel in waiting):
        sys.exit("kernels are missing: ninja -C build/host lcn_autoscheduled_kernels makes them")
    sys.exit(0 if measure_all(plan, waiting, results, options) else 1)


if __name__ == "__main__":
    main()
