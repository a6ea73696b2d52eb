"""The file of results, complete after every row."""

import datetime
import json
import pathlib
import statistics
import sys

import plan

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import results_file  # noqa: E402

KEY = ["shape", "batch", "pass", "threads", "peer"]


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
            "machine": results_file.machine(),
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
        results_file.write(self.path, self.value, self.all_rows())
