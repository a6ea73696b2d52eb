#!/usr/bin/env bash
# emit.sh PRESET TARGET FORMAT PLATFORM GENERATORS: emits the preset and looks at the archive of kernels: every member is of
# the format (and, where the format has one, for the platform), needs nothing, and exports lcn_* alone.
set -euo pipefail

preset=$1 target=$2 format=$3 platform=$4 generators=${5:-}
build=$SCRATCH/$preset
rm -rf "$build"
mkdir -p "$build"
cd "$SOURCE"
"$CMAKE" --preset "$preset" -B "$build" -DHalide_DIR="$HALIDE" -DLCN_TARGETS="$target" -DLCN_OPERATIONS=forward \
    -DLCN_GENERATOR_PROGRAMS="$generators" >"$build/log" 2>&1 || {
    cat "$build/log"
    exit 1
}
"$CMAKE" --build "$build" -j 2 >"$build/log" || {
    cat "$build/log"
    exit 1
}

fail() { echo "$*" && exit 1; }
archive=$(echo "$build"/lcn/lib/*kernels_lcn.*)
rows=$(grep -c '^LCN_KERNEL' "$build/lcn/source/lcn_generated/kernels.inc")
[ "$rows" -gt 20 ] || fail "only $rows kernels"

formats=$("$READOBJ" --file-headers "$archive" | grep '^Format: ' | sort | uniq -c | sed 's/^ *//')
[ "$formats" = "$rows Format: $format" ] || fail "$rows kernels, but the members are: $formats"
if [ -n "$platform" ]; then
    platforms=$("${READOBJ/readobj/objdump}" --private-headers "$archive" | grep -cE "^ *platform $platform\$" || true)
    [ "$platforms" = "$rows" ] || fail "$rows kernels, $platforms of them for $platform"
fi

# COFF marks objects that use floating point by needing _fltused, which every C runtime has.
needed=$("$NM" --undefined-only "$archive" | awk '$1 == "U" && $2 != "_fltused"' | sort -u)
[ -z "$needed" ] || fail "kernels need $needed"
# Its constants are symbols named by their value, which the linker merges.
exported=$("$NM" --defined-only --extern-only "$archive" | awk 'NF == 3 && $3 !~ /^__(real|[xyz]mm)@/ { print $3 }')
[ "$(grep -cE '^_?lcn_[a-z0-9_]+$' <<<"$exported")" -ge "$rows" ] || fail "$rows kernels export only: $exported"
foreign=$(grep -vE '^_?lcn_[a-z0-9_]+$' <<<"$exported") && fail "kernels export $foreign"
for file in include/lcn/lcn.h include/lcn/kernels.h source/forward.cpp source/HalideRuntime.h CMakeLists.txt LICENSE; do
    [ -f "$build/lcn/$file" ] || fail "not emitted: $file"
done
echo "$rows kernels: $format $platform"
