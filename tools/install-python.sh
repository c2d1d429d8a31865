#!/usr/bin/env bash
# Installs Python and its WebSocket package on Debian and Ubuntu, for the tests of examples/python-worker, unless both are there.
set -euo pipefail

for candidate in "${VAQUITA_PYTHON:-}" /usr/bin/python3 python3; do
  if [[ -n "$candidate" ]] && "$candidate" -c 'import websockets' 2>/dev/null; then
    echo "Python for the tests: $candidate"
    exit 0
  fi
done

if ! command -v apt-get >/dev/null; then
  echo 'No apt-get here: the tests of the worker in Python are left out. To run them, install the package "websockets" for a Python and name that with VAQUITA_PYTHON=<path>.' >&2
  exit 0
fi

as_root=()
if [[ "$(id -u)" != 0 ]]; then
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-websockets
