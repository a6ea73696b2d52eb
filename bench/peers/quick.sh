#!/usr/bin/env bash
# The test of the peers, if they are installed: the harness, then all of them on one small layer.
set -euo pipefail
environment=$1
if ! [ -e "$environment/.stamp" ]; then
    echo "skipped: no peers in $environment; ./run bench --peers --list installs them"
    exit 77
fi
"$environment/bin/python" -B "$(dirname "$0")/peers_test.py"
exec "$environment/bin/python" -B "$(dirname "$0")/peers.py" --quick
