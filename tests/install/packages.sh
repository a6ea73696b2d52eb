#!/usr/bin/env bash
# Makes the archive and the Debian package, unpacks each, and links the examples with what is in it.
set -euo pipefail

here=$(dirname "$0")
packages=$SCRATCH/packages
rm -rf "$packages"
"$CPACK" --config "$BUILD/CPackConfig.cmake" -B "$packages" >"$SCRATCH/cpack.log" || {
    cat "$SCRATCH/cpack.log"
    exit 1
}
rm -r "$packages/_CPack_Packages"
ls -l "$packages"

mkdir "$packages/archive" "$packages/debian"
tar -xzf "$packages"/lcn-*.tar.gz -C "$packages/archive" --strip-components 1
dpkg-deb -x "$packages"/lcn_*.deb "$packages/debian"
dpkg-deb -f "$packages"/lcn_*.deb Package Version Architecture Depends
architecture=$("$CXX" -dumpmachine | sed 's/x86_64-.*/amd64/; s/aarch64-.*/arm64/')
[ "$(dpkg-deb -f "$packages"/lcn_*.deb Architecture)" = "$architecture" ] || { echo "not for $architecture" && exit 1; }
for prefix in "$packages/archive" "$packages/debian/usr"; do
    PREFIX=$prefix NAME=packages/pkg_config "$here/pkg_config.sh"
    PREFIX=$prefix NAME=packages/find_package "$here/foreign.sh" find_package "kernels layer" "$@"
done
