#!/usr/bin/env bash
# Opens the explorer in a headless Chromium and uses it: run.sh <make_page> <folder for the pages>.
# Says in one line what is missing, and leaves with 77, where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "SKIPPED: $1"; exit 77; }
command -v node >/dev/null || skip "node is not installed"
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$chromium" ] || skip "chromium is not installed (apt-get install chromium)"
NODE_PATH=$here/node_modules${NODE_PATH:+:$NODE_PATH}
export NODE_PATH
node -e 'require("playwright-core")' 2>/dev/null ||
  skip "playwright-core is not installed (npm install --prefix tests/explorer)"
mkdir -p "$2"
"$1" "$2/small.html" "$2/large.html"
exec node "$here/explorer_test.cjs" "$chromium" "$2"
