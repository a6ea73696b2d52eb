"""What a long run has done, kept in a JSON file so that the same command goes on after an interruption."""
import json
import pathlib


class Progress:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.done = json.loads(self.path.read_text()) if self.path.exists() else {}

    def keep(self, name, entry):
        self.done[name] = entry
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps(self.done, indent=1) + "\n")
        partial.replace(self.path)
