"""The suite goes on after an interruption and publishes medians; the plot is refused when a row is missing. Programs
that only print stand in for the benchmarks, but for one step. $LCN_BENCH is the real program."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SUITE = pathlib.Path(__file__).parent / "suite"
sys.path.insert(0, str(SUITE))
import plot  # noqa: E402
import publish  # noqa: E402
import rows  # noqa: E402
import step  # noqa: E402

# Prints and reports as the benchmarks do. The time of each row is 1, 2 and 9 ms in the three runs.
STAND_IN = """#!{python} -IS
import json, os, re, sys
options = dict(a.split("=", 1) for a in sys.argv[1:] if "=" in a)
names = [n for n in json.load(open("{names}"))[os.path.basename(sys.argv[0])]
         if re.search(options.get("--benchmark_filter", ""), n)]
if "--benchmark_list_tests" in sys.argv:
    sys.exit(print(*names, sep="\\n"))
out = options["--benchmark_out"]
figures = dict.fromkeys({figures}, 1.0)
figures["median_ms"] = {{"run1": 9.0, "run2": 1.0, "run3": 2.0}}[out.split("/")[-2]]
rows = []
for name in names:
    print(name, "1 ms", flush=True)
    rows.append({{"name": name, "label": "lcn_a lcn_b", **figures}})
    if "facer_new3b" in name:
        rows[-1] = {{"name": name, "error_message": "skipped: needs 900 MB of memory"}}
    if "acl_2" in name and os.environ.get("WRONG"):
        rows[-1]["error_message"] = "wrong answer"
probes = ["read_GBps", "fill_GBps", "multiply_add_GFLOPS_avx2"]
context = {{"processor": "Abacus 3000", "all_threads": "2", "caches": [], "last_level_cache_bytes": "1000000",
           "lcn_version": "1", "date": "2026-01-01T00:00:00"}}
for when in "before", "after":
    context.update({{f"probe_{{when}}_{{p}}_threads_{{t}}": "30.5" for p in probes for t in (1, 2)}})
