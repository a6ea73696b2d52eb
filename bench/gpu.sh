#!/usr/bin/env bash
# gpu.sh [RESULTS]: what lcn does on a machine with an NVIDIA GPU: its tests of target cuda, the demo, the benchmark of devices,
# and PyTorch where it is installed. Nothing is built: it runs what ./run gpu-bundle put beside it, in under ten minutes, and
# leaves what came of it in RESULTS (default: results beside it). Every part has its own limit; one that fails does not keep
# the others from running. The exit code is 0 when none has failed, 2 when nothing could run.
#
# It needs the driver, bash, and the libraries of C and C++ of Debian 12, Ubuntu 22.04 or later (GLIBC_2.34 and GLIBCXX_3.4.30, which
# RHEL 9 lacks; the file needs has them). PyTorch's rows need python3 and PyTorch, and are skipped without.
#
#   LCN_GPU_ROWS   a regular expression: the shapes that are measured
#   LCN_GPU_PARTS  the parts to run, of: tests demo bench torch
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
results=${1:-$here/results}
[ -d "$here/bin" ] || { echo "gpu.sh: run ./run gpu-bundle FOLDER, and FOLDER/gpu.sh" >&2 && exit 2; }
missing=$(LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} ldd "$here"/bin/* 2>&1 | grep -m 1 'not found')
if [ -n "$missing" ]; then
    echo "gpu.sh: the programs need $(cat "$here/needs"), here:${missing#*:}" >&2
    exit 2
fi
rows=${LCN_GPU_ROWS:-keras_doc_[12]|deepface_L[45]|facer_k9|yolov1_local|cifar11_local3|deepid_conv4|alltnn_[01245]|lcresnet20_s1|lcresnet18_(conv1|l1|l4b)|lagan_G1|emg_capgmyo|cunn232|acl_1}
mkdir -p "$results" && results=$(cd "$results" && pwd) || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0

say() { printf '%s\n' "$*" | tee -a "$results/summary.txt"; }

# note NAME SECONDS CODE [WORDS]: a line of the summary.
note() {
    local verdict
    case $3 in
    0) verdict=passed ;;
    77) verdict='FAILED: skipped, but here is a GPU' ;;
    124 | 137) verdict='FAILED: over its time' ;;
    *) verdict="FAILED: exit code $3" ;;
    esac
    [ "${verdict#FAILED}" = "$verdict" ] || failures=$((failures + 1))
    say "$(printf '%-24s %4s s  %s  %s' "$1" "$2" "$verdict" "${*:4}")"
}

# Where Python's packages have cuBLAS; else it is where the system looks, or nowhere.
cublas() {
    python3 -c '
import glob, os, sys
found = [f for p in sys.path for f in glob.glob(p + "/nvidia/*/lib/libcublas.so.1[23]")]
print(os.path.dirname(found[0]) if found else "")' 2>/dev/null
}
cublas=$(cublas)

# limited SECONDS PROGRAM [ARGUMENTS]: one of the bundle, with its libraries.
limited() {
    LCN_CASES=$here/cases LCN_TEST_RECORD=${record:-} LD_LIBRARY_PATH=$here/lib${cublas:+:$cublas}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
        timeout -k 5 "$1" "$here/bin/$2" "${@:3}"
}

# One program, into files of its own. Here is a GPU: that it cannot be used is a failure, and so is a program without a test.
test_program() {
    local log=$scratch/$1.log record=$results/record/$1 start=$SECONDS code passed skipped
    mkdir -p "$record"
    limited 150 "$1" --gtest_filter='*cuda*:Cuda*:Devices.*:-Long*' >"$log" 2>&1
    code=$?
    passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
    skipped=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$log")
    if [ $code = 0 ] && { [ "${passed:-0}" = 0 ] || grep -q 'this machine cannot run' "$log"; }; then code=77; fi
    echo "$((SECONDS - start)) $code ${passed:-0} passed, ${skipped:-0} skipped," \
        "$(grep -c '^\[  FAILED  \].* ms)$' "$log") failed" >"$scratch/$1.note"
}

# The programs run beside one another.
run_tests() {
    local path name
    for path in "$here"/bin/*_test; do test_program "${path##*/}" & done
    wait
    for path in "$here"/bin/*_test; do
        name=${path##*/}
        # shellcheck disable=SC2046 # words
        note "$name" $(cat "$scratch/$name.note")
        printf '\n==== %s\n\n' "$name" >>"$results/tests.txt"
        head -c 1000000 "$scratch/$name.log" >>"$results/tests.txt"
    done
}

run_demo() {
    local start=$SECONDS
    limited 60 digits --target cuda --data "$here/digits.csv" --picture "$results/filters.png" >"$results/digits.txt" 2>&1
    note demo $((SECONDS - start)) $? "$(grep -h accuracy: "$results/digits.txt")"
}

run_bench() {
    local operation start
    for operation in forward backward_input backward_weights; do
        start=$SECONDS
        limited 100 lcn_device_bench "--benchmark_filter=^$operation/.*/($rows)/" --benchmark_min_time=0.05 --seconds=80 \
            "--benchmark_out=$results/$operation.json" >>"$results/bench.txt" 2>&1
        note "bench $operation" $((SECONDS - start)) $? "$(grep -c "^$operation/" "$results/bench.txt") rows," \
            "$(grep -c "^$operation/.*ERROR" "$results/bench.txt") of them skipped or wrong"
    done
}

run_torch() {
    local start=$SECONDS code
    if ! command -v python3 >/dev/null; then
        say "torch: skipped: there is no python3"
        return
    fi
    timeout -k 5 70 python3 -B "$here/bench/device/torch_rows.py" --shapes "$rows" --seconds 60 >"$results/torch.txt" 2>&1
    code=$?
    if [ $code = 77 ]; then say "torch: $(tail -n 1 "$results/torch.txt")"; else
        note torch $((SECONDS - start)) $code "$(tail -n 1 "$results/torch.txt")"
    fi
}

rm -rf "$results"/{{summary,tests,digits,bench,torch}.txt,filters.png,record}
say "$(uname -sm), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
say "$(timeout 20 nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader 2>&1 | head -n 3)"
for part in ${LCN_GPU_PARTS:-tests demo bench torch}; do "run_$part"; done
say "$SECONDS s, $failures failed"
[ $failures = 0 ]
