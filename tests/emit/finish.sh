#!/usr/bin/env bash
# finish.sh PRESET TOOLCHAIN COMPILER EMULATOR...: builds examples/subdirectory with what emit.sh made of the preset, and
# runs it. Exits with 77, skipped, where there is no such compiler or emulator.
set -euo pipefail

preset=$1 toolchain=$2 compiler=$3
shift 3
for program in "$compiler" "$1"; do
    command -v "$program" >/dev/null || { echo "no $program here" && exit 77; }
done
project=$SCRATCH/$preset.finished
rm -rf "$project"
mkdir -p "$project"
cp -r "$SOURCE/examples/subdirectory/." "$project"
cp -r "$SCRATCH/$preset/lcn" "$project/lcn"

# No -Werror in a user's build; here no warning may be left.
"$CMAKE" -G Ninja -S "$project" -B "$project/build" -DCMAKE_TOOLCHAIN_FILE="$toolchain" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS='-Wall -Wextra -Werror' >"$project/log" || {
    cat "$project/log"
    exit 1
}
"$CMAKE" --build "$project/build" -j 2 >"$project/log" || {
    cat "$project/log"
    exit 1
}
WINEDEBUG=-all "$@" "$project"/build/infer*
