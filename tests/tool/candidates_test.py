"""`./run tune --candidates` from the build of the candidates to the file, for the few that `portable` has. $LCN_BUILD is build/host."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ["LCN_BUILD"])


class Candidates(unittest.TestCase):
    def setUp(self):
        self.tuning = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "wide.json"

    def tune(self):
        options = "8x8x64:3x3x32:n8 --operation forward --target portable --threads 1".split()
        command = [ROOT / "run", "tune", "--candidates", *options, "-o", self.tuning]
        run = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_are_built_once_and_tuned(self):
        self.tune()
        entry = json.loads(self.tuning.read_text())["machines"][0]["entries"][0]
        tiles = set(re.findall(r"lcn_\w+", (BUILD / "runtime/lcn/lcn_generated/kernels.inc").read_text()))
        tried = {sample["kernel"] for sample in entry["samples"]} - {None}
        self.assertGreaterEqual(len(tried - tiles), 3, tried)
        self.assertTrue(tried & tiles)

        # lcn itself has no such kernels: a library of layers builds them.
        info = subprocess.run([BUILD / "tools/lcn", "info", "--json"], env={**os.environ, "LCN_TUNING": str(self.tuning)},
                              capture_output=True, check=True)  # fmt: skip
        self.assertIn("made with other kernels", json.loads(info.stdout)["tuning"]["refused"])
        choices = subprocess.run([BUILD / "tools/lcn", "choices", self.tuning], capture_output=True, text=True, check=True)
        self.assertIn("lcn_tuned(forward 8x8x64:3x3x32:n8 1 ", choices.stdout)

        # A generator that is linked again, and is the same, makes no kernel anew.
        kernels = sorted((ROOT / "build/candidates/portable/kernels").glob("lcn_*"))
        self.assertTrue(kernels)
        before = [kernel.stat().st_mtime_ns for kernel in kernels]
        for program in (BUILD / "generators").glob("generator_*_portable"):
            program.touch()
        self.assertIn("in the file already", self.tune())
        self.assertEqual([kernel.stat().st_mtime_ns for kernel in kernels], before)


if __name__ == "__main__":
    unittest.main()
