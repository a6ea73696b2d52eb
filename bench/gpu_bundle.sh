#!/usr/bin/env bash
# gpu_bundle.sh BUILD FOLDER [MEGABYTES]: what gpu.sh runs, from a build, into a folder of less than so many megabytes for a machine
# that has a GPU and little else: stripped programs, Google Benchmark's library, the demo's data, the recorded Keras cases,
# PyTorch's script, and in the file needs the versions of C's and C++'s libraries that these need. gpu_bundle.sh --programs: what
# the build must have, by ninja's names.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
programs=(bench/lcn_device_bench examples/digits/digits tests/device/cuda_queue_test)
# Tests of every target, or every device.
for source in $(cd "$root" && grep -lE 'EVERY_TARGET\(|Targets::devices|Range\(0, target_count' tests/{,layer/}*_test.cpp); do
    programs+=("${source%.cpp}")
done
if [ "$1" = --programs ]; then
    printf '%s\n' "${programs[@]##*/}"
    exit
fi
build=$1 folder=$2 most_megabytes=${3:-100}

if [ -n "$(ls -A "$folder" 2>/dev/null)" ] && ! [ -e "$folder/digits.csv" ]; then
    echo "$folder: holds something else" >&2
    exit 1
fi
rm -rf "${folder:?}"/{bin,lib,cases,bench}
mkdir -p "$folder"/{bin,lib,cases,bench/device,bench/peers}
for program in "${programs[@]}"; do
    strip -o "$folder/bin/${program##*/}" "$build/$program"
    # Those of C and C++ belong to the system. This one's C++ library, shipped or linked into the programs, would need a newer C
    # library than the programs do.
    ldd "$build/$program" | awk '$3 ~ /^\// && $1 !~ /^lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)\.so/ { print $3 }'
done | sort -u | while read -r library; do
    strip -o "$folder/lib/${library##*/}" "$library"
done
for library in GLIBC GLIBCXX; do
    objdump -T "$folder"/{bin,lib}/* | grep -o "${library}_[0-9.]*" | sort -Vu | tail -n 1
done | paste -sd ' ' >"$folder/needs"
cp "$root/bench/gpu.sh" "$root/examples/digits/digits.csv" "$folder"
cp "$root"/tests/cases/*.safetensors "$folder/cases"
cp "$root/bench/shapes.h" "$folder/bench"
cp "$root/bench/device/torch_rows.py" "$folder/bench/device"
cp "$root"/bench/peers/{calls,torch_peer}.py "$folder/bench/peers"

megabytes=$(du -sm "$folder" | cut -f 1)
echo "$folder: $megabytes MB ($(du -sm "$folder"/{bin,lib,cases} | awk '{ sub(".*/", "", $2); print $2, $1 }' | paste -sd ,))"
if [ "$megabytes" -ge $most_megabytes ]; then
    echo "$folder: larger than $most_megabytes MB" >&2
    exit 1
fi
