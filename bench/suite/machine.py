"""What is known about the machine, from a report's context block and the system."""

import os
import pathlib
import re


def described(context):
    """The machine of a report of lcn_bench."""
    machine = {
        "processor": context["processor"] or os.uname().machine,
        "processors": int(context["all_threads"]),
        "caches": [
            {"level": c["level"], "type": c["type"], "bytes": c["size"], "shared_by": c["num_sharing"]}
            for c in context["caches"]
        ],
        "last_level_cache_bytes": int(context["last_level_cache_bytes"]),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
    }
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    for key, line in {"family": "cpu family", "model": "model"}.items():
        if found := re.search(rf"^{line}\s*: (\d+)$", cpuinfo, re.MULTILINE):
            machine[key] = int(found[1])
    return machine


def slug(machine):
    """A file's name for the machine. Virtual ones of different processors share the processor's name: family and
    model tell them apart."""
    words = [machine["processor"], machine.get("family", ""), machine.get("model", "")]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(map(str, words)).lower()).strip("-")


def in_words(machine):
    family = f" (family {machine['family']}, model {machine['model']})" if "family" in machine else ""
    return (
        f"{machine['processor']}{family}, {machine['processors']} processors,"
        f" {machine['last_level_cache_bytes'] >> 20} MB of last-level cache,"
        f" {machine['memory_bytes'] >> 30} GB of memory"
    )
