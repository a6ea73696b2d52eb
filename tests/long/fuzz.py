#!/usr/bin/env python3
"""Drives the fuzz functions of tests/fuzz with libFuzzer until each has run as often as wanted, over as many calls of this
program as it takes. Inputs that reached something new are kept in build/fuzz/<name>/corpus."""
import argparse
import os
import pathlib
import re
import subprocess
import sys

from progress import Progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests" / "fuzz"
FOLDER = ROOT / "build" / "fuzz"
PROGRAMS = ROOT / "build" / "asan" / "tests" / "fuzz"

# Executions wanted, ten million of the readers written in C++; the longest input.
FUZZERS = {
    "safetensors": (4_000_000, 2048),
    "config": (3_000_000, 4096),
    "tuning": (3_000_000, 4096),
    "shapes": (200_000, 32),
    "converter": (100_000, 16384),
}
CONVERTER = [sys.executable, "-B", SOURCES / "converter.py"]
ENDED = FOLDER / "converter" / "ended"  # inputs over which HDF5 looped or crashed
MOST_ENDED = 10  # of them are given to the program, which takes 10 seconds to give up
SLICE = 60  # seconds between two counts that are kept


def folders(name):
    """The grown corpus, where new inputs go, and what is committed."""
    grown = FOLDER / name / "corpus"
    grown.mkdir(parents=True, exist_ok=True)
    return [grown] + [f for f in (SOURCES / "corpus" / name, SOURCES / "regressions" / name) if f.exists()]


def libfuzzer(name, options, arguments):
    """The exit status and what was printed."""
    _, longest = FUZZERS[name]
    # An input may take 10 seconds and a gigabyte before that counts as a failure.
    program = CONVERTER if name == "converter" else [PROGRAMS / f"fuzz_{name}"]
    command = [*program, f"-max_len={longest}", "-timeout=10", "-rss_limit_mb=2048",
               f"-artifact_prefix={FOLDER / name}/", *options, *arguments]
    dictionary = SOURCES / "dictionaries" / f"{name}.dict"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    ran = subprocess.run([str(word) for word in command], stderr=subprocess.PIPE, text=True, errors="replace",
                         env={"KERAS_HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "PYTHONPATH": FOLDER / "python",
                              "LCN_ENDED": ENDED})
    return ran.returncode, ran.stderr


def refuses_what_ended():
    """Whether `lcn convert` gives one clear error for inputs that ended the process that read them."""
    inputs = sorted(ENDED.iterdir(), key=os.path.getmtime)[-MOST_ENDED:]
    if not inputs:
        return True
    return subprocess.run([*CONVERTER, "--replay", *inputs],
                          env={**os.environ, "LCN_TOOL": ROOT / "build" / "host" / "tools" / "lcn"}).returncode == 0


def fuzz(name, wanted, seconds, progress):
    """Runs until `wanted` executions are on record, or for so many seconds; false when an input failed."""
    end = None if seconds is None else seconds
    while True:
        executed = progress.done.get(name, 0)
        if executed >= wanted or end == 0:
            return True
        step = SLICE if end is None else min(SLICE, end)
        status, printed = libfuzzer(name, [f"-runs={wanted - executed}", f"-max_total_time={step}",
                                           "-print_final_stats=1"], folders(name))
        units = re.search(r"stat::number_of_executed_units: *(\d+)", printed)
        if units:
            progress.keep(name, executed + int(units.group(1)))
        if status != 0 or not units:
            sys.stderr.write(printed[-6000:])
            print(f"{name}: FAILED. Put the input that failed, in {FOLDER / name}, into {SOURCES / 'regressions' / name}")
            return False
        end = None if end is None else end - step


def merge(name):
    """Adds to the committed corpus the fewest inputs that reach what the grown one reaches beyond it."""
    grown, *committed = folders(name)
    status, printed = libfuzzer(name, ["-set_cover_merge=1"], [*committed, grown])
    if status != 0:
        sys.exit(printed[-6000:])
    print(f"{name}: {len(list(committed[0].iterdir()))} inputs in {committed[0].relative_to(ROOT)}")


def main():
    parser = argparse.ArgumentParser(prog="./run test --long fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(FUZZERS) + "; all of them without any")
    parser.add_argument("--seconds", type=int, help="stop each fuzzer after so many seconds, wanted executions or not")
    parser.add_argument("--more", type=int, default=1, metavar="FACTOR", help="so many times the wanted executions")
    parser.add_argument("--merge", action="store_true", help="add to tests/fuzz/corpus what was found that reaches more")
    arguments = parser.parse_args()
    names = arguments.names or list(FUZZERS)
    for name in names:
        if name not in FUZZERS:
            parser.error(f"no fuzzer is named {name}, only {', '.join(FUZZERS)}")
    if arguments.merge:
        for name in names:
            merge(name)
        return 0
    progress = Progress(FOLDER / "executions.json")
    ENDED.mkdir(parents=True, exist_ok=True)
    passed = [fuzz(name, FUZZERS[name][0] * arguments.more, arguments.seconds, progress) for name in names]
    if "converter" in names:
        passed.append(refuses_what_ended())
    for name in names:
        print(f"{name:12} {progress.done.get(name, 0):>12,} executions of {FUZZERS[name][0] * arguments.more:>12,}")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
