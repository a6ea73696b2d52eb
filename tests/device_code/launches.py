"""The kernels of devices: their code, and how they are launched, from the program device_launches."""

import collections
import dataclasses
import pathlib
import re
import subprocess
import tempfile

SKIPPED = 77  # the exit code by which ctest knows that a test was not run


@dataclasses.dataclass(frozen=True)
class Kernel:
    symbol: str
    target: str
    threads: int  # of a block
    shared_bytes: int
    function: str  # in the code
    tensors: tuple  # that the code takes, in order
    code: str

    def barriers(self):
        word = {"cuda": r"\bbar(?:rier)?\.sync\b", "opencl": r"\bbarrier\("}[self.target]
        return len(re.findall(word, self.code))

    @property
    def rows_aligned(self):
        return self.symbol.endswith("_rows_aligned")

    @property
    def columns_aligned(self):
        return self.symbol.removesuffix("_rows_aligned").endswith("_aligned")

    def words(self):
        """The symbol without the target."""
        return self.symbol.replace(f"_f32_{self.target}", "_f32")


def kernels(program):
    """{target: {words of the symbol: Kernel}}."""
    found = collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        lines = subprocess.run([program, folder], capture_output=True, text=True, check=True).stdout.splitlines()
        for line in lines:
            symbol, target, *numbers, function, tensors = line.split()
            x, y, z, shared_bytes = map(int, numbers[3:])
            code = pathlib.Path(folder, f"{symbol}.{target}").read_text()
            kernel = Kernel(symbol, target, x * y * z, shared_bytes, function, tuple(tensors.rstrip(",").split(",")), code)
            found[target][kernel.words()] = kernel
    return found
