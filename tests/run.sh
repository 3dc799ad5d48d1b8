#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Closes with ctest's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."
./examples/install_dependencies.sh tests
cmake --preset release -DSUBJREC_TESTS=ON
cmake --build --preset release
ctest --preset release
