"""Markdown of a file of results: who wins, by how much, and what was not run."""

import json
import math
import re
import statistics

import calls
import plan

BEGIN, END = "<!-- peers begin -->\n", "<!-- peers end -->\n"
WANTED = {"forward": 3.5, "forward_and_gradients": 7.0}  # times the best framework, in the median


def ratios(rows):
    """{(pass, threads): {(shape, batch): {peer: its time / lcn's in the same turns}}}"""
    found = {}
    for row in rows:
        if "lcn_median_ms" in row:
            case = found.setdefault((row["pass"], row["threads"]), {})
            of_layer = case.setdefault((row["shape"], row["batch"]), {})
            of_layer[row["peer"]] = row["median_ms"] / row["lcn_median_ms"]
    return {key: found[key] for key in sorted(found, key=lambda key: (key[1], calls.PASSES.index(key[0])))}


def best(of_layer, peers):
    return min((of_layer[peer] for peer in peers if peer in of_layer), default=math.nan)


def table(head, rows):
    return ["| " + " | ".join(map(str, cells)) + " |" for cells in [head, ["---"] * len(head), *rows]] + [""]


def summary(found):
    """The best framework and the best library of each layer, over all layers."""
    head = ["pass", "threads", "layers", "best framework: least", "median", "wanted", "below 1"]
    head += ["best library: least", "median", "below 1"]
    rows = []
    for (name, threads), layers in found.items():
        cells = [name, threads, len(layers)]
        for peers in (plan.FRAMEWORKS, plan.LIBRARIES):
            values = [value for layer in layers.values() if not math.isnan(value := best(layer, peers))]
            least, median = (f"{of(values):.2f}" if values else "" for of in (min, statistics.median))
            cells += [least, median] + ([WANTED[name]] if peers is plan.FRAMEWORKS else [])
            cells += [sum(value < 1 for value in values)]
        rows.append(cells)
    return table(head, rows)


def winner(of_layer):
    peer = min(of_layer, key=of_layer.get)
    ratio = of_layer[peer]
    return f"lcn, {ratio:.2f}" if ratio >= 1 else f"{peer}, {1 / ratio:.2f}"


def details(layers, times):
    head = ["layer", "lcn ms", "winner, by", *plan.PEERS]
    rows = []
    for (shape, batch), of_layer in layers.items():
        cells = [f"{of_layer[peer]:.2f}" if peer in of_layer else "" for peer in plan.PEERS]
        rows.append([f"{shape} N{batch}", f"{times[shape, batch]:.4g}", winner(of_layer), *cells])
    return table(head, rows)


def not_run(rows):
    """Reasons, with numbers that differ from layer to layer left out, and the layers."""
    layers = {}
    for row in rows:
        if "not_run" in row:
            reason = re.sub(r" \(as with.*|: its dense kernel.*", "", row["not_run"])
            text = f"{row['shape']} N{row['batch']}" + (" gradients" if row["pass"] != "forward" else "")
            layers.setdefault((row["peer"], reason), {})[text] = None
    return [f"- {peer}, {reason}: {', '.join(found)}" for (peer, reason), found in layers.items()]


def markdown(value):
    machine, found = value["machine"], ratios(value["rows"])
    family = f" (family {machine['family']}, model {machine['model']})" if "family" in machine else ""
    where = f"{machine['processor']}{family}, {machine['processors']} processors"
    lines = [f"{where}, {value['date']}, lcn {value['lcn']}:", ""]
    lines += summary(found)
    for (name, threads), layers in found.items():
        times = {
            (row["shape"], row["batch"]): row["median_ms"]
            for row in value["rows"]
            if (row["peer"], row["pass"], row["threads"]) == ("lcn", name, threads)
        }
        lines += [f"`{name}`, threads: {threads}. Times of the peers over lcn's:", "", *details(layers, times)]
    lines += ["Settings:", "", *(f"- {peer}: {text}" for peer, text in value["settings"].items()), ""]
    lines += ["Not run:", "", *(not_run(value["rows"]) or ["- nothing is missing"])]
    return "\n".join(lines) + "\n"


def write(path, readme):
    """Replaces what lies between the two marks of `readme`."""
    old = readme.read_text()
    marked = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    text = markdown(json.loads(path.read_text()))
    readme.write_text(marked.sub(lambda _: f"{BEGIN}\n{text}\n{END}", old))
