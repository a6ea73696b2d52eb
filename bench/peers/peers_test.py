#!/usr/bin/env python3
"""The harness itself: what it finds wrong, its limits, and what it keeps."""

import pathlib
import sys
import tempfile
import unittest

import numpy as np

import calls
import check
import limits
import peers
import plan
import results
import table

SHAPE = next(shape for shape in calls.shapes() if shape.id == "acl_2")


def run_of(**changes):
    values = {"shape": SHAPE, "batch": 4, "threads": 1, "peer": "jax", "passes": tuple(calls.PASSES)}
    return plan.Run(**values | changes)


class Check(unittest.TestCase):
    def test_finds_one_wrong_element(self):
        right, bound = np.ones((3, 4)), np.full((3, 4), 0.1)
        self.assertIsNone(check.difference({"output": right + 0.05}, {"output": right}, {"output": bound}))
        for value in (1.2, np.nan):
            wrong = right.copy()
            wrong[2, 3] = value
            found = check.difference({"output": wrong}, {"output": right}, {"output": bound})
            self.assertIn("1 of 12 elements", found)


class Limits(unittest.TestCase):
    def run_python(self, text, memory=1 << 30, seconds=60):
        return limits.run([sys.executable, "-c", text], memory, seconds)

    def test_lines_stay_when_it_ends_early(self):
        lines, reason = self.run_python("print('{1}', flush=True); raise ValueError('no')")
        self.assertEqual((["{1}"], "failed: ValueError: no"), (lines, reason))

    def test_memory_and_time(self):
        self.assertIn("memory", self.run_python("a = b'1' * (1 << 29)\nwhile True: pass", memory=1 << 28)[1])
        self.assertIn("time", self.run_python("while True: pass", seconds=0.3)[1])

    def test_what_earlier_rows_tell(self):
        memory, time = {"not_run": "memory: x"}, {"not_run": "time: x"}
        smaller = run_of(batch=1, threads=2)
        rows = {smaller.key("forward_and_gradients"): time}
        self.assertEqual(["forward_and_gradients"], list(peers.known(run_of(), rows)))
        self.assertEqual({}, peers.known(run_of(peer="torch"), rows))
        self.assertEqual({}, peers.known(run_of(threads=4), rows))
        self.assertEqual(2, len(peers.known(run_of(threads=4), {smaller.key("forward"): memory})))
        self.assertEqual({}, peers.known(run_of(), {run_of(batch=5).key("forward"): memory}))


class Waiting(unittest.TestCase):
    def test_what_is_measured_once_more_and_what_is_not(self):
        whole, half = run_of(), run_of(peer="torch")
        rows = dict.fromkeys([*whole.keys(), half.keys()[0]])
        self.assertEqual([half], peers.waiting([whole, half], rows, again=False))
        self.assertEqual([whole, half], peers.waiting([whole, half], rows, again=True))


class Results(unittest.TestCase):
    def test_goes_on(self):
        times = {"median_ms": 6.0, "min_ms": 5.0, "p90_ms": 7.0}
        times |= {f"lcn_{name}": value / 2 for name, value in times.items()}
        row = {"pass": "forward", "settings": "x 1", "lcn_settings": "0.1.0, portable"} | times
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "results.json")
            for peer in ("jax", "torch"):
                kept = results.Results(path, "command")
                kept.add(run_of(peer=peer).key("forward"), row)
                kept.add(run_of(peer=peer).key("forward_and_gradients"), {"not_run": "time: x"})
                kept.save()
            again = results.Results(path, "command")
            self.assertEqual(4, len(again.rows))
            text = table.markdown(again.value | {"rows": again.all_rows()})
        self.assertIn("| acl_2 N4 | 3 | lcn, 2.00 |", text)
        self.assertIn("- jax, time: x: acl_2 N4 gradients", text)


if __name__ == "__main__":
    unittest.main()
