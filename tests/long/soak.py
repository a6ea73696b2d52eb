#!/usr/bin/env python3
"""Lets 16 threads call one random layer after the other for an hour, in slices with a seed each; what is allocated must not grow in any
slice. What is done is kept in build/soak/slices.json: the same command goes on where it was interrupted."""
import argparse
import json
import pathlib
import subprocess
import sys

from progress import Progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "host" / "tests" / "long" / "soak"
FOLDER = ROOT / "build" / "soak"


def main():
    parser = argparse.ArgumentParser(prog="./run test --long soak", description=__doc__)
    parser.add_argument("--minutes", type=int, default=60, help="in all (default 60)")
    parser.add_argument("--slice", type=int, default=20, help="minutes of a slice (default 20)")
    arguments = parser.parse_args()
    progress = Progress(FOLDER / "slices.json")
    failed = 0
    for seed in range(1, -(-arguments.minutes // arguments.slice) + 1):
        key = f"seed {seed}, {arguments.slice} minutes"
        if key not in progress.done:
            ran = subprocess.run([PROGRAM, "--seconds", str(60 * arguments.slice), "--seed", str(seed)],
                                 stdout=subprocess.PIPE, text=True)
            if ran.returncode:
                failed += 1
                print(f"{key}: FAILED\n{ran.stdout}")
                continue
            progress.keep(key, json.loads(ran.stdout))
        print(f"{key}: {json.dumps(progress.done[key])}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
