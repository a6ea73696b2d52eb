"""Which tensors a kernel of `cuda` reads, and how, by its code."""

import collections
import re

LOAD = re.compile(r"\bld\.global(?:\.nc)?\.(\S+)\s.*\[(%rd\d+)")
FOUR_FLOATS = re.compile(r"v4\.[bf]32|v2\.[bf]64")
OPERATION = re.compile(r"\s*(?:@!?%p\d+ )?(\S+)\s+(%rd\d+), (.*);")


def addressed(kernel):
    """{register: tensors into which it may point}"""
    tensors, copies = collections.defaultdict(set), []
    for line in kernel.code.splitlines():
        operation = OPERATION.match(line)
        if not operation or operation[1].startswith("ld.") and not operation[1].startswith("ld.param"):
            continue
        parameter = re.search(r"_param_(\d+)\]", operation[3])
        if not parameter:
            copies.append((operation[2], re.findall(r"%rd\d+", operation[3])))
        elif int(parameter[1]) < len(kernel.tensors):
            tensors[operation[2]].add(kernel.tensors[int(parameter[1])])
    before = None
    while before != (before := sum(map(len, tensors.values()))):
        for register, others in copies:
            tensors[register].update(*(tensors[other] for other in others))
    return tensors


def tensors_read(kernel):
    """(tensors that are read four elements at once, tensors of which elements are read one by one)"""
    tensors, in_fours, one_by_one = addressed(kernel), set(), set()
    for words, register in LOAD.findall(kernel.code):
        (in_fours if FOUR_FLOATS.fullmatch(words) else one_by_one).update(tensors[register])
    return in_fours, one_by_one
