#!/usr/bin/env bash
# Installs Chromium and a font for the browser tests on Debian and Ubuntu, unless a browser is already there.
set -euo pipefail

for candidate in "${VAQUITA_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  if [[ -n "$candidate" && -x "$candidate" ]]; then
    echo "Browser for the tests: $candidate"
    exit 0
  fi
done

if ! command -v apt-get >/dev/null; then
  echo 'No apt-get here: install Chromium or Chrome by hand and name it with VAQUITA_CHROMIUM=<path>.' >&2
  exit 1
fi

as_root=()
if [[ "$(id -u)" != 0 ]]; then
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation
