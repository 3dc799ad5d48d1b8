#!/usr/bin/env bash
# examples/distributed with two worker processes and four shards: distributed.sh MODULE FOLDER
set -euo pipefail
module=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
for python in ${PYTHON:-python3 /usr/bin/python3}; do
  "$python" -c 'import distributed' 2>/dev/null && break
  python=
done
if [ -z "$python" ]; then
  echo "SKIP: no Python here has distributed (examples/install_dependencies.sh distributed)"
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder"
PYTHONPATH=$PWD/examples/distributed exec "$python" "$here/distributed_test.py" "$module" "$folder"
