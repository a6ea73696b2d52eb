"""What schedules/assembly.py sees in assembly written by hand: a build of one kernel whose code is known."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCHEDULES = Path(__file__).parent.parent / "schedules"
sys.path.insert(0, str(SCHEDULES))
import assembly_loops  # noqa: E402

SYMBOL = "lcn_forward_f32_arm_neon_8x2"
# An outer loop that keeps a pointer on the stack around an inner one; %s is one more line of that.
ASSEMBLY = f"""
    .globl {SYMBOL}
{SYMBOL}:
    str x0, [sp, #-16]!
.Louter:
    ldr x1, [sp]
.Linner:
    ldr q31, [x1], #16
    ldp q29, q30, [x3], #32
    {"".join(f"fmla v{n}.4s, v30.4s, v31.s[{n % 4}]; " for n in range(16))}
    %s
    subs x2, x2, #1
    b.ne .Linner
    str q0, [x4], #16
    fadd v1.4s, v1.4s, v0.4s
    subs x5, x5, #1
    b.ne .Louter
    ret
"""


def main_loop(assembly):
    return assembly_loops.main_loop(assembly_loops.MACHINES["aarch64"], assembly)


class Parser(unittest.TestCase):
    def test_counts_the_inner_loop(self):
        loop = main_loop((ASSEMBLY % "").replace("; ", "\n"))
        self.assertEqual(len(loop.instructions), 20)
        self.assertEqual((loop.multiply_adds, loop.loads, loop.stores, loop.stack, loop.unfused), (16, 2, 0, 0, 0))
        self.assertEqual(loop.registers, "v")

    def test_sees_a_spill(self):
        for line in ("str q7, [sp, #32]", "ldp q7, q8, [sp, #0x20]", "ldr x9, [sp]"):
            self.assertEqual(main_loop((ASSEMBLY % line).replace("; ", "\n")).stack, 1, line)

    def test_sees_what_is_not_fused(self):
        self.assertEqual(main_loop((ASSEMBLY % "fmul v20.4s, v29.4s, v31.s[0]").replace("; ", "\n")).unfused, 1)

    def test_x86(self):
        code = ".L1:\n vbroadcastss (%rax,%rdx), %ymm0\n vfmadd231ps (%rcx), %ymm0, %ymm1\n vmovups %ymm1, 32(%rsp)\n jne .L1\n"
        loop = assembly_loops.main_loop(assembly_loops.MACHINES["x86-64"], code)
        self.assertEqual((loop.multiply_adds, loop.loads, loop.stores, loop.stack, loop.registers), (1, 2, 1, 1, "ymm"))

    def test_tells_scalars_from_vectors(self):
        self.assertEqual(main_loop("L:\n fmla s0, s1, v2.s[1]\n b.ne L\n").registers, "s")

    def test_no_loop(self):
        self.assertIsNone(main_loop("f:\n ret\n"))


class Command(unittest.TestCase):
    def run_on(self, line, assembly=ASSEMBLY):
        with tempfile.TemporaryDirectory() as folder:
            build = Path(folder)
            (build / "kernels").mkdir()
            (build / "runtime/lcn/lcn_generated").mkdir(parents=True)
            row = f'LCN_KERNEL(arm_neon, forward, f32, {SYMBOL}, "", 8, 2, 4, 4, 0, false, false, false, false, false)\n'
            (build / "runtime/lcn/lcn_generated/kernels.inc").write_text(row)
            subprocess.run(["llvm-mc-22", "-triple=aarch64-linux", "-filetype=obj", "-o", build / "kernels" / f"{SYMBOL}.o"],
                           input=assembly % line, text=True, check=True)
            command = [sys.executable, "-B", SCHEDULES / "assembly.py", "arm_neon", "--build", build]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_passes_a_good_loop(self):
        result = self.run_on("")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(SYMBOL, result.stdout)

    def test_fails_on_a_spill(self):
        result = self.run_on("str q7, [sp, #32]")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.strip(), f"{SYMBOL}: uses the stack (1 instructions)")

    def test_fails_below_the_floor(self):
        result = self.run_on("fsqrt v28.4s, v28.4s; fsqrt v27.4s, v28.4s")
        self.assertEqual(result.returncode, 1)
        self.assertIn("of the issue rate on neoverse-n2, below 0.8", result.stderr)

    def test_fails_where_vectors_are_narrow(self):
        narrow = re.sub(r"fmla v(\d+)\.4s, v30\.4s, v31", r"fmla s\1, s30, v31", ASSEMBLY)
        self.assertIn("multiplies in registers of kind s, not 4 floats at once", self.run_on("", narrow).stderr)

    def test_fails_where_floats_are_stored_one_by_one(self):
        single = ASSEMBLY.replace("str q0, [x4], #16", "str s0, [x4], #4; stur s1, [x4, #-8]")
        self.assertEqual(self.run_on("", single).stderr.strip(), f"{SYMBOL}: stores floats one by one (2 instructions)")

    def test_names_an_unknown_target(self):
        with tempfile.TemporaryDirectory() as folder:
            result = subprocess.run([sys.executable, "-B", SCHEDULES / "assembly.py", "arm_neon", "--build", folder],
                                    capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no build of lcn", result.stderr)


if __name__ == "__main__":
    unittest.main()
