#!/usr/bin/env bash
# Installs what subjrec is built with, where it is missing. Debian, Ubuntu and their kin: apt-get.
#
#   examples/install_dependencies.sh           to build it
#   examples/install_dependencies.sh tests     to build and run its tests too
set -euo pipefail

tools=(g++ cmake ninja-build pkg-config sqlite3)
libraries=(libsqlite3-dev libeigen3-dev libsimdjson-dev libspectra-dev zlib1g-dev)
if [ "${1:-}" = tests ]; then
  tools+=(python3)
  libraries+=(libgtest-dev libgmock-dev)
fi

if ! command -v apt-get >/dev/null; then
  # Some other system: its own tools will do, and the build fetches the libraries that it lacks.
  for tool in c++ cmake ninja sqlite3; do
    if ! command -v "$tool" >/dev/null; then
      echo "There is no apt-get here, and no $tool. Please install a C++20 compiler, CMake 3.25 or" \
           "newer, Ninja, the sqlite3 shell and the development files of SQLite, Eigen, Spectra," \
           "simdjson and zlib, then run this again." >&2
      exit 1
    fi
  done
  exit 0
fi

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for package in "${tools[@]}" "${libraries[@]}"; do
  installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and installing them needs root, but there is no sudo here." \
         "Please have somebody run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}"
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@"
}
if ! apt install --yes --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
  # The lists of packages may be old, or not there yet.
  apt update
  apt install --yes --no-install-recommends "${missing[@]}" >/dev/null || {
    echo "apt-get could not install ${missing[*]}: its own words are above." >&2
    exit 1
  }
fi
