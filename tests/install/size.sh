#!/usr/bin/env bash
# size.sh TARGET: examples/subdirectory, which calls forward alone, with the kernels of one target: the program, stripped.
set -euo pipefail

here=$(dirname "$0")
"$here/foreign.sh" subdirectory infer -DLCN_TARGETS="$1" "-DHalide_DIR=$HALIDE"
program=$SCRATCH/subdirectory/build/infer
strip "$program"
bytes=$(stat -c %s "$program")
echo "forward for $1, stripped: $bytes bytes"
[ "$bytes" -lt 300000 ]

"$CXX" -std=c++17 "$here/not_built.cpp" -I"$SCRATCH/subdirectory/lcn/runtime/include" \
    "$SCRATCH"/subdirectory/build/lcn/liblcn.a -pthread -o "$SCRATCH/subdirectory/not_built"
"$SCRATCH/subdirectory/not_built"
