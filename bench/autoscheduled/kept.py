"""The plan of the build, and the file of results, complete after every row."""

import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import results_file  # noqa: E402

KEY = ["operation", "shape", "batch", "autoscheduler", "form"]


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


def key_of(kernel):
    return tuple(kernel[name] for name in KEY)


class Results:
    def __init__(self, path, settings):
        self.path, self.rows = path, {}
        self.value = {
            "lcn": None,
            "machine": results_file.machine(),
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
        results_file.write(self.path, self.value, self.rows.values())
