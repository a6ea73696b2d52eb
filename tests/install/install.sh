#!/usr/bin/env bash
# Installs the build into $PREFIX: by way of another place, for the tree may be moved. Nothing in it may name a path of the
# sources or of the build.
set -euo pipefail

rm -rf "$SCRATCH"
"$CMAKE" --install "$BUILD" --prefix "$SCRATCH/first_place" >/dev/null
mv "$SCRATCH/first_place" "$PREFIX"

if grep -rlF "$SOURCE" "$PREFIX"; then
    echo "these files name $SOURCE"
    exit 1
fi
for file in include/lcn/lcn.h include/lcn/layer.h lib*/liblcn.a lib*/liblayer_lcn.a lib*/pkgconfig/lcn.pc \
    lib*/cmake/lcn/lcnConfig.cmake share/lcn/generators/forward.cpp share/doc/lcn/LICENSE; do
    [ -f "$PREFIX"/$file ] || { echo "not installed: $file" && exit 1; }
done
archives=$(find "$PREFIX" -name 'liblcn*' | wc -l)
[ "$archives" = 1 ] || { echo "$archives files are named liblcn*" && exit 1; }
$EMULATOR "$PREFIX/bin/lcn" info | grep -F portable
