# Sets `python` to one that has the desk's server and the client of its tests. Read by the scripts beside it.
# shellcheck shell=bash
skip() { echo "SKIPPED: $1"; exit 77; }
for python in ${PYTHON:-python3 /usr/bin/python3}; do
  "$python" -c 'import starlette, uvicorn, httpx' 2>/dev/null && break
  python=
done
[ -n "$python" ] || skip "no Python here has starlette, uvicorn and httpx (examples/install_dependencies.sh desk)"
"$python" -c 'import sqlite3; sqlite3.connect(":memory:").enable_load_extension(True)' 2>/dev/null ||
  skip "$python was built without loadable extensions of SQLite"
