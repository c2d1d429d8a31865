#!/usr/bin/env bash
# Installs the servers of Redis and NATS on Debian and Ubuntu, for the tests of listeners, unless both are there. They are
# started by the tests, on ports and data of their own; nothing of the system's is started.
set -euo pipefail

if [[ -x /usr/bin/redis-server && -x /usr/sbin/nats-server ]]; then
  echo 'Brokers for the tests: /usr/bin/redis-server /usr/sbin/nats-server'
  exit 0
fi

if ! command -v apt-get >/dev/null; then
  echo 'No apt-get here: tests of listeners against Redis and NATS are left out. To run them, install redis-server and nats-server in /usr/bin or /usr/local/bin.' >&2
  exit 0
fi

as_root=()
if [[ "$(id -u)" != 0 ]]; then
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
# RUNLEVEL=1 keeps the packages from starting a server.
"${as_root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server nats-server
