#!/usr/bin/env bash
# The test of the peers: all on one small layer, if they are installed.
set -euo pipefail
environment=$1
if ! [ -e "$environment/.stamp" ]; then
    echo "skipped: no peers in $environment; ./run bench --peers --list installs them"
    exit 77
fi
exec "$environment/bin/python" -B "$(dirname "$0")/peers.py" --quick
