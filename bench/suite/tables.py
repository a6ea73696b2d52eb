"""Markdown of published results."""

import machine
from rows import OPERATIONS

MOST_MEMORY = 2_000_000  # bytes for each thread, which lcn.h promises


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows] + [""]


def number(value):
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def row_threads(result):
    return sorted({row["threads"] for row in result["rows"]})


def probes(result):
    """Name and the readings before / after each run."""
    for name in result["probes"][0]:
        readings = [" / ".join(f"{value:g}" for value in run[name]) for run in result["probes"]]
        yield [name.replace("_", " "), *readings]


def heading(result):
    run_heads = [f"run {k + 1}" for k in range(result["runs"])]
    return [
        f"{machine.in_words(result['machine'])}; {result['date']}, lcn {result['lcn']}, `{result['command']}`: median"
        f" of {result['runs']} whole runs. Probes of the machine, before / after each run:",
        "",
        *table(["probe", *run_heads], probes(result)),
    ]


def cell(row):
    """The batch and its roofline, with a star where the machine changed its speed meanwhile."""
    value = "skipped" if "skipped" in row else f"{row['roofline']:.2f}{'*' if row['dirty'] else ''}"
    return f"N{row['batch']} {value}"


def summary(result, threads):
    """One line per shape, with the roofline of every pass and batch."""
    of_shape = {}
    for row in result["rows"]:
        if row["threads"] == threads:
            of_shape.setdefault(row["shape"], {}).setdefault(row["operation"], []).append(cell(row))
    return table(
        ["shape", *OPERATIONS],
        [[shape, *(", ".join(of.get(o, [])) for o in OPERATIONS)] for shape, of in of_shape.items()],
    )


def figures(row):
    kernels = "<br>".join(f"`{kernel}`" for kernel in row.get("kernels", []))
    if "skipped" in row:
        return ["skipped: " + row["skipped"], *[""] * 8]
    return [
        f"{row['roofline']:.2f}{'*' if row['dirty'] else ''}", f"{row['roofline_target']:.2f}",
        number(row["GFLOPS"]), number(row["GBps"]), number(row["min_ms"]), number(row["median_ms"]),
        number(row["p90_ms"]), f"{row.get('extra_memory_bytes', 0) / 1e3:.0f}", kernels,
    ]  # fmt: skip


def every_row(result, threads):
    head = ["row", "roofline", "of the target", "GFLOP/s", "GB/s"]
    head += ["min ms", "median ms", "p90 ms", "memory KB", "kernels"]
    rows = [row for row in result["rows"] if row["threads"] == threads]
    return table(head, [[f"{r['operation']} {r['shape']} N{r['batch']}", *figures(r)] for r in rows])


def memory(result):
    """The most that a call has resident besides its tensors."""
    rows = [row for row in result["rows"] if "extra_memory_bytes" in row]
    if not rows:
        return []
    most = max(rows, key=lambda row: row["extra_memory_bytes"] / row["threads"])
    over = sum(row["extra_memory_bytes"] >= MOST_MEMORY * row["threads"] for row in rows)
    return [
        f"Memory of a call besides its tensors: at most {most['extra_memory_bytes'] / most['threads'] / 1e6:.2f} MB per"
        f" thread (`{most['name']}`); {over} of {len(rows)} rows reach 2 MB.",
        "",
    ]


def scaling(result):
    """Threads, then positions."""
    threads, positions = {}, {}
    for row in result["scaling"]:
        if "skipped" in row:
            continue
        key = row["operation"], row["shape"].removeprefix("positions_"), row["batch"]
        if row["shape"].startswith("positions_"):
            positions[key] = number(row["ns_per_position"])
        else:
            threads.setdefault(key, {})[row["threads"]] = row
    counts = sorted({t for of in threads.values() for t in of})
    cells = [
        [*key, *(f"{number(of[t]['median_ms'])} ({of[t]['speedup']:.2f})" for t in counts)]
        for key, of in threads.items()
    ]
    sizes = list(dict.fromkeys(key[1] for key in positions))
    of_pass = dict.fromkeys((key[0], key[2]) for key in positions)
    costs = [[o, n, *(positions.get((o, size, n), "") for size in sizes)] for o, n in of_pass]
    return [
        "Milliseconds with each number of threads, and how many times faster than one (calls in turns, bits compared):",
        "",
        *table(["pass", "shape", "batch", *map(str, counts)], cells),
        "Nanoseconds per position (3x3 taps, 8 channels, 16 filters, one thread), with as many positions:",
        "",
        *table(["pass", "batch", *sizes], costs),
    ]


def overhead(result):
    columns = ["call_ns", "runtime_ns", "dispatch_ns", "kernel_calls", "allocations"]
    rows = [[row["operation"], row["shape"], *(number(row[c]) for c in columns)] for row in result["overhead"]]
    head = ["pass", "shape", "call ns", "without kernels ns", "checks and plan ns", "kernel calls", "allocations"]
    return ["A call with one image, warm:", "", *table(head, rows)]


def full(result, pictures):
    lines = [f"# {result['rows'][0]['target']}", "", *heading(result), *pictures, ""]
    for threads in row_threads(result):
        lines += [f"## Every row, threads: {threads}", "", *every_row(result, threads)]
    lines += ["## Memory", "", *memory(result), "## Scaling", "", *scaling(result)]
    return "\n".join([*lines, "## What a call costs", "", *overhead(result)])
