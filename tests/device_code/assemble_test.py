"""What assemble.py and occupancy.py say of cases that are known, with an assembler that is a script."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import occupancy

HERE = pathlib.Path(__file__).parent
PTXAS = """#!/bin/sh
echo "ptxas info    : Function properties for k" >&2
echo "    {stack} bytes stack frame, 0 bytes spill stores, {loads} bytes spill loads" >&2
echo "ptxas info    : Used {registers} registers, used 1 barriers" >&2
exit {code}
"""
LAUNCHES = """#!/bin/sh
echo "// code" >$1/lcn_forward_f32_cuda_4x1.cuda
echo "lcn_forward_f32_cuda_4x1 cuda 9 1 1 16 16 1 {shared} k input"
"""


def assembled(registers=40, stack=0, loads=0, code=0, shared=4096, ptxas="ptxas"):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (ptxas, PTXAS), ("launches", LAUNCHES):
            file = pathlib.Path(folder, name)
            file.write_text(text.format(registers=registers, stack=stack, loads=loads, code=code, shared=shared))
            file.chmod(0o755)
        command = [sys.executable, "-B", HERE / "assemble.py", f"{folder}/launches"]
        environment = {"PATH": folder, "CUDA_HOME": folder}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


class Assemble(unittest.TestCase):
    def test_table(self):
        done = assembled()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("| forward_4x1 | 256 | 4096 | 40, 40, 40 | 100%, 75%, 75% |", done.stdout)

    def test_without_an_assembler(self):
        done = assembled(ptxas="another")
        self.assertEqual((done.returncode, done.stdout), (77, "skipped: there is no ptxas\n"))

    def test_what_fails(self):
        for words, case in {
            "8 bytes stack frame": {"stack": 8},
            "12 bytes spill loads": {"loads": 12},
            "does not assemble": {"code": 1},
            "do not fit": {"registers": 255, "shared": 50000},
        }.items():
            done = assembled(**case)
            self.assertEqual(done.returncode, 1)
            self.assertIn("lcn_forward_f32_cuda_4x1 sm_90: ", done.stderr)
            self.assertIn(words, done.stderr)


class Occupancy(unittest.TestCase):
    def test_known_cases(self):
        """By NVIDIA's occupancy calculator."""
        for expected, *case in [
            (1.0, 90, 256, 32, 0),
            (0.5, 90, 256, 64, 0),
            (0.5, 80, 32, 32, 0),  # by blocks
            (0.25, 80, 128, 128, 0),
            (0.125, 75, 128, 32, 40 << 10),  # by shared memory
            (0.0, 90, 512, 200, 0),
            (0.0, 90, 256, 32, 49 << 10),
        ]:
            self.assertEqual(occupancy.resident(*case), expected, case)


if __name__ == "__main__":
    unittest.main()
