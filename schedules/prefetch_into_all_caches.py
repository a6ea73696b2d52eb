#!/usr/bin/env python3
"""Makes an object of a kernel's x86 assembly, with its prefetches into all caches.

Halide 21 emits prefetchnta, whatever is asked for. On Intel's processors that leaves the second-level cache out: a panel
of weights that the first level cannot hold comes from memory again for every tile of images. On AMD's it makes no
difference.

Sapphire Rapids (Intel Xeon, 16 processors of a virtual machine), 2026-11-26, lcn_bench, x86_avx512, one thread, cold weights,
N=32, of the roofline, with prefetchnta and with prefetcht0:
  forward         keras_doc_2 0.30 0.66    deepface_L4 0.28 0.56    alltnn_1 0.29 0.56    lcresnet18_l1 0.33 0.55 (N=256 0.46 0.71)
  backward_input  keras_doc_2 0.27 0.40    alltnn_1 0.30 0.59       alltnn_4 0.21 0.65    lcresnet18_l1 0.24 0.36 (N=256 0.25 0.44)
prefetcht1, which leaves the first level out: 0.53, 0.42, 0.58, 0.58 and 0.40, 0.48, 0.51, 0.39.
"""

import argparse
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assembler", required=True, help="a compiler that assembles, as GCC and Clang do")
    parser.add_argument("assembly")
    parser.add_argument("object")
    arguments = parser.parse_args()
    with open(arguments.assembly, encoding="utf-8") as file:
        text = file.read()
    if "prefetchnta" not in text:
        sys.exit(f"{arguments.assembly}: no prefetch found")
    command = [arguments.assembler, "-c", "-x", "assembler", "-", "-o", arguments.object]
    subprocess.run(command, input=text.replace("prefetchnta", "prefetcht0"), text=True, check=True)


if __name__ == "__main__":
    main()
