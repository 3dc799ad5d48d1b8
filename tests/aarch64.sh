#!/usr/bin/env bash
# Builds the module for aarch64, runs it under qemu, and compares what it computes with what this
# machine's own build does: the digests of models of every algorithm, a map, lists and judgements.
#
#   tests/aarch64.sh [FOLDER]        FOLDER: build/aarch64
#
# On Debian, as root once:
#     dpkg --add-architecture arm64 && apt-get update
#     apt-get install g++-aarch64-linux-gnu qemu-user
# The arm64 libraries are unpacked into FOLDER and not installed: libsimdjson-dev of two architectures
# cannot be installed side by side. Minutes, so not one of ctest's.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$(pwd)
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

# Numbers as whole ones: SQLite's decimals come by way of long double, which differs.
script() {
  cat <<SQL
.bail on
.load $1
CREATE TABLE pairs AS SELECT work_id, subject_id FROM work_subjects
  WHERE work_id IN (SELECT DISTINCT work_id FROM work_subjects ORDER BY 1 LIMIT 1000);
SELECT algorithm, json_extract(subjrec_train('m_' || algorithm, 'pairs', json_object(
    'algorithm', algorithm, 'embedding_dim', 24, 'epochs', 3, 'threads', 1)), '$.digest')
FROM (SELECT 'bce' AS algorithm UNION ALL SELECT 'composed' UNION ALL SELECT 'ials' UNION ALL SELECT 'ease');
SELECT 'map', subjrec_map('m_composed', 'subject', json_object('epochs', 20, 'threads', 1)) IS NOT NULL;
SELECT group_concat(id || ' ' || CAST(x * 1099511627776.0 AS INTEGER) || ' ' || CAST(y * 1099511627776.0 AS INTEGER)) FROM (SELECT * FROM m_composed_map ORDER BY id);
SELECT group_concat(work_id || ' ' || subject_id || ' ' || CAST(score * 1099511627776.0 AS INTEGER) || ' ' || CAST(probability * 4503599627370496.0 AS INTEGER))
FROM (SELECT DISTINCT work_id FROM pairs ORDER BY 1 LIMIT 100) AS w JOIN subjrec_topk('m_composed', w.work_id, 10, 'new');
SELECT metric, CAST(value * 1099511627776.0 AS INTEGER) FROM subjrec_evaluate('m_ials', 'SELECT * FROM pairs LIMIT 300', json_object('threads', 1));
SELECT 'end';
SQL
}
# One thread, and the import here: under some versions of qemu-user a program that starts a thread hangs.
rm -f "$folder"/*.db
sqlite3 -batch -bail "$folder/here.db" ".load build/release/subjrec" \
  "SELECT subjrec_import('examples/catalogue.ndjson.gz')" >"$folder/import.out"
cp "$folder/here.db" "$folder/aarch64.db"
script "$source/build/release/subjrec" | sqlite3 -batch "$folder/here.db" >"$folder/here"
script "$folder/build/subjrec" |
  qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$libraries:$root/lib/aarch64-linux-gnu" \
    "$root/usr/bin/sqlite3" -batch "$folder/aarch64.db" >"$folder/aarch64" ||
  echo "qemu ended with $?; what it printed is compared all the same, to the last row"
grep -qx end "$folder/here"
cmp "$folder/here" "$folder/aarch64"
echo "aarch64 computes the same $(wc -c <"$folder/here") bytes: $(grep -c . "$folder/here") rows, $(sed -n '1,4s/|.*//p' "$folder/here" | tr '\n' ' ')"
