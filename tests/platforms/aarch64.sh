#!/usr/bin/env bash
# Builds the module for aarch64, runs it under qemu, and compares what it computes with what this
# machine's own build does: the digests of models of every algorithm, a map, lists and metrics.
#
#   tests/platforms/aarch64.sh [FOLDER]        FOLDER: build/aarch64
#
# On Debian, as root once:
#     dpkg --add-architecture arm64 && apt-get update
#     apt-get install g++-aarch64-linux-gnu qemu-user
# The arm64 libraries are unpacked into FOLDER and not installed: libsimdjson-dev of two architectures
# cannot be installed side by side. Minutes, so not one of ctest's.
set -euo pipefail
cd "$(dirname "$0")/../.."
source=$(pwd)
. tests/platforms/same_bytes.sh
folder=${1:-build/aarch64}
for tool in aarch64-linux-gnu-g++ qemu-aarch64 sqlite3; do
  command -v "$tool" >/dev/null || { echo "SKIP: $tool is not installed"; exit 77; }
done
[ -f build/release/subjrec.so ] || { echo "build this machine's module first: cmake --build --preset release" >&2; exit 2; }
mkdir -p "$folder/packages"
folder=$(cd "$folder" && pwd)
root=$folder/root
if [ ! -d "$root" ]; then
  (cd "$folder/packages" && apt-get download -q libsimdjson14:arm64 libsimdjson-dev:arm64 zlib1g:arm64 zlib1g-dev:arm64 \
    libsqlite3-0:arm64 libsqlite3-dev:arm64 sqlite3:arm64 libreadline8:arm64 libtinfo6:arm64)
  mkdir "$root"
  for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$root"; done
fi
libraries=$root/usr/lib/aarch64-linux-gnu
cmake -S . -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSUBJREC_TESTS=OFF \
  -DCMAKE_TOOLCHAIN_FILE="$source/ext/cmake/toolchains/aarch64.cmake" \
  -Dsimdjson_DIR="$libraries/cmake/simdjson" -DZLIB_LIBRARY="$libraries/libz.so" -DZLIB_INCLUDE_DIR="$root/usr/include" \
  ${SUBJREC_LAUNCHER:+-DCMAKE_CXX_COMPILER_LAUNCHER=$SUBJREC_LAUNCHER}
cmake --build "$folder/build" --target subjrec

# One thread, and the import here: under some versions of qemu-user a program that starts a thread hangs.
rm -f "$folder"/*.db
sqlite3 -batch -bail "$folder/here.db" ".load build/release/subjrec" \
  "SELECT subjrec_import('examples/catalogue.ndjson.gz')" >"$folder/import.out"
cp "$folder/here.db" "$folder/aarch64.db"
same_bytes_sql "$source/build/release/subjrec" | sqlite3 -batch "$folder/here.db" >"$folder/here"
same_bytes_sql "$folder/build/subjrec" |
  qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$libraries:$root/lib/aarch64-linux-gnu" \
    "$root/usr/bin/sqlite3" -batch "$folder/aarch64.db" >"$folder/aarch64" ||
  echo "qemu ended with $?; what it printed is compared all the same, to the last row"
same_bytes aarch64 "$folder"
