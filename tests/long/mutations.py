#!/usr/bin/env python3
"""Breaks lcn in one place at a time, in a copy of its sources, and says which breaks no fast test notices. Draws places
from a seed, over every source file of generators, schedules, runtime and layer in turn. Results are kept in
build/mutations/results.json: the same command goes on where it was interrupted."""
import argparse
import concurrent.futures
import ctypes.util
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from progress import Progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "mutations"
TREE = FOLDER / "tree"
BUILD_SECONDS = 1800
ARGUED = json.loads((ROOT / "tests" / "long" / "equivalent.json").read_text())  # {"file: change": why it changes nothing}

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
KERNELS = [f"tests/{name}_test" for name in (
    "status", "special_values", "properties", "axpby", "workspace", "numbers", "activations", "memory", "bits", "threads",
    "first_call", "dispatch", "tuning", "tuned_table", "kernels", "faults")]
LAYER = [f"tests/layer/{name}_test" for name in (
    "layer", "kernel_layout", "keras_cases", "layer_config", "layer_errors", "layer_activations", "layer_training",
    "implementations", "initializers", "initializers_cases", "initializers_values", "regularizers", "constraints", "layer_faults")]
TOOL = [f"tools/tool_tests/lcn_{name}_test" for name in ("tool_parts", "tuning_file", "chosen", "add_model")]
DEVICES = [f"tests/device/{name}_test" for name in (
    "device_arguments", "device_memory", "driver_contexts", "driver_copies", "driver_errors", "driver_failures",
    "driver_launches", "driver_layer", "opencl_headers", "opencl_queue")]


@dataclasses.dataclass
class Build:
    """One of the copy: what it is configured with, which test programs judge it, how they are run."""
    preset: str
    options: list
    suites: list
    filter: str = "-Long*"
    environment: dict = dataclasses.field(default_factory=dict)
    emulator: list = dataclasses.field(default_factory=list)
    tests: str = ""  # more of ctest's, by name
    library: str = ""  # without which its tests would be skipped
    seconds: dict = dataclasses.field(default_factory=dict)  # that each suite took without a break


BUILDS = {
    "portable": Build("host", ["-DLCN_TARGETS=portable", "-DLCN_DEVICES=OFF"],
                      [*KERNELS, *LAYER, *TOOL, "tests/add_layer/add_layer_test"], tests="^add_layer.plan"),
    "avx2": Build("host", ["-DLCN_TARGETS=portable;x86_avx2", "-DLCN_DEVICES=OFF"], KERNELS, "-Long*:*/portable*", tests="^assembly"),
    "devices": Build("host", ["-DLCN_TARGETS=portable;cuda;opencl", "-DLCN_DEVICES=OFF"],
                     [*DEVICES, "tests/device_test", "tests/axpby_test", "tests/kernels_test", "tests/numbers_test"],
                     "-Long*:*/portable*", library="OpenCL"),
    "arm": Build("linux-arm64", ["-DLCN_TARGETS=portable;arm_neon;arm_neon_dotprod"],
                 [f"tests/{name}_test" for name in ("first_call", "dispatch", "numbers", "kernels")], "-Long*:*/portable*",
                 {"QEMU_CPU": "cortex-a76", "QEMU_LD_PREFIX": "/usr/aarch64-linux-gnu"}, ["qemu-aarch64"]),
}

# Every source file, and the builds whose tests must notice, one after the other until one does.
SOURCES = {
    "generators/backward_input_gather.*": ["devices"],
    "generators/axpby.*": ["devices"],
    "generators/*.[ch]*": ["portable", "avx2", "devices"],
    "schedules/*.h": ["portable", "avx2", "arm"],
    "schedules/portable/*.h": ["portable", "avx2"],
    "schedules/arm_neon/*.h": ["arm"],
    "schedules/cuda/*.h": ["devices"],
    "runtime/cpu_aarch64.cpp": ["arm"],
    "runtime/device/*.[ch]*": ["devices"],
    "runtime/device_*.[ch]*": ["devices"],
    "runtime/*.[ch]*": ["portable", "avx2"],
    "runtime/include/lcn/*.h": ["portable", "devices"],
    "runtime/layer/*.[ch]*": ["portable"],
    "runtime/planner/*.[ch]*": ["portable"],
}
MUTATIONS = 40  # tried unless another number is asked for


def sources():
    """{path: names of builds}; the first pattern decides."""
    found = {}
    for pattern, builds in SOURCES.items():
        for path in ROOT.glob(pattern):
            if path.suffix in (".h", ".cpp"):
                found.setdefault(path, builds)
    return found


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
    """`count` different (key, file, place), file after file, over and over. The order is that of hashes, so that a change of
    one file changes what is drawn from it alone, and only where its lines are others."""
    def rank(*what):
        return hashlib.sha256("\n".join(map(str, [seed, *what])).encode()).digest()

    options = {}
    for path in sources():
        name, text = path.relative_to(ROOT), path.read_text()
        found = {f"{name}: {broken(text, place)[1]}": (name, place) for place in places(text)}
        options[name] = sorted(((key, *what) for key, what in found.items()), key=lambda one: rank(one[0]), reverse=True)
    files = sorted(options, key=rank)
    drawn = []
    while len(drawn) < count and any(options.values()):
        for name in files:
            if options[name] and len(drawn) < count:
                drawn.append(options[name].pop())
    return drawn


