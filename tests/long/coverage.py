#!/usr/bin/env python3
"""Which lines of runtime, layer and tools the fast tests run, in a build of its own (preset `coverage`). What was counted is kept in
build/coverage/lines.json for the report."""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "coverage"
KEPT = BUILD / "lines.json"
FOLDERS = ["runtime/layer", "runtime/device", "runtime/planner", "runtime", "tools"]


def folder_of(path):
    return next((folder for folder in FOLDERS if path.startswith(folder + "/")), None)


def count():
    """{file: {line: times}} of every object, whether it has run or not."""
    times = collections.defaultdict(collections.Counter)
    for data in BUILD.rglob("*.gcno"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["gcov", "--json-format", data], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            for report in pathlib.Path(folder).glob("*.gcov.json.gz"):
                for file in json.loads(gzip.open(report).read())["files"]:
                    path = pathlib.Path(file["file"])
                    if path.is_relative_to(ROOT) and folder_of(str(path.relative_to(ROOT))):
                        for line in file["lines"]:
                            times[str(path.relative_to(ROOT))][line["line_number"]] += line["count"]
    return times


def lines():
    """Markdown for the report."""
    if not KEPT.exists():
        return ["Not counted.", ""]
    kept = json.loads(KEPT.read_text())
    rows = [f"| `{folder}/` | {run:,} of {all_lines:,} | {run / all_lines:.1%} |" for folder, (run, all_lines) in kept.items()]
    return ["Lines of code that the tests of kernels, layer and tool run, with gcov.", "", "| folder | lines run | |",
            "|---|---|---|", *rows, ""]


def main():
    parser = argparse.ArgumentParser(prog="./run test --long coverage", description=__doc__)
    parser.add_argument("--list", action="store_true", help="also print the lines that nothing runs")
    arguments = parser.parse_args()
    for old in BUILD.rglob("*.gcda"):
        old.unlink()
    ran = subprocess.run([ROOT / ".venv/bin/ctest", "--test-dir", BUILD, "-LE", "long", "-E", "install|emit|symbols|build_cost|bench|cortex",
                          "-j2", "--output-on-failure"])
    if ran.returncode:
        sys.exit("tests fail")
    times = count()
    kept = collections.defaultdict(lambda: [0, 0])
    for path, counts in sorted(times.items()):
        cell = kept[folder_of(path)]
        cell[0] += sum(1 for n in counts.values() if n)
        cell[1] += len(counts)
        if arguments.list:
            for line, n in sorted(counts.items()):
                if not n:
                    print(f"{path}:{line}")
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    print("\n".join(lines()))


if __name__ == "__main__":
    main()
