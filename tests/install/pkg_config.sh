#!/usr/bin/env bash
# Compiles examples/find_package with nothing but the compiler and pkg-config.
set -euo pipefail

here=$(dirname "$0")
export project=$SCRATCH/${NAME:-pkg_config}
rm -rf "$project"
mkdir -p "$project"
cp "$SOURCE"/examples/find_package/*.cpp "$project"

PKG_CONFIG_PATH=$(echo "$PREFIX"/lib*/pkgconfig) exec "$here/hidden.sh" bash -euo pipefail -c '
    cd "$project"
    "$CXX" -std=c++17 kernels.cpp -o kernels $(pkg-config --cflags --libs lcn)
    "$CXX" -std=c++17 layer.cpp -o layer $(pkg-config --cflags --libs lcn-layer)
    for program in kernels layer; do
        $EMULATOR "./$program"
    done'
