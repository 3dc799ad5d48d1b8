#!/usr/bin/env bash
# The desk's tests in Python: run_tests.sh <subjrec.so> <folder for what they make>.
# Says in one line what is missing, and leaves with 77, where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/find_python.sh"
mkdir -p "$2"
export SUBJREC_MODULE=$1 DESK_FOLDER=$2 PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "$python" -W error::ResourceWarning -m unittest discover -p '*_test.py'
