"""Published results: of each figure the median over whole runs."""

import json
import statistics

import machine
from rows import NAME, fields

FIGURES = {
    "": ["median_ms", "min_ms", "p90_ms", "GFLOPS", "GBps", "roofline", "roofline_target", "inside", "dirty",
         "extra_memory_bytes"],
    "scaling/": ["median_ms", "min_ms", "p90_ms", "speedup", "ns_per_position"],
    "overhead/": ["call_ns", "runtime_ns", "dispatch_ns", "kernel_calls", "allocations"],
}  # fmt: skip
SECTIONS = {"": "rows", "scaling/": "scaling", "overhead/": "overhead"}


def published(measured):
    """The row of one name, from its rows in each run."""
    name = measured[0]["name"]
    row = {"name": name, **fields(name)}
    reasons = [run["error_message"] for run in measured if "error_message" in run]
    if reasons:
        return {**row, "skipped": reasons[0].removeprefix("skipped: ")}
    for figure in FIGURES[NAME.fullmatch(name)["kind"]]:
        if figure in measured[0]:
            row[figure] = float(f"{statistics.median(run[figure] for run in measured):.5g}")
    if "label" in measured[0]:
        row["kernels"] = measured[0]["label"].split()
    return row


def probes(reports):
    """{name: [before, after]} of a run: before its first step and after its last."""
    first, last = reports[0]["context"], reports[-1]["context"]
    names = [key.removeprefix("probe_before_") for key in first if key.startswith("probe_before_")]
    return {name: [float(first["probe_before_" + name]), float(last["probe_after_" + name])] for name in names}


def result(steps, runs):
    """The published result of one target, from its steps, run after run."""
    reports = [step.kept() for step in steps]
    of_lcn_bench = [r for step, r in zip(steps, reports) if step.program.name == "lcn_bench"]
    per_run = len(of_lcn_bench) // runs
    context = of_lcn_bench[-1]["context"]
    of_name = {}
    for report in reports:
        for row in report["benchmarks"]:
            of_name.setdefault(row["name"], []).append(row)
    sections = {section: [] for section in SECTIONS.values()}
    for name, measured in of_name.items():
        sections[SECTIONS[NAME.fullmatch(name)["kind"]]].append(published(measured))
    return {
        "lcn": context["lcn_version"],
        "date": context["date"][:10],
        "command": "./run bench --suite",
        "machine": machine.described(context),
        "runs": runs,
        "probes": [probes(of_lcn_bench[per_run * k : per_run * (k + 1)]) for k in range(runs)],
        **sections,
    }


def text(value):
    """JSON with one row a line."""
    lines = []
    for key, part in value.items():
        if isinstance(part, list):
            part = "[\n" + ",\n".join("  " + json.dumps(row) for row in part) + "\n ]"
        else:
            part = json.dumps(part)
        lines.append(f' "{key}": {part}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def publish(steps, runs, folder):
    """Writes one file for each target; returns their paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for target in dict.fromkeys(step.target for step in steps):
        value = result([step for step in steps if step.target == target], runs)
        paths.append(folder / f"{machine.slug(value['machine'])}-{target}.json")
        paths[-1].write_text(text(value))
    return paths
