"""How fast llvm-mca's models of processors issue the multiply-adds of a loop."""

import functools
import re
import subprocess

ARM = ("cortex-a55", "cortex-a76", "neoverse-n1", "neoverse-n2", "apple-m1", "cortex-x2")
X86 = ("haswell", "znver3")
MODELS = {"v": ARM, "s": ARM, "zmm": ("skylake-avx512", "znver4"), "ymm": X86, "xmm": X86}

ITERATIONS = 400  # so many that filling and draining the pipes does not count


def report(machine, model, assembly):
    """llvm-mca's report of a loop: all data in the nearest cache, every branch foreseen."""
    command = ["llvm-mca-22", f"-mtriple={machine.triple}", f"-mcpu={model}", f"-iterations={ITERATIONS}"]
    return subprocess.run(command, input=assembly, capture_output=True, text=True, check=True).stdout


def cycles(text):
    """Per iteration, from a report."""
    return int(re.search(r"Total Cycles: +(\d+)", text).group(1)) / ITERATIONS


@functools.cache
def issue_rate(machine, model, kind):
    """Multiply-adds per cycle at most: what the model does with independent ones in registers and nothing else."""
    count = 12 if kind in ("xmm", "ymm") else 24
    return max(count / cycles(report(machine, model, "".join(form.replace("%d", str(n)) + "\n" for n in range(count))))
               for form in dict(machine.sums)[kind])


def rates(loop):
    """For each model its report of a loop with multiply-adds, and the fraction of the issue rate that it reaches."""
    reports = {model: report(loop.machine, model, loop.text()) for model in MODELS[loop.registers]}
    return {model: (text, loop.multiply_adds / cycles(text) / issue_rate(loop.machine, model, loop.registers))
            for model, text in reports.items()}
