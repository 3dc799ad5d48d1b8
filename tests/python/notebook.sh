#!/usr/bin/env bash
# Runs the notebook of examples/notebook from beginning to end: notebook.sh <subjrec.so> <folder>.
# Says in one line what is missing, and leaves with 77, where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
. "$here/find_python.sh"
find_python "import nbconvert, ipykernel" \
  "no Python here has nbconvert and ipykernel (Debian: python3-nbconvert python3-ipykernel)"
mkdir -p "$2"
folder=$(cd "$2" && pwd)
unpack_wheel "$1" "$folder/installed"
# A kernel of this very Python, and nothing of the user's.
export PYTHONPATH=$folder/installed/wheel PYTHONDONTWRITEBYTECODE=1 IPYTHONDIR=$folder/ipython
export JUPYTER_CONFIG_DIR=$folder/config JUPYTER_DATA_DIR=$folder/data JUPYTER_RUNTIME_DIR=$folder/runtime
export CATALOGUE=$project/examples/catalogue.ndjson.gz PYDEVD_DISABLE_FILE_VALIDATION=1
unset SUBJREC_MODULE
"$python" -m ipykernel install --prefix "$folder/data" --name python3 >/dev/null 2>&1
export JUPYTER_PATH=$folder/data/share/jupyter
"$python" -m nbconvert --to notebook --execute --ExecutePreprocessor.timeout=300 --output-dir "$folder" \
  --output executed "$project/examples/notebook/recommender.ipynb" >"$folder/log" 2>&1 ||
  { tail -n 40 "$folder/log"; exit 1; }
exec "$python" "$here/notebook_check.py" "$folder/executed.ipynb" "$1" "$CATALOGUE"