json.dump({{"context": context, "benchmarks": rows}}, open(out, "w"))
"""


def names_of_suite():
    return [
        f"{layer.operation}/f32/{layer.shape}/N{layer.batch}/portable/cold/threads:{t}"
        for layer in rows.layers()
        for t in (1, 2)
    ]


def write_stand_ins(folder):
    names = {
        "lcn_bench": names_of_suite(),
        "lcn_scaling_bench": [f"scaling/forward/f32/{s}/N1/portable/cold/threads:{t}"
                              for s in ("keras_doc_2", "positions_100") for t in (1, 2)],
        "lcn_overhead_bench": ["overhead/forward/f32/lagan_G3/N1/portable/warm/threads:1"],
    }  # fmt: skip
    (folder / "names.json").write_text(json.dumps(names))
    figures = sorted({figure for of_kind in publish.FIGURES.values() for figure in of_kind})
    for name in names:
        (folder / name).write_text(
            STAND_IN.format(python=sys.executable, names=folder / "names.json", figures=figures)
        )
        (folder / name).chmod(0o755)


def python(script, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-B", SUITE / script, *arguments], capture_output=True, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip


class Suite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.results = cls.folder / "results"
        write_stand_ins(cls.folder)
        cls.wrong = python("measure.py", cls.folder, cls.results, WRONG="1")
        cls.nothing_yet = not cls.results.exists()
        cls.right = python("measure.py", cls.folder, cls.results)
        (cls.path,) = cls.results.glob("*-portable.json")
        cls.result = json.loads(cls.path.read_text())

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_a_wrong_row_publishes_nothing(self):
        self.assertEqual(1, self.wrong.returncode)
        self.assertIn("acl_2/N1/portable/cold/threads:1: wrong answer", self.wrong.stderr)
        self.assertTrue(self.nothing_yet)

    def test_goes_on_where_it_stopped(self):
        self.assertEqual(0, self.right.returncode, self.right.stderr)
        total = 3 * (len(names_of_suite()) + 5)
        self.assertRegex(self.right.stderr, rf"suite: \d+ of {total} rows were measured before")
        self.assertNotIn("run1 lcn_bench-portable-keras_doc_1 took", self.right.stderr)
        self.assertRegex(self.right.stderr, r"run1 lcn_bench-portable-acl_2 took \d+ s")

    def test_another_program_starts_anew(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_stand_ins(folder)
            (folder / "suite").mkdir()
            (folder / "suite" / "identity").write_text("of another program")
            done = python("measure.py", folder, folder / "results", WRONG="1")
            self.assertIn("have changed: starting anew", done.stderr)

    def test_publishes_medians_of_three_runs(self):
        self.assertEqual(3, self.result["runs"])
        self.assertEqual([[30.5, 30.5]] * 3, [run["read_GBps_threads_1"] for run in self.result["probes"]])
        self.assertEqual([], rows.missing(self.result))
        first = self.result["rows"][0]
        self.assertEqual(2, first["median_ms"])
        self.assertEqual(["lcn_a", "lcn_b"], first["kernels"])
        self.assertEqual(["keras_doc_1", 1, "portable", "cold", 1],
                         [first[key] for key in ("shape", "batch", "target", "weights", "threads")])  # fmt: skip
        skipped = [row for row in self.result["rows"] if "skipped" in row]
        self.assertEqual({"facer_new3b"}, {row["shape"] for row in skipped})
        self.assertEqual("needs 900 MB of memory", skipped[0]["skipped"])
        self.assertEqual(4, len(self.result["scaling"]))
        self.assertEqual(1, self.result["overhead"][0]["call_ns"])

    def plot(self, result, *peers):
        """Draws `result` in a folder of its own; returns the process, the folder's files and the README."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            readme = folder / "README.md"
            readme.write_text("before\n<!-- bench/plot begins -->\nold\n<!-- bench/plot ends -->\nafter\n")
            (folder / "abacus-portable.json").write_text(publish.text(result))
            for value in peers:
                (folder / "abacus-peers.json").write_text(json.dumps(value))
            done = python("plot.py", folder, readme)
            return done, {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_plot_fails_when_a_row_is_missing(self):
        for name in "backward_input/f32/acl_3/N4/portable/cold/threads:2", names_of_suite()[0]:
            kept = [row for row in self.result["rows"] if row["name"] != name]
            done, _ = self.plot({**self.result, "rows": kept})
            self.assertEqual(1, done.returncode)
            self.assertIn("lacks 1 rows", done.stderr)
            self.assertIn(name.replace("/portable/cold/", " "), done.stderr)

    def test_plot_fails_without_results(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("no results", python("plot.py", folder).stderr)

    @unittest.skipUnless(importlib.util.find_spec("matplotlib"), "needs matplotlib")
    def test_plot_draws_and_writes_tables(self):
        times = {"lcn": 1.0, "jax": 3.0, "torch": 2.0}
        peers = {"machine": {}, "date": "2026-01-01", "settings": {"jax": "as is"}, "rows": [
            {"shape": "acl_1", "batch": 1, "pass": which, "threads": t, "peer": peer, "median_ms": ms}
            for which in ("forward", "forward_and_gradients") for t in (1, 2) for peer, ms in times.items()
        ]}  # fmt: skip
        done, files = self.plot(self.result, peers)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue(files["abacus-portable-roofline.png"].startswith(b"\x89PNG"))
        self.assertTrue(files["abacus-peers.png"].startswith(b"\x89PNG"))
        self.assertIn(b"| forward keras_doc_1 N1 | 1.00", files["abacus-portable.md"])
        self.assertIn(b"| forward | 1 | acl_1 | N1 | lcn | 2.00 | 1 | torch | 2 |", files["abacus-peers.md"])
        self.assertRegex(files["README.md"], rb"(?s)^before.*abacus-portable-roofline.png.*after\n$")


class Published(unittest.TestCase):
    """bench/results is whole, and what the READMEs show is drawn from it."""

    def test_readmes_show_the_results(self):
        results, of_peers = plot.read(rows.BENCH / "results")
        for readme in rows.BENCH / "README.md", rows.BENCH.parent / "README.md":
            self.assertEqual(readme.read_text(), plot.replaced(readme, results, of_peers))


class RealStep(unittest.TestCase):
    """What the real programs report is what is published."""

    def test_every_figure(self):
        programs = pathlib.Path(os.environ["LCN_BENCH"]).parent
        os.environ["BENCHMARK_MIN_TIME"] = "0.001"
        with tempfile.TemporaryDirectory() as folder:
            steps = [s for s in step.all_steps(programs, pathlib.Path(folder)) if s.shape == "lagan_G3"]
            ticks = []
            for each in steps:
                each.run(ticks.append)
            result = publish.result([s for s in steps if s.target == steps[0].target], 1)
        self.assertEqual(sum(len(s.rows) for s in steps), len(ticks))
        figures = set(publish.FIGURES[""])
        self.assertLessEqual(figures, set(result["rows"][0]))
        self.assertLessEqual(set(publish.FIGURES["overhead/"]), set(result["overhead"][0]))
        self.assertIn("read_GBps_threads_1", result["probes"][0])


if __name__ == "__main__":
    unittest.main()
