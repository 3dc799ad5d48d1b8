#!/usr/bin/env bash
# Opens the explorer in a headless Chromium and uses it: run.sh <make_page> <folder for the pages
# and for what npm brings>.
# Says in one line what is missing, and leaves with 77, where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "SKIPPED: $1"; exit 77; }
command -v node >/dev/null || skip "node is not installed"
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$chromium" ] || skip "chromium is not installed (apt-get install chromium)"
mkdir -p "$2"
NODE_PATH=$2/node_modules${NODE_PATH:+:$NODE_PATH}
export NODE_PATH
if ! node -e 'require("playwright-core")' 2>/dev/null; then
  [ "${SUBJREC_LANGUAGES:-}" = install ] && command -v npm >/dev/null ||
    skip "playwright-core is not installed (with npm, SUBJREC_LANGUAGES=install brings it)"
  cp "$here/package.json" "$2"
  npm install --prefix "$2" --no-audit --no-fund --loglevel=error >"$2/npm.log" 2>&1 ||
    skip "npm could not install playwright-core: $(tail -n 1 "$2/npm.log")"
fi
"$1" "$2/small.html" "$2/large.html" "$2/groups.html"
exec node "$here/explorer_test.cjs" "$chromium" "$2"
