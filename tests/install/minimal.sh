#!/usr/bin/env bash
# minimal.sh TARGET [arguments of cmake]: examples/subdirectory, which builds lcn as a part of itself and calls forward alone,
# with the kernels of one target: how large the program is, stripped, and what of it is loaded. A linker leaves gaps between
# segments, on ARM 64 KB, which come and go with a few bytes; so what is loaded has the limit. Portable's, which every machine
# can run, runs, and other passes say that they were not built.
set -euo pipefail

here=$(dirname "$0") target=$1
shift
export NAME=size_$target
programs=""
[ "$target" != portable ] || programs=infer
"$here/foreign.sh" subdirectory "$programs" -DLCN_TARGETS="$target" "$@"
folder=$SCRATCH/$NAME
"$STRIP" "$folder/build/infer" -o "$folder/stripped"
loaded=0
for bytes in $(readelf -lW "$folder/stripped" | awk '$1 == "LOAD" { print $5 }'); do loaded=$((loaded + bytes)); done
echo "forward for $target, stripped: $(stat -c %s "$folder/stripped") bytes, of which $loaded are loaded"
[ "$loaded" -gt 100000 ] && [ "$loaded" -lt 300000 ]
[ -n "$programs" ] || exit 0

"$CXX" -std=c++17 "$here/not_built.cpp" -I"$folder/lcn/runtime/include" "$folder/build/lcn/liblcn.a" -pthread \
    -o "$folder/not_built"
$EMULATOR "$folder/not_built"
