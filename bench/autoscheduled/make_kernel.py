#!/usr/bin/env python3
"""Lets an autoscheduler make a kernel, within limits, and links it into a shared library.

usage: make_kernel.py STEM SECONDS LINKER RUNTIME GENERATOR [arguments]

GENERATOR writes STEM.o, which becomes STEM.so, with the object RUNTIME. STEM.json says how many seconds the generator took and, when
there is no library, why: a kernel that cannot be made is a result, not an error of the build.
"""

import json
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

MEMORY_LIMIT = 8 << 30  # bytes of address space
INTERRUPTED = (signal.SIGINT, signal.SIGTERM)  # the build was, which says nothing of the kernel


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def generate(command, seconds):
    """Why the generator failed, or None."""
    try:
        done = subprocess.run(command, timeout=seconds, preexec_fn=limit_memory, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        return f"time: more than {seconds} s"
    if done.returncode == 0:
        return None
    if -done.returncode in INTERRUPTED:
        sys.exit("interrupted")
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    if any(re.search("bad_alloc|out of memory", line, re.IGNORECASE) for line in lines):
        return f"memory: more than {MEMORY_LIMIT >> 30} GB"
    code = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    return " ".join([code, *lines])[:300]


def main():
    stem, seconds, linker, runtime, *command = sys.argv[1:]
    library, record = pathlib.Path(stem + ".so"), pathlib.Path(stem + ".json")
    library.unlink(missing_ok=True)
    start = time.monotonic()
    failed = generate(command, float(seconds))
    value = {"seconds": round(time.monotonic() - start, 2)}
    if failed:
        value["failed"] = failed
    else:
        subprocess.run([linker, "-shared", stem + ".o", runtime, "-o", library, "-pthread", "-ldl"], check=True)
        pathlib.Path(stem + ".o").unlink()
    record.write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
