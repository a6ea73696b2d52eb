#!/usr/bin/env python3
"""Draws published results and writes their tables.

usage: plot.py [FOLDER [README.md ...]]

FOLDER (default: bench/results) has the results as JSON and receives pictures and tables. What lies between the two
marks of each README (default: the project's and that of bench) is replaced. Fails when a layer, pass or batch of
shapes.h is missing.
"""

import json
import os
import pathlib
import re
import sys

import peers
import tables
from rows import BENCH, missing

BEGIN, END = "<!-- bench/plot begins -->\n", "<!-- bench/plot ends -->\n"


def read(folder):
    """{path: result} and {path: peers}, complete. Those of autoschedulers have a table of their own."""
    of_layers = [path for path in sorted(folder.glob("*.json")) if not path.stem.endswith("-autoscheduled")]
    found = {path: json.loads(path.read_text()) for path in of_layers}
    of_peers = {path: value for path, value in found.items() if path.stem.endswith("-peers")}
    results = {path: value for path, value in found.items() if path not in of_peers}
    if not results:
        sys.exit(f"plot: no results in {folder}; ./run bench --suite makes them")
    for path, result in results.items():
        if absent := missing(result):
            sys.exit(f"plot: {path} lacks {len(absent)} rows:\n  " + "\n  ".join(absent))
    for path, value in of_peers.items():
        if not any(peers.compared(value)):
            sys.exit(f"plot: {path} has no row that both lcn and a peer have run")
    return results, of_peers


def picture(path, text):
    return f"![{text}]({path.as_posix()})"


def sections(results, of_peers, relative):
    """What READMEs show, with paths as relative(path)."""
    pictures, lines = [], []
    for path, result in results.items():
        target = result["rows"][0]["target"]
        drawn = picture(relative(path.with_name(path.stem + "-roofline.png")), f"roofline of {target}")
        pictures.append(drawn)
        lines += [f"### {target}", "", *tables.heading(result), drawn, ""]
        for threads in tables.row_threads(result):
            lines += [f"`roofline` with threads: {threads}", "", *tables.summary(result, threads)]
        lines += [*tables.memory(result), f"[Every row]({relative(path.with_suffix('.md')).as_posix()})", ""]
    for path, value in of_peers.items():
        drawn = picture(relative(path.with_suffix(".png")), "lcn's speed relative to the best peer")
        pictures.append(drawn)
        every = f"[Every row]({relative(path.with_suffix('.md')).as_posix()})"
        lines += ["### Peers", "", *peers.summary(value), drawn, "", every, ""]
    return pictures, lines


def replaced(readme, results, of_peers):
    """The text of a README with what lies between its marks drawn anew: all of it for bench's, elsewhere pictures."""
    marked = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    old = readme.read_text()
    if not marked.search(old):
        sys.exit(f"plot: {readme} has no marks {BEGIN.strip()} and {END.strip()}")
    beside = readme.resolve().parent
    pictures, lines = sections(
        results, of_peers, lambda path: pathlib.Path(os.path.relpath(path.resolve(), beside))
    )
    shown = lines if beside == BENCH.resolve() else [*pictures, ""]
    return marked.sub(lambda _: "\n".join([BEGIN, *shown, END]), old)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else BENCH / "results"
    readmes = [pathlib.Path(name) for name in sys.argv[2:]] or [BENCH.parent / "README.md", BENCH / "README.md"]
    results, of_peers = read(folder)

    import draw  # needs matplotlib

    for path, result in results.items():
        drawn = path.with_name(path.stem + "-roofline.png")
        draw.roofline(result, drawn)
        shown = [picture(pathlib.Path(drawn.name), "roofline")]
        path.with_suffix(".md").write_text(tables.full(result, shown))
    for path, value in of_peers.items():
        drawn = path.with_suffix(".png")
        draw.peers(value, drawn)
        shown = [picture(pathlib.Path(drawn.name), "lcn's speed relative to the best peer")]
        path.with_suffix(".md").write_text(peers.full(value, shown))
    for readme in readmes:
        readme.write_text(replaced(readme, results, of_peers))


if __name__ == "__main__":
    main()
