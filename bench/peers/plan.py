"""The peers, and the processes that measure them."""

import dataclasses
import os
import re

import calls

FRAMEWORKS = ["tf_keras_1", "tf_keras_2", "tf_keras_3", "jax", "torch"]
LIBRARIES = ["openblas_batched", "openblas_per_position", "onednn_batched", "onednn_per_position"]
PEERS = FRAMEWORKS + LIBRARIES
DOWNLOADS = {
    "tf_keras": "PyPI, 335 MB with what it needs",
    "jax": "PyPI, 145 MB with what it needs",
    "torch": "PyPI, 550 MB with what it needs, without 2 GB of NVIDIA's libraries",
    "openblas": "Debian, 15 MB",
    "onednn": "Debian, 4 MB",
}
MEMORY_LIMIT = 8 << 30  # of a peer, besides the tensors of the harness
TIME_LIMIT = 600  # seconds for a pass, all that precedes it included
LIMITS = {
    "memory": f"memory: more than {MEMORY_LIMIT >> 30} GB",
    "time": f"time: more than {TIME_LIMIT // 60} minutes",
}


@dataclasses.dataclass(frozen=True)
class Run:
    """One process: a peer on a layer, with one or both passes."""

    shape: calls.Shape = dataclasses.field(hash=False, compare=False)
    batch: int
    threads: int
    peer: str
    passes: tuple

    def key(self, name):
        return (self.shape.id, self.batch, name, self.threads, self.peer)

    def keys(self):
        return [self.key(name) for name in self.passes]

    def __str__(self):
        return f"{self.peer} {self.shape.id} N{self.batch} threads:{self.threads}"


def runs(options):
    """All that the options ask for; what needs least first, so that what fails tells about the rest."""
    found = []
    for shape in calls.shapes():
        if not re.search(options.shapes, shape.id):
            continue
        passes = tuple(name for name in options.passes if shape.trained or name == "forward")
        for threads in sorted(options.threads, reverse=True):
            for batch in shape.batches:
                if passes and (not options.batches or batch in options.batches):
                    found += [Run(shape, batch, threads, peer, passes) for peer in options.peers]
    return found


def all_threads():
    return sorted({1, len(os.sched_getaffinity(0))})


def refused(run):
    """Why a peer need not be tried, or None."""
    if run.peer == "tf_keras_2":
        shape = run.shape
        dense = 4 * shape.rows * shape.columns * shape.channels * shape.positions * shape.filters
        if 2 * dense > MEMORY_LIMIT:
            # Keras multiplies the kernel by its mask, into another one.
            return f"{LIMITS['memory']}: its dense kernel and the masked copy have {2 * dense >> 30} GB"
    return None


def download(peer):
    return next(text for name, text in DOWNLOADS.items() if peer.startswith(name))
