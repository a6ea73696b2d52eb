#!/usr/bin/env python3
"""Runs test programs under Clang's sanitizers and, on uninstrumented portable kernels, under valgrind. What passed is
remembered in build/sanitizers until its program changes, so that after an interruption the same command goes on."""
import argparse
import dataclasses
import os
import pathlib
import subprocess
import sys
import time

from progress import Progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "sanitizers"

KERNELS = ["kernels_test", "numbers_test", "properties_test", "special_values_test", "activations_test", "bits_test",
           "memory_test", "status_test", "first_call_test", "threads_test", "dispatch_test", "tuning_test", "tuned_table_test",
           "support_test"]
LAYER = ["keras_cases_test", "layer_test", "layer_config_test", "layer_errors_test", "layer_training_test",
         "layer_activations_test", "implementations_test", "kernel_layout_test", "initializers_test",
         "initializers_cases_test", "initializers_values_test", "regularizers_test", "constraints_test"]
TOOL = ["lcn_tool_parts_test", "lcn_model_test", "lcn_tuning_file_test", "lcn_tool_test"]
THREADED = ["threads_test", "first_call_test", "bits_test", "kernels_test", "numbers_test", "tuning_test", "status_test"]


def paths(kernels=(), layer=(), tool=()):
    return [*(f"tests/{name}" for name in kernels), *(f"tests/layer/{name}" for name in layer),
            *(f"tools/tool_tests/{name}" for name in tool)]


@dataclasses.dataclass
class Part:
    build: str  # the preset
    programs: list
    environment: dict = dataclasses.field(default_factory=dict)
    wrapper: list = dataclasses.field(default_factory=list)
    filter: str = "-Long*"
    left_out: dict = dataclasses.field(default_factory=dict)  # tests of a program, and why


# workspace_test, faults_test and layer_faults_test replace malloc, as the sanitizers do; large_test maps what their shadow memory has no room for;
# tests of devices have none in these builds.
PARTS = {
    # LeakSanitizer is a part of it.
    "asan": Part("asan", paths(KERNELS, LAYER, TOOL),
                 # Tests of guard pages look for the signal.
                 {"ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:handle_segv=0",
                  "UBSAN_OPTIONS": "print_stacktrace=1"},
                 left_out={"tests/layer/layer_errors_test": {"Layer.RefusesInputsItCannotTake": "AddressSanitizer ends what asks for too much"},
                           "tools/tool_tests/lcn_tool_test": {
                               "TuneElsewhere.AnswersToOtherQuestionsAreRefused": "there is no second target"}}),
    "tsan": Part("tsan", paths(THREADED, ["layer_test", "layer_training_test"]),
                 {"TSAN_OPTIONS": "die_after_fork=0:halt_on_error=0:second_deadlock_stack=1"}),
    "valgrind": Part("host", paths(["kernels_test", "properties_test", "memory_test", "status_test", "tuning_test"],
                                   ["layer_test", "layer_config_test", "layer_training_test"],
                                   ["lcn_tool_parts_test", "lcn_model_test", "lcn_tuning_file_test"]),
                     {"LCN_TARGET": "portable"},
                     ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite",
                      "--fair-sched=yes", f"--suppressions={ROOT / 'tests' / 'long' / 'valgrind.supp'}"],
                     "-Long*:*/x86_*:*/arm_*:*/opencl:*/cuda",
                     left_out={"tests/layer/layer_test": {
                         "Layer.IsCalledInChildrenForkedDuringCalls": "a child lacks the threads that hold what was allocated",
                         "Layer.IsMadeByStaticDestructors": "so does its child"}}),
}


def identity(part, program):
    """Another build of a program, or another way to run it, is to run again."""
    status = (ROOT / "build" / part.build / program).stat()
    return f"{status.st_mtime_ns} {status.st_size} {part.filter} {part.wrapper} {part.environment} {part.left_out.get(program)}"


def run(part, program, log):
    """The exit status and what the program printed, which is in `log` too."""
    tests = part.filter + "".join(f":{test}" for test in part.left_out.get(program, {}))
    command = [*part.wrapper, str(ROOT / "build" / part.build / program), f"--gtest_filter={tests}", "--gtest_brief=1"]
    environment = {**os.environ, "KERAS_HOME": "/nonexistent", **part.environment}
    with open(log, "w") as file:
        status = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, env=environment).returncode
    return status, log.read_text(errors="replace")


def run_part(name, part, wanted):
    """The lines of a report, and the programs that failed."""
    progress = Progress(FOLDER / f"{name}.json")
    failed = []
    programs = [p for p in part.programs if not wanted or pathlib.Path(p).name in wanted]
    for number, program in enumerate(programs, 1):
        begins = f"{number:3}/{len(programs)} {name} {program} ".ljust(70, ".")
        known = progress.done.get(program)
        if known and known["identity"] == identity(part, program):
            print(f"{begins}   Passed before {known['seconds']:8.2f} sec")
            continue
        print(begins, end="", flush=True)
        start = time.monotonic()
        FOLDER.mkdir(parents=True, exist_ok=True)
        status, printed = run(part, program, FOLDER / f"{name}-{pathlib.Path(program).name}.log")
        seconds = time.monotonic() - start
        ran = "[  PASSED  ]" in printed and "[  PASSED  ] 0 tests" not in printed
        if status == 0 and ran:
            progress.keep(program, {"identity": identity(part, program), "seconds": round(seconds, 2)})
            print(f"   Passed        {seconds:8.2f} sec")
        else:
            failed.append(f"{name} {program}")
            print(f"***Failed        {seconds:8.2f} sec\n{printed[-4000:]}")
    return len(programs), failed


def main():
    parser = argparse.ArgumentParser(prog="./run test --long sanitizers", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="a part (" + ", ".join(PARTS) + ") or a test program; everything without any")
    parser.add_argument("--programs", metavar="PRESET", choices=["host", "asan", "tsan"],
                        help="only list what a preset must have built for that")
    arguments = parser.parse_args()
    parts = [name for name in arguments.names if name in PARTS] or list(PARTS)
    wanted = {name for name in arguments.names if name not in PARTS}
    if arguments.programs:
        programs = {p for name in parts if PARTS[name].build == arguments.programs for p in PARTS[name].programs
                    if not wanted or pathlib.Path(p).name in wanted}
        print("\n".join(sorted(programs)))
        return 0
    unknown = wanted - {pathlib.Path(p).name for name in parts for p in PARTS[name].programs}
    if unknown:
        parser.error(f"no part and no program of {', '.join(parts)} is named {', '.join(sorted(unknown))}")
    total, failed = 0, []
    for name in parts:
        count, failures = run_part(name, PARTS[name], wanted)
        total, failed = total + count, failed + failures
    print(f"\n{100 * (total - len(failed)) // max(1, total)}% programs passed, {len(failed)} failed out of {total}")
    if failed:
        print("\nThe following programs FAILED:\n" + "\n".join(f"\t{program}" for program in failed))
    return 1 if failed or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
