#!/usr/bin/env bash
# hidden.sh command...: runs the command where lcn's sources and libraries do not exist. That takes a mount namespace;
# where the system gives none, it says so and runs the command as it is.
set -euo pipefail

namespace=(unshare --mount)
[ "$(id -u)" = 0 ] || namespace+=(--user --map-root-user)
if ! "${namespace[@]}" true 2>/dev/null; then
    echo "no mount namespace to be had: lcn's sources stay in reach" >&2
    exec "$@"
fi
export hidden="$SOURCE/cmake $SOURCE/generators $SOURCE/runtime $SOURCE/schedules $BUILD/kernels $BUILD/runtime"
exec "${namespace[@]}" bash -euo pipefail -c '
    for folder in $hidden; do mount -t tmpfs none "$folder"; done
    for archive in "$BUILD"/*.a; do mount --bind /dev/null "$archive"; done
    exec "$@"' bash "$@"
