#!/usr/bin/env bash
# Line and branch coverage of ext/ by the tests: a summary for each file, and the lines that no test
# runs. Needs gcovr. Fails below 95 % of the lines, and where a file has more lines that no test runs
# than tests/UNCOVERED.md gives reasons for.
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
  cmake --build --preset coverage --target core_tests sqlite_tests fault_tests differential_tests \
    fuzz_sql fuzz_shadow fuzz_snapshot fuzz_options
  find build/coverage -name '*.gcda' -delete
  ctest --preset coverage -E '_NOT_BUILT|Kill|^example|^explorer_|Faults.Files|Faults.Interrupts' ||
    echo "some tests failed; what they ran is counted"
fi
files=build/coverage/files.csv
gcovr --root . --filter 'ext/' --object-directory build/coverage --exclude-throw-branches \
  --exclude-unreachable-branches --print-summary --sort-uncovered -j 2 --fail-under-line 95 \
  --txt --csv "$files" "${@:2}" build/coverage | tee build/coverage/report.txt

# Uncovered lines by file: those listed, and those counted.
awk -F '[|]' '/^\| `ext/ { gsub(/[ `]/, "", $2); print $2 "," $3 + 0 }' tests/UNCOVERED.md |
  awk -F , '
    NR == FNR { listed[$1] += $2; next }
    $1 ~ /^ext/ && $2 - $3 > listed[$1] {
      printf "%s: no test runs %d lines, and tests/UNCOVERED.md lists %d\n", $1, $2 - $3, listed[$1]
      bad = 1
    }
    { counted[$1] = $2 - $3 }
    END {
      for (file in listed) if (listed[file] > counted[file])
        printf "%s: tests/UNCOVERED.md lists %d lines, and %d are left\n", file, listed[file], counted[file]
      exit bad
    }' - "$files"
echo "counted: coverage of ext/: $(sed -n 's/^lines: \([0-9.]*%\).*/\1 of the lines/p' \
  build/coverage/report.txt), $(sed -n 's/^branches: \([0-9.]*%\).*/\1 of the branches/p' \
  build/coverage/report.txt)"
