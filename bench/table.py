#!/usr/bin/env python3
"""Makes Markdown tables of a report of lcn_bench, one per target, cache state and number of threads.

usage: table.py REPORT.json [README.md]

REPORT.json is what --benchmark_out wrote. With README.md, replaces what lies between its two marks; else prints.
"""

import json
import pathlib
import re
import sys

BEGIN, END = "<!-- table.py begins -->\n", "<!-- table.py ends -->\n"
OPERATIONS = ["forward", "backward_input", "backward_weights"]


def machine(context):
    """The machine and its probes, before and after, in a few lines."""
    lines = [
        f"{context['processor']}, {context['num_cpus']} processors,"
        f" {int(context['last_level_cache_bytes']) >> 20} MB of last-level cache, {context['date'][:10]},"
        f" lcn {context['lcn_version']}. Probes, before and after:",
        "",
    ]
    for key, value in context.items():
        if key.startswith("probe_before_"):
            probe = key.removeprefix("probe_before_")
            lines.append(f"- {probe.replace('_', ' ')}: {value}, {context['probe_after_' + probe]}")
    return lines


def cell(row):
    """roofline, with a star where the machine changed its speed meanwhile, or why there is none."""
    if "error_message" in row:
        return row["error_message"].split(":")[0]
    return f"{row['roofline']:.2f}{'*' if row['dirty'] else ''}"


def tables(report):
    """{(target, cache, threads): {shape: {operation: [text of each batch]}}}"""
    found = {}
    for row in report["benchmarks"]:
        operation, _, shape, batch, *case = row["name"].split("/")
        of_shape = found.setdefault(tuple(case), {}).setdefault(shape, {})
        of_shape.setdefault(operation, []).append(f"{batch} {cell(row)}")
    return found


def markdown(report):
    lines = machine(report["context"])
    for case, shapes in tables(report).items():
        lines += ["", f"`roofline` of `{'/'.join(case)}`:", ""]
        lines += ["| shape | " + " | ".join(OPERATIONS) + " |", "|---" * (len(OPERATIONS) + 1) + "|"]
        for shape, of_shape in shapes.items():
            cells = [", ".join(of_shape.get(operation, [])) for operation in OPERATIONS]
            lines.append(f"| {shape} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    text = markdown(json.loads(pathlib.Path(sys.argv[1]).read_text()))
    if len(sys.argv) == 2:
        print(text, end="")
        return
    readme = pathlib.Path(sys.argv[2])
    marked = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    old = readme.read_text()
    if not marked.search(old):
        sys.exit(f"table.py: {readme} has no marks {BEGIN.strip()} and {END.strip()}")
    readme.write_text(marked.sub(lambda _: f"{BEGIN}\n{text}\n{END}", old))


if __name__ == "__main__":
    main()
