#!/usr/bin/env bash
# size.sh TARGET [arguments of cmake]: examples/subdirectory, which calls forward alone, with the kernels of one target: the
# program, stripped.
set -euo pipefail

here=$(dirname "$0") target=$1
shift
export NAME=size_$target
"$here/foreign.sh" subdirectory "" -DLCN_TARGETS="$target" "$@"
"$STRIP" "$SCRATCH/$NAME/build/infer" -o "$SCRATCH/$NAME/stripped"
bytes=$(stat -c %s "$SCRATCH/$NAME/stripped")
echo "forward for $target, stripped: $bytes bytes"
[ "$bytes" -lt 300000 ]
