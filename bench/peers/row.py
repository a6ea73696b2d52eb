#!/usr/bin/env python3
"""Measures one peer on one layer, a pass after the other, each on a line of JSON. A process of its own: a peer that
fails, or needs too much, takes nothing with it.

usage: row.py PEER SHAPE BATCH THREADS PASSES(comma) [quick]
"""

import importlib
import json
import os
import sys


def set_environment(threads):
    """Before a framework is loaded: its threads, on as many processors."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)


def make(peer, *arguments):
    if peer.startswith(("openblas", "onednn")):
        import calls

        return calls.Peer("gemm_calls", peer, *arguments)
    module = "tf_keras" if peer.startswith("tf_keras") else peer
    return importlib.import_module(f"{module}_peer").Peer(peer, *arguments)


def main():
    peer_name, shape_id, batch, threads, passes, *quick = sys.argv[1:]
    threads = int(threads)
    set_environment(threads)

    import numpy as np

    import calls
    import check
    import timing

    shape = next(s for s in calls.shapes() if s.id == shape_id)
    random = np.random.default_rng(1)
    sizes = shape.tensor_shapes(int(batch)) | {"output_gradient": shape.tensor_shapes(int(batch))["output"]}
    names = ("input", "kernel", "output_gradient")
    tensors = {name: random.random(sizes[name], np.float32) * 2 - 1 for name in names}

    lcn = calls.Peer("lcn_calls", "", shape, tensors, threads)
    peer = make(peer_name, shape, tensors, threads)
    bound = check.bounds(shape, tensors, threads)
    for name in passes.split(","):
        theirs, ours = peer.function(name), lcn.function(name)
        theirs()
        ours()
        wrong = check.difference(peer.answers(name), lcn.answers(name), bound)
        found = {"pass": name, "settings": peer.settings, "lcn_settings": lcn.settings}
        if wrong:
            found["not_run"] = f"wrong: {wrong}"
        else:
            peer_times, lcn_times = timing.in_turns([theirs, ours], bool(quick))
            found |= timing.summary(peer_times) | timing.summary(lcn_times, "lcn_")
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
