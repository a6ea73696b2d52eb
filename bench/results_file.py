"""A file of bench/results/ that is complete after every row: which machine it is of, its name, how it is written."""

import json
import os
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "results"


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = dict(re.findall(r"^(model name|cpu family|model)\s*: (.*)$", text, re.MULTILINE))
    described = {
        "processor": found.get("model name", os.uname().machine),
        "processors": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
    }
    names = {"family": "cpu family", "model": "model"}
    return described | {key: int(found[name]) for key, name in names.items() if name in found}


def slug(described):
    """Virtual processors share a name: family and model tell them apart."""
    words = [str(described.get(key, "")) for key in ("processor", "family", "model")]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")


def default_path(what):
    return FOLDER / f"{slug(machine())}-{what}.json"


def write(path, value, rows):
    """A row a line. The file before stays until this one is whole."""
    head = json.dumps(value, indent=1)
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(f'{head[:-2]},\n "rows": [\n{lines}\n ]\n}}\n')
    unfinished.replace(path)
