#!/usr/bin/env bash
# foreign.sh EXAMPLE "PROGRAMS" [arguments of cmake]: builds a copy of examples/EXAMPLE against the lcn in $PREFIX, or with
# the folder lcn that it has, out of reach of lcn's sources, and runs its programs.
set -euo pipefail

here=$(dirname "$0")
export example=$1 programs=$2
shift 2
export project=$SCRATCH/${NAME:-$example}
rm -rf "$project"
mkdir -p "$project"
cp -r "$SOURCE/examples/$example/." "$project"
if grep -qE 'add_subdirectory\(lcn\)|FetchContent' "$project/CMakeLists.txt"; then
    mkdir "$project/lcn"
    cp -r "$SOURCE"/{CMakeLists.txt,LICENSE,THIRD_PARTY.md,cmake,generators,runtime,schedules} "$project/lcn"
fi

exec "$here/hidden.sh" bash -euo pipefail -c '
    "$CMAKE" -G Ninja -S "$project" -B "$project/build" -DCMAKE_PREFIX_PATH="$PREFIX" "$@" >"$project/log" || {
        cat "$project/log"
        exit 1
    }
    "$CMAKE" --build "$project/build" -j 2 >"$project/log" || {
        cat "$project/log"
        exit 1
    }
    folder=$project/build
    if grep -q ^install "$project/CMakeLists.txt"; then
        "$CMAKE" --install "$folder" --prefix "$project/installed" >"$project/log"
        folder=$project/installed/bin
    fi
    for program in $programs; do
        $EMULATOR "$folder/$program"
    done' bash "$@"
