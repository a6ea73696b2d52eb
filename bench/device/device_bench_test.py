"""What `lcn_device_bench` promises about its rows and its report, with OpenCL. $LCN_DEVICE_BENCH is the program."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "suite"))
import rows  # noqa: E402

BENCH = os.environ["LCN_DEVICE_BENCH"]
SKIPPED = 77


def bench(*arguments, target="opencl"):
    environment = {**os.environ, "LCN_TARGET": target}
    return subprocess.run([BENCH, *arguments], capture_output=True, text=True, env=environment, check=False)


class Rows(unittest.TestCase):
    def test_list(self):
        names = [rows.NAME.fullmatch(name) for name in bench("--benchmark_list_tests").stdout.splitlines()]
        self.assertNotIn(None, names)
        wanted = [(layer.operation, layer.shape, str(layer.batch)) for layer in rows.layers()]
        self.assertEqual(sorted(wanted), sorted(name.group("operation", "shape", "batch") for name in names))
        self.assertEqual({("opencl", "warm", "1")}, {name.group("target", "weights", "threads") for name in names})

    def test_report(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "out.json")
            done = bench("--benchmark_filter=/lagan_G3/N1/", "--benchmark_min_time=0.001", f"--benchmark_out={out}")
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            report = json.loads(out.read_text())
        self.assertIn("device", report["context"])
        self.assertEqual(3, len(report["benchmarks"]))
        for row in report["benchmarks"]:
            self.assertNotIn("error_occurred", row)
            self.assertTrue(0 < row["min_ms"] <= row["median_ms"] <= row["p90_ms"], row)
            self.assertGreater(row["GFLOPS"] * row["GBps"], 0)
            self.assertRegex(row["label"], r"^(lcn_\w+_f32_opencl\w* ?)+$")

    def test_rows_that_come_too_late_are_skipped(self):
        done = bench("--benchmark_filter=forward/.*/lagan_G3/N1/", "--seconds=-1")
        self.assertIn("skipped: the time is over", done.stdout)

    def test_unknown_names_are_errors(self):
        self.assertEqual(2, bench(target="abacus").returncode)
        self.assertEqual(2, bench(target="portable").returncode)
        self.assertEqual(2, bench("--abacus").returncode)
        self.assertEqual(2, bench("--kernel=abacus").returncode)
        self.assertEqual(1, bench("--benchmark_filter=abacus").returncode)


if __name__ == "__main__":
    tried = bench("--benchmark_list_tests")
    if tried.returncode == SKIPPED:
        print(tried.stderr)
        sys.exit(SKIPPED)
    unittest.main()
