"""The plan of the build, and the file of results, complete after every row."""

import datetime
import json
import os
import pathlib
import re

KEY = ["operation", "shape", "batch", "autoscheduler", "form"]
RESULTS = pathlib.Path(__file__).parents[1] / "results"


class Plan:
    """What the build makes: its folder, its settings, its kernels."""

    def __init__(self, build):
        self.folder = build / "bench/autoscheduled/kernels"
        self.program = build / "bench/autoscheduled/lcn_autoscheduled_bench"
        self.settings = json.loads((self.folder / "plan.json").read_text())
        self.kernels = self.settings.pop("kernels")

    def record(self, kernel):
        """What make_kernel.py said of it, or None before the kernel was made."""
        path = self.folder / f"{kernel['stem']}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def library(self, kernel):
        return self.folder / f"{kernel['stem']}.so"


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = dict(re.findall(r"^(model name|cpu family|model)\s*: (.*)$", text, re.MULTILINE))
    names = {"family": "cpu family", "model": "model"}
    described = {"processor": found.get("model name", os.uname().machine), "processors": os.cpu_count()}
    return described | {key: int(found[name]) for key, name in names.items() if name in found}


def default_path():
    described = machine()
    words = [str(described.get(key, "")) for key in ("processor", "family", "model")]
    slug = re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")
    return RESULTS / f"{slug}-autoscheduled.json"


def key_of(kernel):
    return tuple(kernel[name] for name in KEY)


class Results:
    def __init__(self, path, settings):
        self.path, self.rows = path, {}
        self.value = {
            "lcn": None,
            "machine": machine(),
            "date": datetime.date.today().isoformat(),
            "command": "./run bench --autoscheduled",
            "settings": settings,
        }
        if path.exists():
            old = json.loads(path.read_text())
            self.value |= {key: old[key] for key in ("lcn", "date")}
            self.rows = {key_of(row): row for row in old["rows"]}

    def add(self, kernel, found):
        """`found` is what the program said, or {"not_run": reason}."""
        found = dict(found)
        self.value["lcn"] = found.pop("lcn", self.value["lcn"])
        self.rows[key_of(kernel)] = {name: kernel[name] for name in KEY} | found

    def save(self):
        head = json.dumps(self.value, indent=1)
        lines = ",\n".join("  " + json.dumps(row) for row in self.rows.values())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".part")
        unfinished.write_text(f'{head[:-2]},\n "rows": [\n{lines}\n ]\n}}\n')
        unfinished.replace(self.path)
