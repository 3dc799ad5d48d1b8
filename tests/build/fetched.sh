#!/usr/bin/env bash
# Builds subjrec with dependencies that are not where the system has them: fetched.sh FOLDER [module]
#
#   1. Nothing is found installed: every dependency comes from a source tree that FetchContent is given.
#   2. -DSUBJREC_SQLITE_INCLUDE= and -DSUBJREC_SPECTRA_INCLUDE= name copies of the headers.
#
# For each dependency this compiles its library, and the smallest file that includes it; ninja then tells
# which headers the compiler has read, and none may be the system's. With `module`, the whole module is
# built as in 1, and loaded. The trees are copies of installed headers, Debian's source packages of zlib and
# simdjson, and a stub for the sqlite3.c that only the tests' programs link.
set -euo pipefail
cd "$(dirname "$0")/../.."
source=$PWD what=${2:-objects}
mkdir -p "$1"
folder=$(cd "$1" && pwd)
trees=$folder/trees
skip() { echo "SKIP: $*"; exit 77; }
fail() { echo "$*" >&2; exit 1; }
[ -n "${SUBJREC_LANGUAGES:-}${SUBJREC_LONG_TESTS:-}" ] ||
  skip "it brings source packages and compiles for a minute (SUBJREC_LANGUAGES=install or SUBJREC_LONG_TESTS=1 runs it)"
for file in /usr/include/{sqlite3ext.h,Spectra,eigen3} /usr/src/googletest; do
  [ -e "$file" ] || skip "there is no $file to make a source tree of"
done

mkdir -p "$trees"/{sqlite,spectra/include}
cp /usr/include/sqlite3.h /usr/include/sqlite3ext.h "$trees/sqlite/"
echo '#include "sqlite3.h"
int sqlite3_libversion_number(void) { return SQLITE_VERSION_NUMBER; }' >"$trees/sqlite/sqlite3.c"
cp -rT /usr/include/Spectra "$trees/spectra/include/Spectra"
cp -rT /usr/include/eigen3 "$trees/eigen"
cp -rT /usr/src/googletest "$trees/googletest"
version=$(pkg-config --modversion simdjson) || skip "pkg-config knows no simdjson"
ext/packaging/simdjson_source.sh "$version" "$trees/simdjson" || skip "simdjson's source cannot be had"
[ -d "$trees/zlib" ] || ext/packaging/debian_source.sh zlib zlib1g-dev "$trees/zlib" >/dev/null ||
  skip "zlib's source cannot be had"

configure() { # the build's folder, then options
  local build=$1
  shift
  cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DFETCHCONTENT_FULLY_DISCONNECTED=ON "$@" \
    >"$build.log" 2>&1 || { tail -n 30 "$build.log"; fail "it does not configure with $*"; }
}
# The smallest file with a line `#include <pattern`.
includes() {
  grep -rlE "^#include <$1" --include='*.cc' ext tests | xargs ls -S | tail -n 1
}
build() { ninja -C "$1" "${@:2}" >"$1.log" 2>&1 || { grep -A 20 FAILED "$1.log"; fail "$1 does not build"; }; }
# What the compiler has read, and a pattern of what it must not have read.
read_by() { ninja -C "$1" -t deps | sed -n 's/^    //p' | sort -u; }
wanted() { grep -qF "$1" "$folder/read" || fail "nothing that was compiled has read $1"; }
unwanted() { ! grep -E "$1" "$folder/read" || fail "these come from the system"; }

nowhere=$folder/fetched
t=$(cc -print-multiarch)
options=(-DSUBJREC_TESTS=ON "-DCMAKE_IGNORE_PATH=/usr/include;/usr/lib;/lib;/usr/lib/$t;/lib/$t;/usr/local/include;/usr/local/lib")
for package in Eigen3 ZLIB simdjson GTest; do options+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON"); done
for tree in eigen spectra zlib simdjson googletest; do
  options+=("-DFETCHCONTENT_SOURCE_DIR_${tree^^}=$trees/$tree")
done
configure "$nowhere" "${options[@]}" "-DFETCHCONTENT_SOURCE_DIR_SQLITE_AMALGAMATION=$trees/sqlite"
for name in sqlite3ext.h Eigen Spectra zlib simdjson GoogleTest libsqlite3; do
  grep -q -- "-- $name not found on this system" "$nowhere.log" || fail "$name was found, though nothing should be"
done
if [ "$what" = module ]; then
  build "$nowhere" subjrec subjrec_test_sqlite gmock_main
  [ "$(sqlite3 :memory: ".load $nowhere/subjrec" "SELECT subjrec_import('examples/catalogue.ndjson.gz') ->> 'works'")" = 2000 ] ||
    fail "the module does not import the small catalogue"
  ! ldd "$nowhere/subjrec.so" | grep -E 'simdjson|libz' || fail "the module asks for the system's libraries"
else
  targets=(subjrec_zlib subjrec_simdjson subjrec_test_sqlite gmock_main)
  for header in Eigen/ Spectra/ zlib.h simdjson.h 'g(mock|test)/'; do
    targets+=("$source/$(includes "$header")^")
  done
  build "$nowhere" "${targets[@]}" "$source/ext/subjrec.cc^"
fi
read_by "$nowhere" >"$folder/read"
for file in eigen/Eigen/Core spectra/include/Spectra/SymEigsSolver.h zlib/zlib.h simdjson/include/simdjson.h \
  sqlite/sqlite3ext.h; do
  wanted "$trees/$file"
done
unwanted '^/usr/include/(eigen3|Spectra|zlib.h|zconf.h|simdjson|sqlite3|gtest|gmock)'
echo "ok: nothing found on the system, $(grep -cF "$trees/" "$folder/read") headers of given sources ($what)"

named=$folder/named
configure "$named" -DSUBJREC_TESTS=OFF -DSUBJREC_SQLITE_INCLUDE="$trees/sqlite" \
  -DSUBJREC_SPECTRA_INCLUDE="$trees/spectra/include"
build "$named" "$source/$(includes Spectra/)^" "$source/ext/subjrec.cc^"
read_by "$named" >"$folder/read"
wanted "$trees/spectra/include/Spectra/SymEigsSolver.h"
wanted "$trees/sqlite/sqlite3ext.h"
unwanted '^/usr/include/(Spectra|sqlite3)'
echo "ok: SUBJREC_SQLITE_INCLUDE and SUBJREC_SPECTRA_INCLUDE are obeyed"
