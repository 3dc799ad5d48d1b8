#!/usr/bin/env bash
# Brings the sources of what subjrec is built with, for a build that finds nothing installed, such as one for another
# system:
#
#   ext/packaging/source_trees.sh FOLDER
#
# FOLDER gets a tree for each. Prints CMake's options that name them, one a line. Headers are copies of this system's;
# simdjson, zlib and SQLite are Debian's source packages, in the versions that are installed here (tclsh makes SQLite's
# one file of many). What cannot be had so is left to CMake to fetch, at the versions of ext/cmake/Dependencies.cmake.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1/log"
trees=$(cd "$1" && pwd)

# FetchContent's name, then the command that makes the folder which is its last argument.
tree() {
  local name=$1 where=$trees/$1
  shift
  if [ -e "$where.complete" ] || { "$@" "$where" >"$trees/log/$name" 2>&1 && touch "$where.complete"; }; then
    echo "-DFETCHCONTENT_SOURCE_DIR_${name^^}=$where"
  else
    echo "$name cannot be had from this system ($trees/log/$name); CMake fetches it" >&2
  fi
}
headers() { # the folder of headers, where in the tree, the tree
  [ -d "$1" ] && mkdir -p "$3/$2" && cp -r "$1/." "$3/$2"
}
simdjson() { ext/packaging/simdjson_source.sh "$(pkg-config --modversion simdjson)" "$1"; }
amalgamation() {
  command -v tclsh && ext/packaging/debian_source.sh sqlite3 libsqlite3-dev "$1" &&
    (cd "$1" && ./configure && make sqlite3.c shell.c)
}
tree eigen headers /usr/include/eigen3 .
tree spectra headers /usr/include/Spectra include/Spectra
tree simdjson simdjson
tree zlib ext/packaging/debian_source.sh zlib zlib1g-dev
tree sqlite_amalgamation amalgamation
