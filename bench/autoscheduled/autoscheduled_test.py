#!/usr/bin/env python3
"""The comparison with autoschedulers, on one small layer.

usage: autoscheduled_test.py BUILD_FOLDER
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import autoscheduled
import kept
import table

HERE = pathlib.Path(__file__).parent
PLAN = kept.Plan(pathlib.Path(sys.argv.pop()))
SMALL = [kernel for kernel in PLAN.kernels if (kernel["shape"], kernel["batch"]) == ("acl_1", 4)]


class Kernels(unittest.TestCase):
    def test_every_kernel_is_right_and_timed(self):
        self.assertEqual(len(SMALL), 3 * 3 * 2)
        for kernel in SMALL:
            with self.subTest(kernel["stem"]):
                found = autoscheduled.measure(PLAN, kernel, quick=True)
                self.assertNotIn("not_run", found)
                self.assertGreater(found["ratio"], 0)
                for symbol in found["kernels"].split():
                    self.assertIn(PLAN.settings["target"], symbol)

    def test_a_wrong_answer_is_not_timed(self):
        """The kernels of the gradients have arguments of other sizes; a smaller batch leaves images unwritten."""
        kernel = next(kernel for kernel in SMALL if kernel["operation"] == "forward")
        found = autoscheduled.measure(PLAN, kernel | {"batch": 5}, quick=True)
        self.assertIn("autoscheduled: wrong answer", found["not_run"])

    def test_an_unknown_row_is_an_error(self):
        found = autoscheduled.measure(PLAN, SMALL[0] | {"shape": "nothing"}, quick=True)
        self.assertIn("no such row", found["not_run"])


class Making(unittest.TestCase):
    def made(self, seconds, *command):
        with tempfile.TemporaryDirectory() as folder:
            stem = f"{folder}/kernel"
            make = [sys.executable, "-B", HERE / "make_kernel.py", stem, seconds, "false", "none", *command]
            subprocess.run([str(word) for word in make], check=True)
            return json.loads(pathlib.Path(stem + ".json").read_text())

    def test_failures_have_reasons(self):
        self.assertEqual(self.made(9, "sh", "-c", "echo no good >&2; exit 3")["failed"], "exit code 3 no good")
        self.assertEqual(self.made(9, "sh", "-c", "kill -SEGV $$")["failed"], "signal 11")
        self.assertIn("time", self.made(0.2, "sleep", "9")["failed"])


class Tables(unittest.TestCase):
    def rows(self, *ratios):
        key = ("forward", "acl_1", 4, "Adams2019")
        forms = ("copied", "in_place")
        return [dict(zip(kept.KEY, (*key, form))) | {"ratio": ratio} for form, ratio in zip(forms, ratios)]

    def test_the_better_form_counts(self):
        for ratios, form in [((2.0, 3.0), "copied"), ((3.0, 2.0), "in_place")]:
            found = table.best(self.rows(*ratios))["forward"]["acl_1", 4]["Adams2019"]
            self.assertEqual((found["ratio"], found["form"]), (2.0, form))

    def test_where_an_autoscheduler_wins_is_said(self):
        self.assertEqual(table.faster(table.best(self.rows(1.5, 1.1))), ["- nowhere"])
        self.assertIn("0.90 of lcn's time", table.faster(table.best(self.rows(1.5, 0.9)))[0])

    def test_results_are_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "results.json")
            results = kept.Results(path, PLAN.settings)
            results.add(SMALL[0], {"not_run": "time", "lcn": "1.2"})
            results.save()
            again = kept.Results(path, PLAN.settings)
            self.assertEqual(again.rows[kept.key_of(SMALL[0])]["not_run"], "time")
            self.assertEqual(again.value["lcn"], "1.2")


if __name__ == "__main__":
    unittest.main()
