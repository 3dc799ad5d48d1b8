#!/usr/bin/env bash
# Uses the Python package and the command as the wheel brings them: run.sh <subjrec.so> <folder>.
# Everything twice: with numpy and pandas, as far as they are here, and with neither.
# Says in one line what is missing, and leaves with 77, where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
. "$here/find_python.sh"
find_python "" "no Python here has a sqlite3 that loads extensions (Debian: python3)"
unpack_wheel "$1" "$2/installed"
mkdir -p "$2/without"
for module in numpy pandas; do
  echo "raise ImportError('not here: a test without $module', name='$module')" >"$2/without/$module.py"
done
export PYTHONDONTWRITEBYTECODE=1 SUBJREC_CATALOGUE=$project/examples/catalogue.ndjson.gz
unset SUBJREC_MODULE
cd "$here"
for found in "$2/installed/wheel" "$2/installed/wheel:$2/without"; do
  PYTHONPATH=$found "$python" -c 'from support import has
print(*(f"{name}: here" if has(name) else f"{name}: not here, what needs it is skipped"
        for name in ("numpy", "pandas", "starlette", "uvicorn")), sep="\n")'
  PYTHONPATH=$found "$python" -W error::ResourceWarning -m unittest discover -p '*_test.py'
done
if command -v mypy >/dev/null; then
  (cd "$2/installed/wheel" && mypy --strict --python-version 3.9 --cache-dir "$2/mypy" --exclude desk subjrec) |
    grep -E 'error|Success'
else
  echo "mypy is not installed: the types are not checked"
fi
