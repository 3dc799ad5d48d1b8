#!/usr/bin/env bash
# Installs what subjrec is built with, where it is missing. Debian, Ubuntu and their kin: apt-get.
#
#   examples/install_dependencies.sh              to build it
#   examples/install_dependencies.sh tests        to build and test it
#   examples/install_dependencies.sh release      to build it and make the packages of a release
#   examples/install_dependencies.sh desk         to run examples/desk
#   examples/install_dependencies.sh distributed  to run examples/distributed
#   examples/install_dependencies.sh notebook     to run examples/notebook
#   examples/install_dependencies.sh wasm         the compiler for WebAssembly, and what examples/wasm builds
#   examples/install_dependencies.sh platforms    that, the compiler for Windows, and Wine
#   examples/install_dependencies.sh languages    the languages of examples/, as far as there are
#                                                 packages; what cannot be had is left out
#   examples/install_dependencies.sh catalogues   what reads MARC, XML and SKOS, likewise
set -euo pipefail

needed=(g++ cmake ninja-build pkg-config sqlite3
        libsqlite3-dev libeigen3-dev libsimdjson-dev libspectra-dev zlib1g-dev)
desk=(python3 python3-starlette python3-uvicorn python3-httptools python3-uvloop)
distributed=(python3 python3-distributed)
# Of what may come from elsewhere than from a package: the command, and the package that has it.
languages=(javac:default-jdk-headless go:golang-go cargo:cargo node:nodejs npm:npm php:php-cli
           ruby:ruby Rscript:r-base-core tclsh:tcl perl:perl
           chromium:chromium
           python3-apsw python3-numpy libxerial-sqlite-jdbc-java golang-github-mattn-go-sqlite3-dev
           librust-rusqlite-dev php-sqlite3 ruby-sqlite3 r-cran-rsqlite libsqlite3-tcl
           libdbd-sqlite3-perl)
notebook=(python3-notebook python3-nbconvert python3-ipykernel python3-numpy python3-pandas)
# For examples/wasm, then for tests/platforms; a gigabyte.
wasm=(emscripten node-acorn nodejs:nodejs tclsh:tcl sqlite3 dpkg-dev pkg-config libsqlite3-dev libeigen3-dev
      libsimdjson-dev libspectra-dev zlib1g-dev cmake ninja-build)
platforms=("${wasm[@]}" g++-mingw-w64-x86-64-posix wine64)
# For examples/catalogues.
catalogues=(yaz-marcdump:yaz xsltproc:xsltproc rapper:raptor2-utils)
case ${1:-build} in
  build) ;;
  tests) needed+=(libgtest-dev libgmock-dev lowdown dpkg-dev file "${desk[@]}" python3-httpx "${distributed[@]}") ;;
  desk) needed=("${desk[@]}") ;;
  distributed) needed=("${distributed[@]}") ;;
  notebook) needed=("${notebook[@]}") ;;
  wasm) needed=("${wasm[@]}") ;;
  platforms) needed=("${platforms[@]}") ;;
  release) needed+=(python3 lowdown dpkg-dev file npm:npm) ;;
  languages) needed=("${languages[@]}") ;;
  catalogues) needed=("${catalogues[@]}") ;;
  *) sed -n '4,14p' "$0" >&2; exit 2 ;;
esac

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

is_here() {
  case $1 in
    *:*) command -v "${1%:*}" >/dev/null ;;
    *) [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac
}
missing=()
for package in "${needed[@]}"; do
  is_here "$package" || missing+=("${package#*:}")
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
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@"
}
install() {
  apt install --yes --no-install-recommends "$@" >/dev/null
}

echo "Installing ${missing[*]}"
install "${missing[@]}" 2>/dev/null && exit 0
# The lists of packages may be old, or not there yet.
apt update || true
if [ "${1:-}" = languages ] || [ "${1:-}" = catalogues ]; then
  for package in "${missing[@]}"; do
    install "$package" || echo "$package cannot be installed here; its examples are skipped"
  done
elif ! install "${missing[@]}"; then
  echo "apt-get could not install ${missing[*]}: its own words are above." >&2
  exit 1
fi
