# Sets `python` to one whose sqlite3 loads extensions. Read by the scripts beside it and in notebook/.
# shellcheck shell=bash
skip() { echo "SKIPPED: $1"; exit 77; }
# The first Python that passes a check: find_python "import numpy" "what is missing, in words".
find_python() {
  for python in ${PYTHON:-python3 /usr/bin/python3}; do
    "$python" -c "import sqlite3; sqlite3.Connection.enable_load_extension; $1" 2>/dev/null && return
  done
  skip "$2"
}
# The package as the wheel has it: unpack_wheel MODULE FOLDER
unpack_wheel() {
  rm -rf "$2"
  mkdir -p "$2/wheel"
  "$python" "$project/ext/packaging/python/make_wheel.py" 0.0.0 "$2" "$1" >/dev/null
  "$python" -m zipfile -e "$2"/*.whl "$2/wheel"
}
