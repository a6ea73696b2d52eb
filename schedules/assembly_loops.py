"""The main loop of a compiled kernel, and what is in it."""

import re
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """How an architecture writes what is counted (regular expressions); `adds_to` finds the register that a multiply-add
    adds to, of kind %s; `float_store` is a store of one float. `sums` are, for each kind, widest first, the ways to multiply
    and add to register %d."""
    triple: str
    multiply_add: str
    adds_to: str
    unfused: str
    load: str
    store: str
    float_store: str
    stack: str
    branch: str
    sums: tuple


MACHINES = {
    "aarch64": Machine(
        triple="aarch64-linux", multiply_add=r"fml[as]|fn?m(add|sub)", adds_to=r"^\w+ %s\d", unfused=r"fn?mul|fadd|fsub",
        load=r"ld\w+ ", store=r"st\w+ ",
        float_store=r"stu?r s\d", stack=r"\[sp\b", branch=r"b(\.\w+)?|cbn?z|tbn?z",
        sums=(("v", ("fmla v%d.4s, v30.4s, v31.4s", "fmla v%d.4s, v30.4s, v31.s[0]")),
              ("s", ("fmadd s%d, s30, s31, s%d", "fmla s%d, s30, v31.s[0]")))),
    "x86-64": Machine(
        triple="x86_64-linux", multiply_add=r"vfn?m(add|sub)\w+", adds_to=r"%%%s\d+$", unfused=r"v?(mul|add|sub)[ps]s",
        load=r"(?!lea|prefetch)\w+ .*\(.*\).*, %|(cmp|test)\w* .*\(", store=r"(?!cmp|test|prefetch)\w+ .*, [^,]*\(.*\)$",
        float_store=r"v?movss %xmm\d+, ", stack=r"\(%rsp", branch=r"j\w+",
        sums=(("zmm", ("vfmadd231ps %zmm30, %zmm31, %zmm%d",)), ("ymm", ("vfmadd231ps %ymm14, %ymm15, %ymm%d",)),
              ("xmm", ("vfmadd231ps %xmm14, %xmm15, %xmm%d",)))),
}


@dataclass(frozen=True)
class Loop:
    """The instructions of a loop; its branch back is the last."""
    machine: Machine
    instructions: tuple

    def count(self, pattern):
        return sum(re.search(pattern, line) is not None for line in self.instructions)

    @property
    def multiply_adds(self):
        return self.count(rf"^({self.machine.multiply_add}) ")

    @property
    def unfused(self):
        """Products and sums that are rounded apart."""
        return self.count(rf"^({self.machine.unfused}) ")

    @property
    def loads(self):
        return self.count(rf"^({self.machine.load})")

    @property
    def stores(self):
        return self.count(rf"^({self.machine.store})")

    @property
    def stack(self):
        """Reads and writes of the stack: what did not fit the registers."""
        return self.count(self.machine.stack)

    @property
    def registers(self):
        """The widest kind of register that its multiply-adds add to; None without one."""
        adds = [line for line in self.instructions if re.match(rf"({self.machine.multiply_add}) ", line)]
        kinds = [kind for kind, _ in self.machine.sums if any(re.search(self.machine.adds_to % kind, line) for line in adds)]
        return kinds[0] if kinds else None

    def text(self):
        """For an assembler."""
        return "\n".join(["L:", *(re.sub(r"<?\b[.\w]+\b>?$", "L", line) if re.match(rf"({self.machine.branch}) ", line) else line
                                  for line in self.instructions)]) + "\n"


def innermost_loops(machine, assembly):
    """The loops that contain no other, each from a label to the last branch back to it."""
    instructions, labels = [], {}
    for line in assembly.splitlines():
        line = re.sub(r"\s*(//|# ).*", "", line).strip()
        if label := re.fullmatch(r"<?([.\w]+)>?:", line):
            labels[label.group(1)] = len(instructions)
        elif line and not line.startswith("."):
            instructions.append(" ".join(line.split()))
    ends = {}
    for index, line in enumerate(instructions):
        branch = re.fullmatch(rf"({machine.branch}) (.*, )?<?(?P<label>[.\w]+)>?", line)
        if branch and labels.get(branch["label"], index + 1) <= index:
            ends[labels[branch["label"]]] = index
    return [Loop(machine, tuple(instructions[begin:end + 1])) for begin, end in ends.items()
            if not any(begin <= b and e <= end and (b, e) != (begin, end) for b, e in ends.items())]


def float_stores(machine, assembly):
    """Instructions that store one float, in a whole function."""
    return len(re.findall(rf"^\s*{machine.float_store}", re.sub(r"[ \t]+", " ", assembly), re.MULTILINE))


def main_loop(machine, assembly):
    """The innermost loop with the most multiply-adds, among equals the longest; None without a loop."""
    return max(innermost_loops(machine, assembly), key=lambda loop: (loop.multiply_adds, len(loop.instructions)),
               default=None)


def disassemble(path, symbol):
    """The machine of an ELF object and the code of one function in it."""
    command = ["llvm-objdump-22", f"--disassemble-symbols={symbol}", "--no-show-raw-insn", "--no-leading-addr",
               "--symbolize-operands", path]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    machine = MACHINES[re.search(r"file format elf64-(?:little)?(\S+)", output).group(1)]
    return machine, output.split(f"<{symbol}>:\n", 1)[1]
