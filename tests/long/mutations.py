#!/usr/bin/env python3
"""Breaks lcn in one place at a time, in a copy of its sources, and says which breaks no fast test notices. Draws places
from a seed, over every source file of generators, schedules, runtime and layer in turn. Results are kept in
build/mutations/results.json: the same command goes on where it was interrupted."""
import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

from progress import Progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "mutations"
TREE = FOLDER / "tree"
BUILD = TREE / "build" / "host"

SOURCES = ["generators/*.cpp", "generators/*.h", "schedules/*.h", "schedules/portable/*.h", "schedules/x86_avx2/*.h",
           "runtime/*.cpp", "runtime/*.h", "runtime/layer/*.cpp", "runtime/layer/*.h"]

# What is found in a line of code, and what takes its place.
OPERATORS = [
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " + "), (r" / ", " * "), (r" % ", " / "),
    (r" \+ 1\b", ""), (r" - 1\b", ""), (r"\+= ", "-= "), (r"\b0\b", "1"), (r"\b1\b", "2"),
    (r"\brows\b", "columns"), (r"\bcolumns\b", "rows"), (r"_rows\b", "_columns"), (r"_columns\b", "_rows"),
    (r"std::min\b", "std::max"), (r"std::max\b", "std::min"),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\bif \(", "if (false) if ("), (r"!(?=[a-z])", ""),
    (r"\bfilters\b", "channels"), (r"\bcontinue;", ";"), (r"\bbreak;", ";"),
]
NOT_CODE = re.compile(r"^\s*(//|#|template|static_assert|using |namespace |struct |class |for_each|while \(false|\} while)|if \(const")

# The fast suites, the quickest first.
SUITES = ["tests/status_test", "tests/special_values_test", "tests/properties_test", "tests/axpby_test",
          "tests/workspace_test", "tests/numbers_test", "tests/activations_test", "tests/memory_test", "tests/bits_test",
          "tests/threads_test", "tests/first_call_test", "tests/dispatch_test", "tests/tuning_test", "tests/kernels_test",
          "tests/layer/layer_test", "tests/layer/kernel_layout_test", "tests/layer/keras_cases_test",
          "tests/layer/layer_config_test", "tests/layer/layer_errors_test", "tests/layer/layer_activations_test",
          "tests/layer/layer_training_test", "tests/layer/implementations_test", "tests/layer/initializers_test",
          "tests/layer/initializers_cases_test", "tests/layer/initializers_values_test", "tests/layer/regularizers_test",
          "tests/layer/constraints_test", "tools/tool_tests/lcn_tool_parts_test", "tools/tool_tests/lcn_tuning_file_test"]
MINUTES = 20  # for a suite, and for a build: what never ends is noticed


def places(text):
    """Every (line, column, operator) at which the text can be broken."""
    found = []
    for number, line in enumerate(text.splitlines()):
        code = line.split("//")[0]
        if NOT_CODE.search(line) or '"' in code:
            continue
        for operator, (pattern, _) in enumerate(OPERATORS):
            found += [(number, match.start(), operator) for match in re.finditer(pattern, code)]
    return found


def broken(text, place):
    number, column, operator = place
    pattern, by = OPERATORS[operator]
    lines = text.split("\n")
    line = lines[number]
    changed = line[:column] + re.sub(pattern, by, line[column:], count=1)
    lines[number] = changed
    return "\n".join(lines), f"{line.strip()}  ->  {changed.strip()}"


def draw(seed, count):
    """`count` different (file, place), file after file in random order, over and over."""
    source = random.Random(seed)
    files = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    options = {}
    for path in files:
        options[path] = places(path.read_text())
        source.shuffle(options[path])
    source.shuffle(files)
    drawn = []
    while len(drawn) < count and any(options.values()):
        for path in files:
            if options[path] and len(drawn) < count:
                drawn.append((path.relative_to(ROOT), options[path].pop()))
    return drawn


def copy_sources():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    for name in filter(None, listed):
        target = TREE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != (ROOT / name).read_bytes():
            shutil.copy(ROOT / name, target)


def quiet(command, **options):
    """True when the command succeeds in time."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60 * MINUTES,
                              **options).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def configure(targets):
    # Without warnings: what is no error for a compiler must be one for a test.
    halide = next((ROOT / ".venv").glob("lib/python3*/site-packages/halide/lib64/cmake/Halide"))
    return quiet(["cmake", "--preset", "host", f"-DHalide_DIR={halide}", f"-DLCN_TARGETS={targets}", "-DLCN_DEVICES=OFF",
                  "-DCMAKE_CXX_FLAGS=-w"],
                 cwd=TREE)


def noticed():
    """What notices that lcn is broken; nothing when nothing does."""
    if not quiet(["ninja", "-C", BUILD, *SUITES]):
        return "build"
    for suite in SUITES:
        environment = {**os.environ, "KERAS_HOME": "/nonexistent"}
        if not quiet([BUILD / suite, "--gtest_filter=-Long*", "--gtest_fail_fast"], env=environment):
            return suite
    return None


def try_one(path, place):
    original = (ROOT / path).read_text()
    changed, what = broken(original, place)
    (TREE / path).write_text(changed)
    try:
        return {"file": f"{path}:{place[0] + 1}", "change": what, "noticed": noticed()}
    finally:
        (TREE / path).write_text(original)


def main():
    parser = argparse.ArgumentParser(prog="./run test --long mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="breaks to try in all (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--targets", default="portable", help="of the copy's build, as LCN_TARGETS (default portable)")
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    arguments = parser.parse_args()
    drawn = draw(arguments.seed, arguments.count)
    if arguments.list:
        for path, place in drawn:
            print(f"{path}:{place[0] + 1}: {broken((ROOT / path).read_text(), place)[1]}")
        return 0
    copy_sources()
    if not configure(arguments.targets):
        sys.exit(f"{TREE} cannot be configured")
    if (by := noticed()) is not None:
        sys.exit(f"without any break {by} fails in {TREE}")
    progress = Progress(FOLDER / "results.json")
    for number, (path, place) in enumerate(drawn, 1):
        _, what = broken((ROOT / path).read_text(), place)
        key = f"{path}: {what} @{place[0]}:{place[1]}"
        if key not in progress.done:
            progress.keep(key, try_one(path, place))
        result = progress.done[key]
        print(f"{number:4}/{len(drawn)} {result['noticed'] or 'SURVIVED'}  {result['file']}  {what}", flush=True)
    keys = [f"{path}: {broken((ROOT / path).read_text(), place)[1]} @{place[0]}:{place[1]}" for path, place in drawn]
    survivors = [progress.done[key] for key in keys if progress.done[key]["noticed"] is None]
    print(f"\n{len(drawn) - len(survivors)} of {len(drawn)} breaks noticed, "
          f"{sum(progress.done[key]['noticed'] == 'build' for key in keys)} of them by the compiler")
    for survivor in survivors:
        print(f"SURVIVED {survivor['file']}\n    {survivor['change']}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
