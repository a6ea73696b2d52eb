#!/usr/bin/env bash
# minimal.sh TARGET: examples/subdirectory, which builds and calls forward alone. Other passes say that they were not built.
set -euo pipefail

here=$(dirname "$0")
"$here/foreign.sh" subdirectory infer -DLCN_TARGETS="$1" "-DHalide_DIR=$HALIDE"
"$CXX" -std=c++17 "$here/not_built.cpp" -I"$SCRATCH/subdirectory/lcn/runtime/include" \
    "$SCRATCH"/subdirectory/build/lcn/liblcn.a -pthread -o "$SCRATCH/subdirectory/not_built"
"$SCRATCH/subdirectory/not_built"
