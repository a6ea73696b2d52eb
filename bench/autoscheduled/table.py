"""Markdown of a file of results: how many times as long as lcn each autoscheduler's kernel takes."""

import json
import re
import statistics

BEGIN, END = "<!-- autoscheduled begin -->\n", "<!-- autoscheduled end -->\n"
AUTOSCHEDULERS = ["Adams2019", "Mullapudi2016", "Li2018"]
OPERATIONS = ["forward", "backward_input", "backward_weights"]


def best(rows):
    """{operation: {(shape, batch): {autoscheduler: the row of its better form}}}"""
    found = {operation: {} for operation in OPERATIONS}
    for row in rows:
        of_layer = found[row["operation"]].setdefault((row["shape"], row["batch"]), {})
        if "ratio" in row:
            other = of_layer.get(row["autoscheduler"])
            if not other or row["ratio"] < other["ratio"]:
                of_layer[row["autoscheduler"]] = row
    return found


def ratios(layers, autoscheduler):
    return [of_layer[autoscheduler]["ratio"] for of_layer in layers.values() if autoscheduler in of_layer]


def best_ratios(layers):
    return [min(row["ratio"] for row in of_layer.values()) for of_layer in layers.values() if of_layer]


def table(head, rows):
    return ["| " + " | ".join(map(str, cells)) + " |" for cells in [head, ["---"] * len(head), *rows]] + [""]


def figures(values):
    if not values:
        return ["", "", ""]
    return [f"{statistics.median(values):.2f}", f"{min(values):.2f}", sum(value < 1 for value in values)]


def summary(found):
    head = ["pass", "kernels of", "layers", "theirs / lcn: median", "least", "below 1"]
    rows = []
    for operation, layers in found.items():
        for name in AUTOSCHEDULERS:
            values = ratios(layers, name)
            rows.append([operation, name, len(values), *figures(values)])
        values = best_ratios(layers)
        rows.append([operation, "the best of the three", len(values), *figures(values)])
    return table(head, rows)


def cell(of_layer, name):
    if name not in of_layer:
        return "not run"
    row = of_layer[name]
    return f"{row['ratio']:.2f}" + (" i" if row["form"] == "in_place" else "")


def details(layers):
    rows = []
    for (shape, batch), of_layer in layers.items():
        ours = [row["lcn_median_ms"] for row in of_layer.values()]
        time = f"{statistics.median(ours):.4g}" if ours else ""
        rows.append([f"{shape} N{batch}", time, *(cell(of_layer, name) for name in AUTOSCHEDULERS)])
    return table(["layer", "lcn ms", *AUTOSCHEDULERS], rows)


def faster(found):
    """Where an autoscheduler beats lcn."""
    wins = [
        f"- {operation} of {shape}, {batch} images: {name} takes {row['ratio']:.2f} of lcn's time"
        for operation, layers in found.items()
        for (shape, batch), of_layer in layers.items()
        for name, row in of_layer.items()
        if row["ratio"] < 1
    ]
    return wins or ["- nowhere"]


def not_run(rows):
    names = {}
    for row in rows:
        if "not_run" in row:
            text = f"{row['operation']} {row['shape']} N{row['batch']}"
            names.setdefault((row["autoscheduler"], row["form"], row["not_run"]), []).append(text)
    return [f"- {name}, {form}, {reason}: {', '.join(found)}" for (name, form, reason), found in names.items()]


def made_in(rows):
    """How long the autoschedulers took, for one kernel."""
    parts = []
    for name in AUTOSCHEDULERS:
        seconds = [row["autoscheduler_seconds"] for row in rows if row["autoscheduler"] == name]
        if seconds:
            parts.append(f"{name} {statistics.median(seconds):.1f} s (at most {max(seconds):.1f} s)")
    return ", ".join(parts)


def markdown(value):
    machine, settings, found = value["machine"], value["settings"], best(value["rows"])
    family = f" (family {machine['family']}, model {machine['model']})" if "family" in machine else ""
    cache = settings["last_level_cache_bytes"] >> 20
    lines = [f"{machine['processor']}{family}, {value['date']}, lcn {value['lcn']} on `{settings['target']}`, kernels for "
             f"`{settings['halide_target']}`, told of one thread and {cache} MB of last-level cache. To make one kernel took in the "
             f"median {made_in(value['rows'])}.", ""]  # fmt: skip
    lines += summary(found)
    for operation, layers in found.items():
        lines += [f"`{operation}`, times of their kernels over lcn's; `i`: the form in place was the better one.", ""]
        lines += details(layers)
    lines += ["Where an autoscheduler is faster than lcn:", "", *faster(found), ""]
    lines += ["Not run:", "", *(not_run(value["rows"]) or ["- nothing is missing"])]
    return "\n".join(lines) + "\n"


def write(path, readme):
    """Replaces what lies between the two marks of `readme`."""
    marked = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    text = markdown(json.loads(path.read_text()))
    readme.write_text(marked.sub(lambda _: f"{BEGIN}\n{text}\n{END}", readme.read_text()))
