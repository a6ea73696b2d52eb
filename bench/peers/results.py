"""The file of results, complete after every row."""

import datetime
import json
import os
import pathlib
import re
import statistics

import plan

FOLDER = pathlib.Path(__file__).parents[1] / "results"
KEY = ["shape", "batch", "pass", "threads", "peer"]


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


def default_path():
    return FOLDER / f"{slug(machine())}-peers.json"


def lcn_rows(rows):
    """lcn took turns with every peer: of each layer the median of its times."""
    of_layer = {}
    for row in rows:
        if "lcn_median_ms" in row:
            of_layer.setdefault(tuple(row[key] for key in KEY[:-1]), []).append(row)
    for layer, measured in of_layer.items():
        times = {
            key: statistics.median(row[f"lcn_{key}"] for row in measured)
            for key in ("median_ms", "min_ms", "p90_ms")
        }
        yield dict(zip(KEY, layer)) | {"peer": "lcn"} | times


class Results:
    def __init__(self, path, command):
        self.path = path
        self.rows = {}
        self.value = {
            "lcn": None,
            "machine": machine(),
            "date": datetime.date.today().isoformat(),
            "command": command,
            "settings": {},
        }
        if path.exists():
            old = json.loads(path.read_text())
            self.value |= {key: old[key] for key in ("lcn", "date", "command", "settings")}
            self.rows = {
                tuple(row[key] for key in KEY): row for row in old["rows"] if row["peer"] != "lcn"
            }

    def add(self, key, found):
        """`found` is what row.py said of a pass, or {"not_run": reason}."""
        found = {name: value for name, value in found.items() if name != "pass"}
        if settings := found.pop("settings", None):
            self.value["settings"][key[-1]] = f"{settings}; {plan.download(key[-1])}"
            self.value["settings"]["lcn"] = found.pop("lcn_settings")
            self.value["lcn"] = self.value["settings"]["lcn"].split(", ")[0]
        self.rows[key] = dict(zip(KEY, key)) | found

    def forget(self, keys):
        for key in keys:
            self.rows.pop(key, None)

    def all_rows(self):
        return [*self.rows.values(), *lcn_rows(self.rows.values())]

    def save(self):
        head = json.dumps(self.value, indent=1)
        lines = ",\n".join("  " + json.dumps(row) for row in self.all_rows())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".part")
        unfinished.write_text(f'{head[:-2]},\n "rows": [\n{lines}\n ]\n}}\n')
        unfinished.replace(self.path)
