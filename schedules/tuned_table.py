#!/usr/bin/env python3
"""Makes the table of a target's tuned choices from a file of `lcn tune`.

usage: tuned_table.py TARGET BUILD TUNING [--results FOLDER] [--folder FOLDER]

Writes FOLDER/TARGET/tuned.cmake (schedules/ unless said), the choices that gain enough over the cost model's, with their evidence,
and tuned.md there, what every layer of bench/shapes.h gains. BUILD has the tool that reads the file; beside it, as <name>.algorithms,
lies the list of what its kernels were made of (BUILD/tuned/algorithms) from when it was begun. The probes of the machine are those of its published result (bench/results/ unless said).
"""

import argparse
import dataclasses
import json
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent
OPERATIONS = ["forward", "backward_input", "backward_weights"]
LEAST_GAIN = 1.03  # machines of one target differ by as much
WITHIN = 1.1  # what a choice of the cost model should reach
STREAMED_FLOATS = 1 << 20  # smaller gradients are read from the caches soon after (streamed_floats in runtime/plan.cpp)


@dataclasses.dataclass
class Choice:
    """One that `lcn choices` writes; cmake/LcnTuned.cmake says what its words are."""

    operation: str
    shape: str
    threads: str
    kernel: str
    gain: str
    spread: str
    samples: str
    cost_model: str

    def best(self):
        """How many times as fast as the cost model's choice the best kernel is: 1 where that chooses it for whole windows."""
        return 1.0 if self.kernel in ("-", self.cost_model) else float(self.gain)

    def positions_and_weights(self):
        """And weights of each."""
        rows, columns, channels, kernel_rows, kernel_columns, filters = map(int, re.findall(r"\d+", self.shape)[:6])
        strides = re.search(r":s(\d+)x(\d+)", self.shape)
        row_stride, column_stride = map(int, strides.groups()) if strides else (1, 1)
        first = (1, 1) if ":same" in self.shape else (kernel_rows, kernel_columns)
        positions = ((rows - first[0]) // row_stride + 1) * ((columns - first[1]) // column_stride + 1)
        return positions, kernel_rows * kernel_columns * channels * filters

    def gradient_floats(self):
        positions, weights = self.positions_and_weights()
        return positions * weights

    def streams_what_is_read_soon(self):
        return "_streaming" in self.kernel and self.gradient_floats() < STREAMED_FLOATS

    def belongs_into_the_table(self):
        return self.best() >= LEAST_GAIN and not self.streams_what_is_read_soon() and not self.holds_a_piece()

    def holds_a_piece(self):
        """Of the filters of one position, which threads share: as many as it holds with that number of threads alone."""
        return self.threads == "more" and "_span" in self.kernel and self.positions_and_weights()[0] == 1

    def line(self):
        return f"lcn_tuned({' '.join(dataclasses.astuple(self))})"


def choices_of(target, tool, tuning):
    """Of the file, those of the target."""
    made = subprocess.run([tool, "choices", tuning], stdout=subprocess.PIPE, text=True)
    if made.returncode:
        sys.exit(made.returncode)
    of_target = made.stdout.partition(f"set(target {target})\n")[2].partition("set(target")[0]
    return [Choice(*line[len("lcn_tuned(") : -1].split()) for line in of_target.splitlines()]


def measured_on(target, tuning):
    """The one machine of the file that measured for the target, and its entries."""
    machines = []
    for machine in json.loads(tuning.read_text())["machines"]:
        if entries := [e for e in machine["entries"] if e["target"] == target]:
            machines.append((machine, entries))
    if len(machines) != 1:
        sys.exit(f"tuned_table: {len(machines)} machines measured for {target}, expected one")
    if any(e["compared_with"] for e in machines[0][1]):
        sys.exit("tuned_table: compared with another choice than the cost model's: measure with --untuned")
    return machines[0]


def suite_names(shapes=ROOT / "bench/shapes.h"):
    """Names of bench/shapes.h by the shape as `lcn choices` writes it, without images."""
    row = re.compile(r'\s*\{"(\w+)",' + r"\s*(\d+),\s*" * 7 + r"(\w+)," + r"\s*(\d+),")
    names = {}
    for line in shapes.read_text().splitlines():
        if found := row.match(line):
            name, rows, columns, channels, kernel_rows, kernel_columns, *strides, padding, filters = found.groups()
            word = f"{rows}x{columns}x{channels}:{kernel_rows}x{kernel_columns}x{filters}"
            word += f":s{'x'.join(strides)}" * (strides != ["1", "1"]) + ":same" * (padding == "same")
            names[word] = name
    return names


def probes_text(entries):
    """Medians of what was read before each problem."""
    readings = {}
    for e in entries:
        for name, value in e["probes"].items():
            readings.setdefault(f"{name.replace('_', ' ')} threads {e['threads']}", []).append(value)
    return ", ".join(f"{name} {statistics.median(values):.4g}" for name, values in readings.items())


def wrapped(text, mark="#"):
    lines = [""]
    for each in text.split():
        if len(lines[-1]) + len(each) > 125:
            lines.append("")
        lines[-1] += " " + each
    return [mark + line if mark else line[1:] for line in lines]


def evidence(machine, entries, version):
    commands = ", ".join(f"`{command}`" for command in sorted({e["command"] for e in entries}))
    days = sorted({e["date"] for e in entries})
    return wrapped(
        f"Evidence: {machine['brand']} ({machine['vendor']}, family {machine['family']}, model {machine['model']}, stepping"
        f" {machine['stepping']}; {' '.join(machine['features'])}), {' to '.join(dict.fromkeys([days[0], days[-1]]))}, lcn {version}:"
        f" {len(entries)} problems by {commands}. Probes: {probes_text(entries)}."
    )


def second_level_cache(entries):
    sizes = {e["second_level_cache"] for e in entries}
    if len(sizes) != 1:
        sys.exit("tuned_table: measured beside second-level caches of different sizes")
    return sizes.pop()


def table(target, choices, algorithms, cache, evidence_lines):
    lines = [
        *wrapped(
            f"Kernels that were measured to be at least {LEAST_GAIN} times as fast as the cost model's choice: pass, shape, threads,"
            " kernel, gain, half of the interval that holds it in 95 %, samples, the cost model's choice. Without kernels that write a gradient past the caches"
            " where whoever reads it next would find it there: measured alone they win. Written by"
            f" `./run tune --table {target}`, read by cmake/LcnTuned.cmake; docs/tuning.md says how they are measured."
        ),
        "#",
        *evidence_lines,
        f"lcn_tuned_for({cache})",
    ]
    for operation in OPERATIONS:
        rows = [c.line() for c in choices if c.operation == operation and c.belongs_into_the_table()]
        if rows:
            lines += [f"lcn_tuned_with({operation} {algorithms[target, operation]})", *rows]
    return "\n".join(lines) + "\n"


def share(choices):
    """Of those within reach of the best kernel that was measured, whatever it does to the caches."""
    return f"{sum(c.best() <= WITHIN for c in choices) / len(choices):.0%}"


def shares(choices):
    passes = [(o, [c for c in choices if c.operation == o]) for o in OPERATIONS]
    of_passes = ", ".join(f"{o} {share(some)}" for o, some in passes if some)
    text = f"The cost model's choice is within 10 % of the best kernel in {share(choices)} of {len(choices)} rows ({of_passes})."
    counted = [c for c in choices if not c.streams_what_is_read_soon()]
    if counted and len(counted) < len(choices):
        text += (
            f" The best kernel of {len(choices) - len(counted)} of them is marked s: measured alone it wins, but it writes past"
            " the caches a gradient that they would hold for whoever reads it next, so it is not in the table and no aim of the"
            f" cost model. Without these rows it is {share(counted)} of {len(counted)}."
        )
    return wrapped(text, mark="")


def gains(target, choices):
    """Markdown: by how much each layer of the suite gains."""
    names = suite_names()
    lines = wrapped(
        f"What the best kernels gain over the cost model's choices on `{target}`: times as fast, +- half of the interval that holds"
        " it in 95 %; 1: no kernel is faster, beyond doubt and by 1 %; s: with a kernel that writes past the caches a gradient that they"
        " would hold. [tuned.cmake](tuned.cmake) has those that gain 1.03 and more, without s, and without kernels that hold one position's filters as this number of threads shares them.",
        mark="",
    )
    for threads in dict.fromkeys(c.threads for c in choices):
        some = [c for c in choices if c.threads == threads]
        lines += ["", f"## Threads: {threads}", "", *shares(some), "",
                  "| shape | " + " | ".join(OPERATIONS) + " |", "|---" * 4 + "|"]  # fmt: skip
        cells = {}
        for c in some:
            shape, _, batch = c.shape.rpartition(":n")
            text = "1" if c.best() == 1 else f"{c.gain} +- {c.spread}{' s' * c.streams_what_is_read_soon()}"
            cells.setdefault(f"{names.get(shape, shape)} N{batch}", {})[c.operation] = text
        lines += [f"| {shape} | " + " | ".join(of.get(o, "") for o in OPERATIONS) + " |" for shape, of in cells.items()]
    return "\n".join(lines) + "\n"


def read_algorithms(path):
    lines = (line.split() for line in path.read_text().splitlines())
    return {(target, operation): algorithm for target, operation, algorithm in lines}


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("tuning", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "schedules")
    options = parser.parse_args(arguments)
    choices = choices_of(options.target, options.build / "tools/lcn", options.tuning)
    machine, entries = measured_on(options.target, options.tuning)
    version = json.loads(options.tuning.read_text())["lcn"]
    found = evidence(machine, entries, version)
    algorithms = read_algorithms(options.tuning.with_suffix(".algorithms"))
    folder = options.folder / options.target
    (folder / "tuned.cmake").write_text(table(options.target, choices, algorithms, second_level_cache(entries), found))
    (folder / "tuned.md").write_text(gains(options.target, choices))


if __name__ == "__main__":
    main(sys.argv[1:])
