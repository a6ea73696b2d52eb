#!/usr/bin/env bash
# shared.sh TARGET GENERATORS: lcn as shared libraries, with the kernels of one target. They export lcn's interface alone,
# weak symbols counted, for an instance of a C++ template is shared with whoever has one of that name. All functions of the
# headers are exported. The examples run on them.
set -euo pipefail

here=$(dirname "$0")
build=$SCRATCH/shared/build
export PREFIX=$SCRATCH/shared/prefix
rm -rf "$SCRATCH/shared"
mkdir -p "$SCRATCH/shared"

"$CMAKE" -G Ninja -S "$SOURCE" -B "$build" -DBUILD_SHARED_LIBS=ON -DLCN_TARGETS="$1" -DLCN_GENERATOR_PROGRAMS="$2" \
    -DHalide_DIR="$HALIDE" -DCMAKE_CXX_FLAGS_RELEASE=-O0 >"$SCRATCH/shared/log" # compiles in half the time
"$CMAKE" --build "$build" -j 2 >"$SCRATCH/shared/log" || {
    cat "$SCRATCH/shared/log"
    exit 1
}
"$CMAKE" --install "$build" --prefix "$PREFIX" --component runtime >/dev/null
find "$PREFIX" -type f
[ "$(find "$PREFIX" -type f | wc -l)" = 2 ] || { echo "the component runtime is more than the two libraries" && exit 1; }
"$CMAKE" --install "$build" --prefix "$PREFIX" >/dev/null

functions='^[a-zA-Z][a-zA-Z0-9:_ *&]* [a-z0-9_]+\(' # of a header, in its first column
unmarked=$(grep -nE "$functions" "$PREFIX"/include/lcn/*.h | grep -v LCN_API) && echo "without LCN_API: $unmarked" && exit 1
for name in lcn layer_lcn; do
    library=$(echo "$PREFIX"/lib*/lib$name.so)
    exported=$(nm -D --defined-only --demangle "$library" | cut -d ' ' -f 2-)
    [ "$(wc -l <<<"$exported")" -gt 10 ] || { echo "$library exports too little: $exported" && exit 1; }
    foreign=$(grep -v '^[TW] lcn::' <<<"$exported") && echo "$library exports what is not lcn's: $foreign" && exit 1
    readelf -d "$library" | grep -qE "SONAME.*\[lib$name\.so\.[0-9]+\.[0-9]+\]"
    readelf -d "$library" | grep -q NODELETE # its threads stay when it is closed
done

# A plugin that is linked with them may be loaded and unloaded again and again.
libraries=$(dirname "$library")
"$CXX" -std=c++17 -shared -fPIC -I "$PREFIX/include" "$here/plugin.cpp" -L "$libraries" -llcn -o "$SCRATCH/shared/plugin.so"
"$CXX" -std=c++17 "$here/plugin_host.cpp" -ldl -o "$SCRATCH/shared/plugin_host"
LD_LIBRARY_PATH=$libraries timeout 60 "$SCRATCH/shared/plugin_host" "$SCRATCH/shared/plugin.so"

NAME=shared/find_package "$here/foreign.sh" find_package "kernels layer"
NAME=shared/pkg_config LD_LIBRARY_PATH=$(dirname "$library") "$here/pkg_config.sh"
