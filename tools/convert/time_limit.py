"""A limit on the time for reading a file: the HDF5 library can loop for ever over a damaged one."""

import contextlib
import os
import resource
import time

SECONDS, BYTES_PER_SECOND = 10, 20_000_000  # far above what reading takes


@contextlib.contextmanager
def reading(path: str):
    """Within it, the kernel ends this process when it computes for too long. Nothing is written yet then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    size = os.path.getsize(path) if os.path.isfile(path) else 0
    end = int(time.process_time() + SECONDS + size / BYTES_PER_SECOND) + 1
    limits = [end, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_CPU, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
