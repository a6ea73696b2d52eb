"""Limits on the time and the memory for files that anybody may have written: over a damaged one the HDF5 library can loop for ever, or
ask for gigabytes, and a small one may name more layers than HDF5 can hold in a sensible time."""

import contextlib
import os
import resource
import time

READING, WRITING, BYTES_PER_SECOND = 10, 60, 20_000_000  # seconds, far above what it takes
# What a file may grow to is checked where it is read, a hundred times its size at most (hdf5_file.py, keras_archive.py). It lies in
# memory as the archive's member, as stored and as float32.
MEMORY, MEMORY_PER_BYTE = 512 * 2**20, 300


def _lower(kind: int, limit: int):
    """Sets a limit of this process, not above the one it has; returns that."""
    before = resource.getrlimit(kind)
    known = [value for value in before if value != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min([limit, *known]), before[1]))
    return before


@contextlib.contextmanager
def computing(seconds: int, *paths: str):
    """Within it, the kernel ends this process by SIGXCPU when it computes for more than `seconds` and what the size of the files
    read is worth, and refuses memory."""
    size = sum(os.path.getsize(path) for path in paths if os.path.isfile(path))
    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    limits = {resource.RLIMIT_CPU: int(time.process_time() + seconds + size / BYTES_PER_SECOND) + 1,
              resource.RLIMIT_AS: taken + MEMORY + MEMORY_PER_BYTE * size}
    before = {kind: _lower(kind, limit) for kind, limit in limits.items()}
    try:
        yield
    finally:
        for kind, limit in before.items():
            resource.setrlimit(kind, limit)
