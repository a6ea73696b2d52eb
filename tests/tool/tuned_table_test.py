"""What schedules/tuned_table.py makes of a file of `lcn tune`. $LCN_TOOL is the program lcn."""

import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SCHEDULES = pathlib.Path(__file__).parents[2] / "schedules"
sys.path.insert(0, str(SCHEDULES))
import tuned_table  # noqa: E402

PROBLEM = {"batch": 8, "input_rows": 30, "input_columns": 30, "channels": 64, "filters": 32, "kernel_rows": 3,
           "kernel_columns": 3, "stride_rows": 1, "stride_columns": 1, "padding": "valid",
           "data_format": "channels_last"}  # fmt: skip
KERNEL = "lcn_forward_f32_x86_avx2_4x2"
USUAL = "lcn_forward_f32_x86_avx2_2x4"


def entry(gain, threads=1, kernel=KERNEL, **changes):
    some = {"operation": "forward", "types": "f32", "problem": {**PROBLEM, **changes}, "threads": threads,
            "target": "x86_avx2", "kernel": kernel, "reorders": False, "may_reorder": False, "rigor": "patient",
            "seed": 1, "cost_model": USUAL, "second_level_cache": 524288, "compared_with": None, "gain": gain,
            "spread": 0.004, "date": "2026-11-28", "command": f"lcn tune --threads {threads} --untuned",
            "probes": {"read_GBps": 20 + threads, "multiply_add_GFLOPS": 100},
            "samples": [{"kernel": None, "seconds": [1.0] * 9}, {"kernel": kernel, "seconds": [0.9] * 7}]}  # fmt: skip
    return some


