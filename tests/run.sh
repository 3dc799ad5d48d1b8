#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Closes with ctest's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release
cmake --build --preset release
ctest --preset release
