"""lcn beside its peers: who is faster, by how much."""

import math
import statistics

from tables import number, table

PASSES = ["forward", "forward_and_gradients"]


def compared(peers):
    """For each (pass, threads, shape, batch) with a time of lcn: its row, the best peer's row, and how many times as
    fast as that lcn is."""
    of_case = {}
    for row in peers["rows"]:
        if "not_run" not in row:
            case = row["pass"], row["threads"], row["shape"], row["batch"]
            of_case.setdefault(case, {})[row["peer"]] = row
    for case, of_peer in of_case.items():
        lcn = of_peer.pop("lcn", None)
        if lcn and of_peer:
            best = min(of_peer.values(), key=lambda row: row["median_ms"])
            yield case, lcn, best, best["median_ms"] / lcn["median_ms"]


def summary(peers):
    """One line per pass and number of threads."""
    ratios = {}
    for (which, threads, *_), _, _, ratio in compared(peers):
        ratios.setdefault((which, threads), []).append(ratio)
    rows = [
        [which, threads, len(r), sum(x >= 1 for x in r), f"{min(r):.2f}", f"{statistics.median(r):.2f}",
         f"{math.exp(statistics.mean(map(math.log, r))):.2f}"]
        for (which, threads), r in ratios.items()
    ]  # fmt: skip
    return table(["pass", "threads", "rows", "lcn is first", "least", "median", "geometric mean"], rows)


def full(peers, pictures):
    rows = [
        [which, threads, shape, f"N{batch}", "lcn" if ratio >= 1 else best["peer"], f"{ratio:.2f}",
         number(lcn["median_ms"]), best["peer"], number(best["median_ms"])]
        for (which, threads, shape, batch), lcn, best, ratio in compared(peers)
    ]  # fmt: skip
    head = ["pass", "threads", "shape", "batch", "first", "lcn's speed / best peer's", "lcn ms", "best peer", "its ms"]
    not_run = {(row["peer"], row["not_run"]) for row in peers["rows"] if "not_run" in row}
    return "\n".join(
        ["# Peers", "", f"{peers['date']}.", "", *pictures, "", *summary(peers), *table(head, rows)]
        + [f"- {peer}: {text}" for peer, text in peers["settings"].items()]
        + ["", *(f"- {peer} has not run: {reason}" for peer, reason in sorted(not_run))]
    )
