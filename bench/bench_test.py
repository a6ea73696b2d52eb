"""What `lcn_bench` promises about its list of rows, its names and its report. $LCN_BENCH is the program."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BENCH = os.environ["LCN_BENCH"]
FOLDER = pathlib.Path(__file__).parent
NAME = re.compile(
    r"(?P<operation>forward|backward_input|backward_weights)/f32/(?P<shape>\w+)/N(?P<batch>\d+)"
    r"/(?P<target>\w+)/(?P<cache>cold|warm)/threads:(?P<threads>\d+)"
)


def bench(*arguments, **environment):
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )


def listed(*arguments):
    return bench("--benchmark_list_tests", *arguments).stdout.splitlines()


def suite():
    """(operation, shape, batch) of every line of shapes.h."""
    for line in (FOLDER / "shapes.h").read_text().splitlines():
        row = re.match(r'\s*\{"(\w+)",.*\{([\d, ]+)\}, *(trained|forward_only)\},', line)
        if row:
            backward = ["backward_input", "backward_weights"] if row[3] == "trained" else []
            for operation in ["forward", *backward]:
                for batch in row[2].split(", "):
                    yield operation, row[1], batch


class List(unittest.TestCase):
    def test_every_row_of_the_suite(self):
        wanted = sorted(suite())
        self.assertGreater(len(wanted), 200)
        by_default = [NAME.fullmatch(name) for name in listed()]
        self.assertNotIn(None, by_default)
        self.assertEqual(wanted, sorted(row.group("operation", "shape", "batch") for row in by_default))
        self.assertEqual(1, len({row.group("target", "cache", "threads") for row in by_default}))
        self.assertEqual({("cold", "1")}, {row.group("cache", "threads") for row in by_default})

    def test_all_rows(self):
        rows = [NAME.fullmatch(name) for name in listed("--benchmark_filter=all")]
        self.assertNotIn(None, rows)
        of_each = {}
        for row in rows:
            of_each.setdefault(row.group("target", "cache", "threads"), []).append(
                row.group("operation", "shape", "batch")
            )
        self.assertIn(("portable", "warm", "1"), of_each)
        for case, of_case in of_each.items():
            self.assertEqual(sorted(suite()), sorted(of_case), case)

    def test_environment_chooses_the_target(self):
        rows = bench("--benchmark_list_tests", LCN_TARGET="portable").stdout.splitlines()
        self.assertEqual({"portable"}, {NAME.fullmatch(row)["target"] for row in rows})

    def test_unknown_names_are_errors(self):
        self.assertNotEqual(0, bench(LCN_TARGET="abacus").returncode)
        self.assertNotEqual(0, bench("--benchmark_filter=abacus").returncode)
        self.assertNotEqual(0, bench("--abacus").returncode)


def run(rows):
    """The report on some rows, measured as shortly as can be."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        done = bench(f"--benchmark_filter={rows}", "--benchmark_min_time=0.001", f"--benchmark_out={out}")
        return done, json.loads(pathlib.Path(out).read_text())


class Run(unittest.TestCase):
    def test_report(self):
        done, report = run("/(acl_2/N5|lagan_G3/N1|deepid_conv4/N64)/")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        context = report["context"]
        for when in "before", "after":
            for probe in "read_GBps", "fill_GBps", "multiply_add_GFLOPS_baseline":
                self.assertGreater(float(context[f"probe_{when}_{probe}_threads_1"]), 0)
        self.assertGreater(len(report["benchmarks"]), 30)
        for row in report["benchmarks"]:
            name = NAME.fullmatch(row["name"])
            self.assertIsNotNone(name, row["name"])
            self.assertNotIn("error_occurred", row)
            self.assertTrue(0 < row["min_ms"] <= row["median_ms"] <= row["p90_ms"], row)
            self.assertTrue(0 < row["roofline"] <= row["roofline_target"] * 1.1, row)
            self.assertIn(row["dirty"], (0, 1))
            self.assertGreater(row["GFLOPS"] * row["GBps"], 0)
            for symbol in row["label"].split():
                self.assertRegex(symbol, f"^lcn_\\w+_f32_{name['target']}")


class Table(unittest.TestCase):
    def test_one_line_per_shape(self):
        done, report = run("/lagan_G3/.*/cold/threads:1")
        self.assertEqual(0, done.returncode, done.stderr)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "report.json"
            path.write_text(json.dumps(report))
            table = subprocess.run(
                [sys.executable, FOLDER / "table.py", path], capture_output=True, text=True, check=True
            ).stdout
        lines = [line for line in table.splitlines() if line.startswith("| lagan_G3 ")]
        targets = {NAME.fullmatch(row["name"])["target"] for row in report["benchmarks"]}
        self.assertEqual(len(targets), len(lines), table)
        self.assertRegex(lines[0], r"N1 \d+\.\d\d.*N100 \d+\.\d\d")


if __name__ == "__main__":
    unittest.main()
