#!/usr/bin/env python3
"""PyTorch on a GPU: unfold and bmm, as its users write the layer (peers/torch_peer.py), without TF32. One line for each
layer and batch of shapes.h:

    torch/f32/deepface_L4/N32: forward 0.612 ms, with both gradients 2.31 ms

The median of launches timed by CUDA events. A sampled part of the output is compared with sums in double before.

usage: torch_rows.py [--shapes REGEX] [--seconds S]
"""

import argparse
import pathlib
import re
import statistics
import sys
import time

BENCH = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(BENCH / "peers"))
SKIPPED = 77


def shapes(pattern):
    import calls

    for line in (BENCH / "shapes.h").read_text().splitlines():
        row = re.match(r'\s*\{"(\w+)",([\d, ]+), (valid|same),([\d ]+), \{([\d, ]+)\}, *(trained|forward_only)\},', line)
        if row and re.search(pattern, row[1]):
            rows, columns, channels, *kernel_and_strides = map(int, row[2].split(","))
            batches = [int(batch) for batch in row[5].split(",")]
            yield calls.Shape(row[1], rows, columns, channels, tuple(kernel_and_strides[:2]), tuple(kernel_and_strides[2:]),
                              row[3] == "same", int(row[4]), batches, row[6] == "trained")


def wrong(shape, tensors, output):
    """What is wrong with sampled elements of the output, or None. Output is (batch, row, column, filter)."""
    import numpy as np

    random = np.random.default_rng(2)
    padded = np.pad(tensors["input"], ((0, 0), *shape.pads, (0, 0))) if shape.same else tensors["input"]
    for _ in range(64):
        n, r, q, f = (int(random.integers(size)) for size in output.shape)
        y, x = r * shape.strides[0], q * shape.strides[1]
        window = padded[n, y : y + shape.kernel[0], x : x + shape.kernel[1]].astype(np.float64)
        terms = window * tensors["kernel"][r, q, ..., f]
        bound = shape.taps * 2.0**-24 * np.abs(terms).sum()
        if not abs(float(output[n, r, q, f]) - terms.sum()) <= bound:
            return f"output[{n}, {r}, {q}, {f}] is {output[n, r, q, f]}, not {terms.sum()} +- {bound:.2g}"
    return None


def milliseconds(call):
    import torch

    def timed(count):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        for _ in range(count):
            call()
        end.record()
        torch.cuda.synchronize()
        return begin.elapsed_time(end) / count

    timed(2)
    count = max(1, min(200, round(5 / timed(1))))
    return statistics.median(timed(count) for _ in range(7))


def row(shape, batch):
    import numpy as np
    import torch
    import torch_peer

    random = np.random.default_rng(1)
    sizes = shape.tensor_shapes(batch)
    sizes["output_gradient"] = sizes["output"]
    tensors = {name: random.random(sizes[name], np.float32) * 2 - 1 for name in ("input", "kernel", "output_gradient")}
    peer = torch_peer.Peer.__new__(torch_peer.Peer)  # threads are the processor's matter
    peer.take(shape, tensors, "cuda")
    forward = peer.function("forward")
    forward()
    peer.last = [tensor.cpu() for tensor in peer.last]
    if complaint := wrong(shape, tensors, peer.answers("forward")["output"]):
        raise ValueError(complaint)
    found = f"forward {milliseconds(forward):.4g} ms"
    if shape.trained:
        found += f", with both gradients {milliseconds(peer.function('forward_and_gradients')):.4g} ms"
    torch.cuda.empty_cache()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", default="")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="rows that have not begun by then are skipped")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        print("skipped: PyTorch is not installed")
        sys.exit(SKIPPED)
    if not torch.cuda.is_available():
        print("skipped: PyTorch finds no GPU")
        sys.exit(SKIPPED)
    torch.backends.cuda.matmul.allow_tf32 = False
    end, failures, skipped, measured = time.monotonic() + options.seconds, 0, 0, 0
    for shape in shapes(options.shapes):
        for batch in shape.batches:
            name = f"torch/f32/{shape.id}/N{batch}"
            if time.monotonic() > end:
                print(f"{name}: skipped: the time is over")
                skipped += 1
                continue
            try:
                print(f"{name}: {row(shape, batch)}", flush=True)
                measured += 1
            except torch.cuda.OutOfMemoryError:
                print(f"{name}: skipped: the memory of the GPU does not suffice", flush=True)
                skipped += 1
            except (RuntimeError, ValueError) as error:
                print(f"{name}: {error}", flush=True)
                failures += 1
    print(f"torch {torch.__version__}: {measured} rows, {skipped} skipped, {failures} failed")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
