#!/usr/bin/env bash
# Uses the desk in a headless Chromium: run_browser.sh <subjrec.so> <folder for databases and what npm brings>.
# Says in one line what is missing, and leaves with 77, where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/find_python.sh"
command -v node >/dev/null || skip "node is not installed"
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
export SUBJREC_MODULE=$1 DESK_FOLDER=$folder PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../../examples/desk
"$python" "$here/make_database.py" "$folder/browser.db"
exec node "$here/desk_test.cjs" "$chromium" "$python" "$folder/browser.db"
