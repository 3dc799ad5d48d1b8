#!/usr/bin/env bash
# Builds subjrec.dll for Windows (x86-64) by mingw-w64; it needs nothing beside it.
#
#   ext/packaging/windows.sh [FOLDER]        FOLDER: build/windows; the DLL is FOLDER/subjrec.dll
#
# `SUBJREC_WINDOWS=FOLDER ext/packaging/release.sh` packs it with the rest.
# On Debian: examples/install_dependencies.sh platforms
set -euo pipefail
cd "$(dirname "$0")/../.."
compiler=x86_64-w64-mingw32-g++-posix
command -v $compiler >/dev/null || { echo "$compiler is not installed" >&2; exit 2; }
mkdir -p "${1:-build/windows}"
folder=$(cd "${1:-build/windows}" && pwd)

mapfile -t trees < <(ext/packaging/source_trees.sh "$folder/trees")
cmake -S . -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSUBJREC_TESTS=OFF "${trees[@]}" \
  -DCMAKE_TOOLCHAIN_FILE="$PWD/ext/cmake/toolchains/windows.cmake"
cmake --build "$folder/build" --target subjrec
cp "$folder/build/subjrec.dll" "$folder/"
x86_64-w64-mingw32-strip --strip-unneeded "$folder/subjrec.dll"
