#!/usr/bin/env python3
"""Measures lcn and its peers, turn by turn, and keeps the results in a file. Called again it goes on where it ended."""

import argparse
import json
import pathlib
import sys
import tempfile
import time

import calls
import limits
import plan
import results
import table

HERE = pathlib.Path(__file__).parent
GUESS_SECONDS = {name: 20 for name in plan.FRAMEWORKS}  # of a process, until one of its kind was measured


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench --peers", description=__doc__)
    words = lambda known: lambda text: [known[known.index(word)] for word in text.split(",")]  # noqa: E731
    numbers = lambda text: [int(word) for word in text.split(",")]  # noqa: E731
    add = parser.add_argument
    add("--shapes", default="", metavar="REGEX", help="only these")
    add("--batches", type=numbers, metavar="N,N", help="only these")
    add("--peers", type=words(plan.PEERS), default=plan.PEERS, metavar="P,P", help=", ".join(plan.PEERS))
    add("--passes", type=words(calls.PASSES), default=calls.PASSES, metavar="P,P", help=", ".join(calls.PASSES))
    add("--threads", type=numbers, default=plan.all_threads(), metavar="T,T", help="default: 1 and all")
    add("--out", type=pathlib.Path, default=results.results_file.default_path("peers"), metavar="FILE", help="default: %(default)s")
    add("--again", action="store_true", help="also rows that the file has")
    add("--list", action="store_true", help="only say what is left to do")
    add("--quick", action="store_true", help="two calls each of a small layer: that all works, nothing is kept")
    add("--table", action="store_true", help="only write the tables of the file into the README")
    return parser.parse_args()


def known(run, rows):
    """{pass: why it need not be tried}, as earlier rows have shown: more images need no less memory and no less time,
    fewer threads no less time, and the gradients come after the forward pass."""
    reasons = {}
    for (shape, batch, name, threads, peer), row in rows.items():
        reason = row.get("not_run", "").split(" (as with")[0]
        if (shape, peer) != (run.shape.id, run.peer) or name not in run.passes or batch > run.batch:
            continue
        if reason.startswith("memory") or (reason.startswith("time") and threads >= run.threads):
            reasons.setdefault(name, f"{reason} (as with N{batch}, threads:{threads})")
    if "forward" in reasons:
        reasons |= {name: reasons["forward"] for name in run.passes}
    return {name: {"not_run": reason} for name, reason in reasons.items()}


def measure(run, passes, quick):
    """{pass: what was found}"""
    if reason := plan.refused(run):
        return {name: {"not_run": reason} for name in passes}
    command = [sys.executable, "-B", HERE / "row.py", run.peer, run.shape.id, run.batch, run.threads]
    command += [",".join(passes)] + (["quick"] if quick else [])
    harness = 4 * run.shape.bytes(run.batch)  # tensors, results, their bounds
    lines, reason = limits.run([str(word) for word in command], plan.MEMORY_LIMIT + harness, plan.TIME_LIMIT)
    not_run = {name: {"not_run": plan.LIMITS.get(reason, reason or "failed: said nothing")} for name in passes}
    return not_run | {line["pass"]: line for line in map(json.loads, lines)}


def seconds_left(waiting, taken):
    """By the mean of what the processes of each peer took."""
    means = {peer: sum(times) / len(times) for peer, times in taken.items()}
    return sum(means.get(run.peer, GUESS_SECONDS.get(run.peer, 5)) for run in waiting)


def said(name, row):
    if "not_run" in row:
        return f"{name} not run, {row['not_run']}"
    return f"{name} {row['median_ms']:.4g} ms, lcn {row['lcn_median_ms']:.4g} ms"


def measure_all(waiting, kept, quick):
    """Whether no answer was wrong and, if quick, all were measured."""
    taken, good, total = {}, True, len(waiting)
    while waiting:
        run, start = waiting.pop(0), time.monotonic()
        kept.forget(run.keys())  # in the file they stay until there are others
        found = known(run, kept.rows)
        if passes := [name for name in run.passes if name not in found]:
            found |= measure(run, passes, quick)
            taken.setdefault(run.peer, []).append(time.monotonic() - start)
        for name, row in found.items():
            kept.add(run.key(name), row)
            good = good and not ("not_run" in row and (quick or row["not_run"].startswith("wrong")))
        kept.save()
        text = "; ".join(said(name, found[name]) for name in run.passes)
        left = seconds_left(waiting, taken) / 60
        print(f"[{total - len(waiting)} of {total}, {left:.0f} min left] {run}: {text}", flush=True)
    return good


def quick(options):
    """Every peer on a small layer; nothing is kept."""
    options.shapes, options.batches, options.threads = "^deepid_conv4$", [1], [1]
    with tempfile.TemporaryDirectory() as folder:
        kept = results.Results(pathlib.Path(folder, "quick.json"), "")
        return measure_all(plan.runs(options), kept, True)


def waiting(wanted, rows, again):
    """Those of the wanted runs of which a row is missing, or all."""
    return [run for run in wanted if again or not all(key in rows for key in run.keys())]


def main():
    options = arguments()
    if options.quick:
        sys.exit(0 if quick(options) else 1)
    if options.table:
        table.write(options.out, HERE / "README.md")
        return
    kept = results.Results(options.out, " ".join(["./run bench --peers", *sys.argv[1:]]))
    runs = waiting(plan.runs(options), kept.rows, options.again)
    if options.list:
        for run in runs:
            print(run, *run.passes)
        print(f"{len(runs)} processes, about {seconds_left(runs, {}) / 3600:.1f} h")
        return
    sys.exit(0 if measure_all(runs, kept, False) else 1)


if __name__ == "__main__":
    main()