def copy_sources():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    for name in filter(None, listed):
        target = TREE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != (ROOT / name).read_bytes():
            shutil.copy(ROOT / name, target)


def quiet(command, seconds, **options):
    """True when the command succeeds in time."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, **options).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def configure(name):
    # Without warnings: what is no error for a compiler must be one for a test.
    halide = next((ROOT / ".venv").glob("lib/python3*/site-packages/halide/lib64/cmake/Halide"))
    build = BUILDS[name]
    return quiet(["cmake", "--preset", build.preset, "-B", TREE / "build" / name, f"-DHalide_DIR={halide}", "-DCMAKE_CXX_FLAGS=-w",
                  *build.options], 600, cwd=TREE)


def noticed(name):
    """What notices that lcn is broken; nothing when nothing does."""
    build = BUILDS[name]
    folder = TREE / "build" / name
    if not quiet(["ninja", "-C", folder, "lcn", *build.suites], BUILD_SECONDS):
        return "build"
    environment = {**os.environ, "KERAS_HOME": "/nonexistent", **build.environment}
    failed = []

    def passes(suite):
        if failed:
            return
        start = time.monotonic()
        # What never ends is noticed.
        limit = 60 + 5 * build.seconds.get(suite, 240)
        if not quiet([*build.emulator, folder / suite, f"--gtest_filter={build.filter}", "--gtest_fail_fast"], limit, env=environment):
            failed.append(suite)
        build.seconds.setdefault(suite, time.monotonic() - start)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(passes, build.suites))
    if not failed and build.tests and not quiet(["ctest", "--test-dir", folder, "-R", build.tests, "--no-tests=error"], BUILD_SECONDS):
        failed.append(f"ctest -R {build.tests}")
    return failed[0] if failed else None


def try_one(build, path, place):
    original = (ROOT / path).read_text()
    (TREE / path).write_text(broken(original, place)[0])
    try:
        return noticed(build)
    finally:
        (TREE / path).write_text(original)


def try_all(drawn, progress):
    """Build after build, so that each makes anew only what a break touches."""
    builds_of = sources()
    for name in BUILDS:
        ready = False
        for number, (key, path, place) in enumerate(drawn, 1):
            entry = progress.done.get(key, {"tried": [], "noticed": None})
            if entry["noticed"] or argument(key) or name in entry["tried"] or name not in builds_of[ROOT / path]:
                continue
            if not ready:
                if (library := BUILDS[name].library) and not ctypes.util.find_library(library):
                    sys.exit(f"{name} needs lib{library}, without which its tests are skipped")
                if not configure(name):
                    sys.exit(f"{TREE} cannot be configured as {name}")
                if (by := noticed(name)) is not None:
                    sys.exit(f"without any break {by} of {name} fails in {TREE}")
                ready = True
            entry = {"tried": [*entry["tried"], name], "noticed": try_one(name, path, place)}
            progress.keep(key, entry)
            print(f"{number:4}/{len(drawn)} {name}: {entry['noticed'] or 'not noticed'}  {key}", flush=True)


def argument(key):
    """Why a break changes nothing that a call can show; None when nobody has said so."""
    return ARGUED.get(key)


def settled(key, entry):
    """Whether nothing is left to try."""
    builds = sources().get(ROOT / key.split(":")[0], [])
    return bool(entry["noticed"] or argument(key) or set(builds) <= set(entry["tried"]))


def survivors(entries):
    return [key for key, entry in entries.items() if entry["noticed"] is None and argument(key) is None]


def main():
    parser = argparse.ArgumentParser(prog="./run test --long mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=MUTATIONS, help=f"breaks to try in all (default {MUTATIONS})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    arguments = parser.parse_args()
    drawn = draw(arguments.seed, arguments.count)
    if arguments.list:
        print("\n".join(key for key, _, _ in drawn))
        return 0
    copy_sources()
    progress = Progress(FOLDER / "results.json")
    try_all(drawn, progress)
    entries = {key: progress.done.get(key, {"noticed": None}) for key, _, _ in drawn}
    left = survivors(entries)
    argued = [key for key, entry in entries.items() if entry["noticed"] is None and argument(key)]
    print(f"\n{len(entries) - len(left) - len(argued)} of {len(entries)} breaks noticed, "
          f"{sum(entry['noticed'] == 'build' for entry in entries.values())} of them by the build")
    for key in argued:
        print(f"ARGUED {key}\n    {argument(key)}")
    for key in left:
        print(f"SURVIVED {key}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