class TunedTable(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "x86_avx2").mkdir()
        (self.folder / "tools").mkdir()
        (self.folder / "tools/lcn").symlink_to(os.environ["LCN_TOOL"])
        (self.folder / "tuning.algorithms").write_text("x86_avx2 forward 0123456789abcdef\nportable forward 1\n")
        self.machine = {"vendor": "AuthenticAMD", "brand": "AMD EPYC", "family": 25, "model": 1, "stepping": 1,
                        "features": ["avx2", "fma"]}  # fmt: skip

    def write(self, *entries, **machine):
        machines = [{**self.machine, **machine, "entries": list(entries)}]
        tuning = {"format": "lcn tuning", "schema": 2, "lcn": "0.1.0", "kernels": "0" * 16, "machines": machines}
        (self.folder / "tuning.json").write_text(json.dumps(tuning))
        paths = [self.folder, self.folder / "tuning.json", "--folder", self.folder]
        tuned_table.main(["x86_avx2", *map(str, paths)])
        return [(self.folder / "x86_avx2" / name).read_text() for name in ("tuned.cmake", "tuned.md")]

    def refusal(self, *entries):
        with self.assertRaises(SystemExit) as refused, contextlib.redirect_stderr(io.StringIO()):
            self.write(*entries)
        return str(refused.exception)

    def test_has_what_gains_enough_with_its_evidence(self):
        small = entry(1.02, batch=32)
        kept = entry(1.0, kernel=None, batch=1)
        strange = entry(1.5, 4, stride_rows=2, padding="same", data_format="channels_first")
        table, _ = self.write(entry(1.0834), small, kept, strange)
        choices = [line for line in table.splitlines() if line.startswith("lcn_")]
        self.assertEqual(choices, [
            "lcn_tuned_for(524288)",
            "lcn_tuned_with(forward 0123456789abcdef)",
            f"lcn_tuned(forward 30x30x64:3x3x32:n8 1 {KERNEL} 1.083 0.004 7 {USUAL})",
            f"lcn_tuned(forward 30x30x64:3x3x32:s2x1:same:channels_first:n8 more {KERNEL} 1.500 0.004 7 {USUAL})",
        ])  # fmt: skip
        for evidence in ("AuthenticAMD", "family 25, model 1", "2026-11-28, lcn 0.1.0: 4 problems by `lcn tune --threads 1 --untuned`,",
                         "read GBps threads 1 21, multiply add GFLOPS threads 1 100, read GBps threads 4 24"):
            self.assertIn(evidence, table.replace("\n#", ""))

    def test_leaves_out_what_streams_small_gradients(self):
        other = "lcn_backward_weights_f32_x86_avx2_6x2_unroll2"
        streaming = other + "_streaming"

        def streamed(**sizes):
            return {**entry(1.3, kernel=streaming, **sizes), "operation": "backward_weights", "cost_model": other}

        (self.folder / "tuning.algorithms").write_text("x86_avx2 backward_weights 1\n")
        kept = {**entry(1.0, kernel=None, batch=1), "operation": "backward_weights", "cost_model": other}
        table, gains = self.write(streamed(), streamed(input_rows=2, padding="same", stride_rows=2), kept)
        self.assertIn(f"backward_weights 30x30x64:3x3x32:n8 1 {streaming}", table)  # 28 * 28 * 576 * 32 floats
        self.assertNotIn("2x30x64", table)
        self.assertIn("1.300 +- 0.004 s |", gains)
        gains = gains.replace("\n", " ")
        self.assertIn("within 10 % of the best kernel in 33% of 3 rows (backward_weights 33%). The best kernel of 1 of", gains)
        self.assertIn("Without these rows it is 50% of 2.", gains)

    def test_leaves_out_what_the_cost_model_chooses_or_other_threads_do_not_take(self):
        spanning = "lcn_forward_f32_x86_avx2_1x4_span"
        one = {"input_rows": 3, "input_columns": 3}
        same = {**entry(1.3, batch=1), "cost_model": KERNEL}
        table, gains = self.write(same, entry(1.2, 2, kernel=spanning, **one), entry(1.2, 1, kernel=spanning, **one), entry(1.2, 2, kernel=spanning))
        self.assertEqual([line.split()[1:3] for line in table.splitlines() if line.startswith("lcn_tuned(")],
                         [["3x3x64:3x3x32:n8", "1"], ["30x30x64:3x3x32:n8", "more"]])  # fmt: skip
        self.assertIn("| keras_doc_2 N1 | 1 |", gains)

    def test_shows_what_every_layer_gains(self):
        _, gains = self.write(entry(1.25), entry(1.02, batch=32), entry(1.0, kernel=None, batch=1))
        self.assertIn("within 10 % of the best kernel in 67% of 3 rows (forward 67%).\n", gains)
        self.assertIn("| keras_doc_2 N8 | 1.250 +- 0.004 |", gains)
        self.assertIn("| keras_doc_2 N1 | 1 |", gains)

    def test_the_readme_says_what_the_tables_say(self):
        readme = " ".join((SCHEDULES.parent / "README.md").read_text().split())
        tables = list(SCHEDULES.glob("*/tuned.md"))
        self.assertTrue(tables)
        for path in tables:
            found = re.search(r"best kernel in (\d+)% of (\d+) rows", path.read_text())
            self.assertIn("{} % of {} rows".format(*found.groups()), readme, path)

    def test_refuses_what_was_measured_otherwise(self):
        self.assertEqual("1", self.refusal({**entry(1.1), "reorders": True, "may_reorder": True}))
        self.assertIn("with --untuned", self.refusal({**entry(1.1), "compared_with": KERNEL}))
        other = {**entry(1.1, kernel="lcn_forward_f32_portable_1"), "target": "portable", "cost_model": "lcn_forward_f32_portable_2"}
        self.assertIn("0 machines measured for x86_avx2", self.refusal(other))

    def test_cmake_reads_the_table(self):
        strange = entry(1.5, 4, stride_rows=2, padding="same", data_format="channels_first")
        self.write(entry(1.1), strange, entry(1.2, kernel="lcn_forward_f32_x86_avx2_gone", batch=1))
        script = self.folder / "read.cmake"
        script.write_text(f"""cmake_minimum_required(VERSION 3.28)
            include({SCHEDULES.parent}/cmake/LcnTuned.cmake)
            set(LCN_ROOT {self.folder})
            file(RENAME {self.folder}/x86_avx2 {self.folder}/schedules)
            file(MAKE_DIRECTORY {self.folder}/schedules/x86_avx2)
            file(RENAME {self.folder}/schedules/tuned.cmake {self.folder}/schedules/x86_avx2/tuned.cmake)
            set_property(GLOBAL PROPERTY LCN_TABLE_x86_avx2 "LCN_KERNEL(x86_avx2, forward, f32, {KERNEL}, 4, 2)")
            lcn_read_tuned(x86_avx2)
            get_property(rows GLOBAL PROPERTY LCN_TUNED_x86_avx2)
            get_property(compared GLOBAL PROPERTY LCN_COMPARED_x86_avx2)
            message("${{rows}}${{compared}}")""")
        read = subprocess.run([os.environ["LCN_CMAKE"], "-P", str(script)], capture_output=True, text=True)
        first = f"(x86_avx2, forward, false, 8, 30, 30, 64, 3, 3, 32, 1, 1, valid, channels_last, {KERNEL}"
        second = f"(x86_avx2, forward, true, 8, 30, 30, 64, 3, 3, 32, 2, 1, same, channels_first, {KERNEL}"
        self.assertEqual(read.stderr.split("\n"), [
            f"LCN_TUNED{first})", f"LCN_TUNED{second})",
            f'LCN_COMPARED{first}, "{USUAL}", 524288)', f'LCN_COMPARED{second}, "{USUAL}", 524288)',
            "", "",
        ])  # fmt: skip


if __name__ == "__main__":
    unittest.main()
