#!/usr/bin/env bash
# Installs Chromium, and fonts for Latin and Chinese text, for the browser tests on Debian and Ubuntu; what is there already stays as it is.
# Without a browser there are no tests, so that fails; without Chinese glyphs only the pictures suffer, so that is said and nothing more.
set -euo pipefail

find_browser() {
  for candidate in "${VAQUITA_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [[ -n "$candidate" && -x "$candidate" ]]; then
      echo "$candidate"
      return
    fi
  done
}

# Without fontconfig nobody knows: then the package is asked for, and apt knows.
has_chinese_font() {
  command -v fc-list >/dev/null && [[ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]]
}

updated=
install_packages() {
  command -v apt-get >/dev/null || return 1
  local as_root=()
  if [[ "$(id -u)" != 0 ]]; then
    as_root=(sudo)
  fi
  if [[ -z "$updated" ]]; then
    "${as_root[@]}" apt-get update -qq || return 1
    updated=1
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

browser=$(find_browser)
if [[ -n "$browser" ]]; then
  echo "Browser for the tests: $browser"
elif ! install_packages chromium fonts-liberation; then
  echo 'Chromium could not be installed: install it or Chrome by hand and name it with VAQUITA_CHROMIUM=<path>.' >&2
  exit 1
fi

if ! has_chinese_font && ! install_packages fonts-wqy-microhei; then
  echo 'No font with Chinese glyphs could be installed: pictures of Chinese pages will show boxes.' >&2
fi
