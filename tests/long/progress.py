"""What a long run has done, kept in a JSON file so that the same command goes on after an interruption."""
import fcntl
import json
import pathlib


class Progress:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.done = self._read()

    def _read(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def keep(self, name, entry):
        """Beside what others that run at the same time keep under their names."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.done = {**self._read(), name: entry}
            partial = self.path.with_suffix(".partial")
            partial.write_text(json.dumps(self.done, indent=1) + "\n")
            partial.replace(self.path)
