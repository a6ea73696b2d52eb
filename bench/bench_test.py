"""What `lcn_bench` promises about its list of rows, its names and its report. $LCN_BENCH is the program."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "suite"))
import rows  # noqa: E402

BENCH = os.environ["LCN_BENCH"]
NAME = rows.NAME


def bench(*arguments, **environment):
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )


def listed(*arguments):
    return bench("--benchmark_list_tests", *arguments).stdout.splitlines()


def suite():
    """(operation, shape, batch) of every line of shapes.h."""
    return [(layer.operation, layer.shape, str(layer.batch)) for layer in rows.layers()]


class List(unittest.TestCase):
    def test_every_row_of_the_suite(self):
        wanted = sorted(suite())
        self.assertGreater(len(wanted), 200)
        by_default = [NAME.fullmatch(name) for name in listed()]
        self.assertNotIn(None, by_default)
        self.assertEqual(wanted, sorted(row.group("operation", "shape", "batch") for row in by_default))
        self.assertEqual(1, len({row.group("target", "weights", "threads") for row in by_default}))
        self.assertEqual({("cold", "1")}, {row.group("weights", "threads") for row in by_default})

    def test_all_rows(self):
        listed_rows = [NAME.fullmatch(name) for name in listed("--benchmark_filter=all")]
        self.assertNotIn(None, listed_rows)
        of_each = {}
        for row in listed_rows:
            of_each.setdefault(row.group("target", "weights", "threads"), []).append(
                row.group("operation", "shape", "batch")
            )
        self.assertIn(("portable", "warm", "1"), of_each)
        for case, of_case in of_each.items():
            self.assertEqual(sorted(suite()), sorted(of_case), case)

    def test_environment_chooses_the_target(self):
        names = bench("--benchmark_list_tests", LCN_TARGET="portable").stdout.splitlines()
        self.assertEqual({"portable"}, {NAME.fullmatch(name)["target"] for name in names})

    def test_unknown_names_are_errors(self):
        self.assertNotEqual(0, bench(LCN_TARGET="abacus").returncode)
        self.assertNotEqual(0, bench("--benchmark_filter=abacus").returncode)
        self.assertNotEqual(0, bench("--abacus").returncode)


def run(pattern):
    """The report on some rows, measured as shortly as can be."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        done = bench(f"--benchmark_filter={pattern}", "--benchmark_min_time=0.001", f"--benchmark_out={out}")
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
            self.assertLess(row["extra_memory_bytes"], 2e6 * int(name["threads"]))
            self.assertGreater(row["GFLOPS"] * row["GBps"], 0)
            for symbol in row["label"].split():
                self.assertRegex(symbol, f"^lcn_\\w+_f32_{name['target']}")

    def test_comma_separated(self):
        """Of which Google Benchmark wants that every row has the same figures."""
        done = bench(
            "--benchmark_filter=^forward/f32/(lagan_G3|acl_1)/N1/portable/warm/threads:1$",
            "--benchmark_min_time=0.001",
            "--benchmark_format=csv",
        )
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertEqual(2, done.stdout.count("forward/f32/"))


if __name__ == "__main__":
    unittest.main()
