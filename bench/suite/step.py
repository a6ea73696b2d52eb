"""One process of a benchmark program: all rows of a shape on a target."""

import dataclasses
import json
import os
import pathlib
import subprocess
import time

from rows import fields


class Failure(Exception):
    """A row is wrong, or a program failed: nothing is published."""


@dataclasses.dataclass(eq=False)
class Step:
    program: pathlib.Path
    target: str
    shape: str
    rows: list  # names
    folder: pathlib.Path  # of the run

    @property
    def name(self):
        return f"{self.program.name}-{self.target}-{self.shape}"

    @property
    def path(self):
        return self.folder / f"{self.name}.json"

    def __str__(self):
        return f"{self.folder.name} {self.name}"

    def kept(self):
        """The report of an earlier session, or None."""
        return json.loads(self.path.read_text()) if self.path.exists() else None

    def run(self, row_done):
        """Measures, and keeps the report when all rows are right. Calls row_done(step) after each row."""
        self.folder.mkdir(parents=True, exist_ok=True)
        raw, log = self.path.with_suffix(".raw"), self.path.with_suffix(".log")
        pattern = f"^({'|'.join(self.rows)})$"
        start = time.monotonic()
        with log.open("w") as errors, subprocess.Popen(
            [self.program, f"--benchmark_filter={pattern}", f"--benchmark_out={raw}"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "LCN_TARGET": self.target},
        ) as process:
            for line in process.stdout:
                if line.split(" ")[0] in self.rows:
                    row_done(self)
        report = self.checked(raw, process.returncode, log)
        report["seconds"] = round(time.monotonic() - start, 1)
        raw.write_text(json.dumps(report))
        raw.rename(self.path)
        return report

    def checked(self, raw, code, log):
        try:
            report = json.loads(raw.read_text())
        except (OSError, ValueError):
            raise Failure(f"{self} ended with {code}: {log.read_text()[-500:]}") from None
        for row in report["benchmarks"]:
            message = row.get("error_message", "skipped")
            if not message.startswith("skipped"):
                raise Failure(f"{row['name']}: {message}")
        absent = set(self.rows) - {row["name"] for row in report["benchmarks"]}
        if absent or code != 0:
            raise Failure(f"{self} ended with {code} and without {sorted(absent)}: {log.read_text()[-500:]}")
        return report


def listed(program, target="", pattern=""):
    environment = {**os.environ, "LCN_TARGET": target} if target else None
    arguments = [program, "--benchmark_list_tests"] + ([f"--benchmark_filter={pattern}"] if pattern else [])
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise Failure(f"{program.name}: {done.stderr}")
    return done.stdout.split()


def all_steps(programs, folder):
    """The steps of a run that keeps its reports in `folder`: cold rows of the target the library uses and, where that
    has AVX-512, of the one without."""
    best = fields(listed(programs / "lcn_bench")[0])["target"]
    steps = []
    for target in [best, "x86_avx2"] if best == "x86_avx512" else [best]:
        for program in "lcn_bench", "lcn_scaling_bench", "lcn_overhead_bench":
            path = programs / program
            of_shape = {}
            for name in listed(path, target, f"/{target}/cold/" if program == "lcn_bench" else ""):
                of_shape.setdefault(fields(name)["shape"], []).append(name)
            steps += [Step(path, target, shape, names, folder) for shape, names in of_shape.items()]
    return steps
