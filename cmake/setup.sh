#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cmake/setup.sh build|test
# Installs what is missing of cmake/packages.txt: its [build] part, or with "test" both parts. Says what it does, and does
# nothing when all is there. Debian 12; root or sudo.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-build}
case "$what" in
  build) parts='build' ;;
  test) parts='build|test' ;;
  *) echo "usage: cmake/setup.sh build|test" >&2; exit 2 ;;
esac

mapfile -t wanted < <(awk -v parts="^($parts)\$" '
  /^# \[[a-z]+\]$/ { part = substr($2, 2, length($2) - 2); next }
  /^#/ || /^[ \t]*$/ { next }
  part ~ parts { print $1 }' cmake/packages.txt)

explain() {
  echo "setup: $1" >&2
  echo "setup: tocsin needs these Debian 12 packages: ${missing[*]}" >&2
  exit 1
}

find_missing() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
    awk '$1 == "installed" { print $2 }') || true
  mapfile -t missing < <(printf '%s\n' "${wanted[@]}" | grep -Fxv -f <(printf '%s\n' "$installed") || true)
}

missing=("${wanted[@]}")
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  explain "this machine has no apt; install the packages by its own means, then use cmake --preset release"
find_missing
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || explain "packages are missing, and there is neither root nor sudo to install them"
  as_root=(sudo)
fi

# A test needs the programs of a package, not its service on the machine's ports: while we install, services stay down.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  "${as_root[@]}" sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

echo "setup: installing ${#missing[@]} Debian packages for '$what': ${missing[*]}"
# The package lists may be absent (a container) or too old (files gone from the mirror): then fetch them and try again.
if ! apt-cache show "${missing[@]}" >/dev/null 2>&1 || ! install; then
  echo "setup: fetching the package lists (apt-get update)"
  "${as_root[@]}" apt-get update -q
  install || explain "apt-get could not install them (see above)"
fi
echo "setup: done"
