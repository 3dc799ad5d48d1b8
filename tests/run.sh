#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Closes with ctest's own summary.
#
#   SUBJREC_LANGUAGES=install    tests also the languages of examples/ that npm has to bring
#   SUBJREC_LONG_TESTS=<minutes> and what takes more than a minute; see also tests/long.sh
#   SUBJREC_TEST_DPKG=1          and the Debian package, by installing and removing it
set -euo pipefail
cd "$(dirname "$0")/.."
./examples/install_dependencies.sh tests
cmake --preset release -DSUBJREC_TESTS=ON
cmake --build --preset release
ctest --preset release
