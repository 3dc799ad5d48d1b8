#!/usr/bin/env bash
# Line and branch coverage of ext/ by the tests: a summary for each file, and the lines that no test
# runs. Needs gcovr.
#
#   tests/coverage.sh           builds, runs, reports
#   tests/coverage.sh report    reports what the last run counted
#
# Of a .inc file that is compiled once for each instruction set, a line counts where any copy runs.
# Branches leave out those that only an exception takes.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" != report ]; then
  cmake --preset coverage
  cmake --build --preset coverage --target \
    core_tests face_tests fault_tests fuzz_sql fuzz_shadow fuzz_snapshot fuzz_options
  find build/coverage -name '*.gcda' -delete
  ctest --preset coverage -E '_NOT_BUILT|Kill|Fuzz.twins|^docs|^examples|explorer|Faults.Files|Faults.Interrupts' ||
    echo "some tests failed; what they ran is counted"
fi
gcovr --root . --filter 'ext/' --object-directory build/coverage --exclude-throw-branches \
  --exclude-unreachable-branches --print-summary --sort-uncovered -j 2 "${@:2}" build/coverage
