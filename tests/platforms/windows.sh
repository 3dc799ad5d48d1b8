#!/usr/bin/env bash
# Builds subjrec.dll and a sqlite3.exe for Windows with mingw-w64, runs both under Wine, and compares what they compute
# with what this machine's own build does, to the byte.
#
#   tests/platforms/windows.sh [FOLDER [MODULE]]        FOLDER: build/windows; MODULE: build/release/subjrec.so
#
# Takes minutes, so it is no test of ctest (tests/long.sh has it). On Debian: examples/install_dependencies.sh platforms
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/platforms/same_bytes.sh
for tool in x86_64-w64-mingw32-g++-posix sqlite3; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: $tool is not installed"; exit 77; }
done
wine=$(command -v wine64 || command -v wine || ls /usr/lib/wine/wine64 2>/dev/null || true)
[ -n "$wine" ] || { echo "SKIPPED: Wine is not installed"; exit 77; }
module=$(realpath "${2:-build/release/subjrec.so}")
[ -f "$module" ] || { echo "build this machine's module first: cmake --build --preset release" >&2; exit 2; }
mkdir -p "${1:-build/windows}"
folder=$(cd "${1:-build/windows}" && pwd)

ext/packaging/windows.sh "$folder"
sqlite=$folder/trees/sqlite_amalgamation
[ -f "$sqlite/shell.c" ] || { echo "SKIPPED: there is no source of the sqlite3 shell to build for Windows"; exit 77; }
[ "$folder/sqlite3.exe" -nt "$sqlite/shell.c" ] ||
  x86_64-w64-mingw32-gcc-posix -O1 -static -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_MATH_FUNCTIONS -I "$sqlite" \
    "$sqlite/shell.c" "$sqlite/sqlite3.c" -o "$folder/sqlite3.exe"

export WINEPREFIX=$folder/wine WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
on_windows() { (cd "$folder" && "$wine" sqlite3.exe -batch "$@" | tr -d '\r'); }
cp examples/catalogue.ndjson.gz "$folder/Kätalog ö.ndjson.gz"
rm -f "$folder"/*.db

# The import on each: gzip, UTF-8 paths, a pattern, and errors in words.
imported="SELECT count(*), count(DISTINCT work_id), sum(length(label)) FROM work_subjects JOIN subjects USING (subject_id);"
sqlite3 -batch -bail "$folder/here.db" ".load $module" >"$folder/import" \
  "SELECT subjrec_import('examples/catalogue.ndjson.gz') IS NULL;" "$imported"
printf ".bail on\n.load ./subjrec\nSELECT subjrec_import('K*.ndjson.gz') IS NULL;\n%s\n" "$imported" |
  on_windows windows.db >"$folder/import.windows"
cmp "$folder/import" "$folder/import.windows"
printf ".load ./subjrec\nSELECT subjrec_import('no/such/file.json.gz');\nSELECT subjrec_import('wine');\n" |
  on_windows :memory: >"$folder/errors" 2>&1 || true
grep -qF "subjrec_import: cannot open 'no/such/file.json.gz': No such file or directory" "$folder/errors" ||
  { cat "$folder/errors"; exit 1; }
grep -qF "cannot open 'wine'" "$folder/errors" || { cat "$folder/errors"; exit 1; }

# With the defaults: as many threads as there are, and the best instructions of the processor.
digest="SELECT json_extract(subjrec_train('rec', 'work_subjects'), '\$.digest');"
here=$(sqlite3 -batch -bail "$folder/here.db" ".load $module" "$digest")
for isa in avx512 avx2 plain; do
  there=$(printf ".bail on\n.load ./subjrec\n%s\n" "$digest" | SUBJREC_ISA=$isa on_windows windows.db)
  [ "$here" = "$there" ] || { echo "the digest here is $here, and on Windows ($isa) $there" >&2; exit 1; }
done

same_bytes_sql "$module" | sqlite3 -batch "$folder/here.db" >"$folder/here"
same_bytes_sql ./subjrec | on_windows windows.db >"$folder/windows"
same_bytes windows "$folder"
echo "counted: subjrec.dll under $("$wine" --version): the digest $here, imports and $(grep -c . "$folder/here") rows are the same"
