#!/usr/bin/env bash
# Builds the page of examples/wasm and uses it in a headless Chromium: run.sh <subjrec.so> <folder>.
# Says in one line what is missing, and leaves with 77, where it cannot.
#
#   SUBJREC_WASM_PAGE=<folder>    uses the page that is built there already
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
skip() { echo "SKIPPED: $1"; exit 77; }
if [ -z "${SUBJREC_WASM_PAGE:-}" ]; then
  command -v emcmake >/dev/null || skip "Emscripten is not installed (examples/install_dependencies.sh wasm)"
  [ -n "${SUBJREC_LANGUAGES:-}${SUBJREC_LONG_TESTS:-}" ] ||
    skip "it compiles for minutes (SUBJREC_LANGUAGES=install or SUBJREC_LONG_TESTS=1 runs it)"
fi
for tool in node sqlite3; do command -v $tool >/dev/null || skip "$tool is not installed"; done
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$chromium" ] || skip "chromium is not installed (apt-get install chromium)"
mkdir -p "$2"
folder=$(cd "$2" && pwd)
export NODE_PATH=$folder/node_modules${NODE_PATH:+:$NODE_PATH}
if ! node -e 'require("playwright-core")' 2>/dev/null; then
  [ "${SUBJREC_LANGUAGES:-}" = install ] && command -v npm >/dev/null ||
    skip "playwright-core is not installed (with npm, SUBJREC_LANGUAGES=install brings it)"
  cp "$here/../explorer/package.json" "$folder"
  npm install --prefix "$folder" --no-audit --no-fund --loglevel=error >"$folder/npm.log" 2>&1 ||
    skip "npm could not install playwright-core: $(tail -n 1 "$folder/npm.log")"
fi
page=${SUBJREC_WASM_PAGE:-$folder/build/page}
if [ -z "${SUBJREC_WASM_PAGE:-}" ]; then
  "$project/examples/wasm/build.sh" "$folder/build" >"$folder/build.log" 2>&1 ||
    { tail -n 30 "$folder/build.log" | cut -c 1-400; exit 1; }
fi
# The same by the native module.
sqlite3 -batch -bail -json :memory: >"$folder/native.json" <<SQL
.load $1
.mode list
.output /dev/null
SELECT subjrec_import('$project/examples/catalogue.ndjson.gz');
SELECT subjrec_train('rec', 'work_subjects');
.output
SELECT json_object('digest', (SELECT value FROM rec_config WHERE key = 'digest'), 'suggested',
  (SELECT json_group_array(label) FROM (SELECT label FROM subjrec_topk('rec', 'cex557h4', 8, 'new')
   JOIN subjects USING (subject_id) ORDER BY rank)));
SQL
exec node "$here/wasm_test.cjs" "$chromium" "$page" "$folder/native.json" "$1"
