#!/usr/bin/env bash
# A short list of tests under valgrind's memcheck: no invalid access, no decision on what is not
# set, no block lost. Needs a release build and valgrind. Nothing is suppressed.
#
#   tests/valgrind.sh            some minutes
#   tests/valgrind.sh 'TopK*'    others, by a filter of GoogleTest for both programs
#
# valgrind 3.19 knows no AVX-512: what runs is the code for AVX2, and the plain one. Nor does it have
# long double, with which SQLite writes numbers, so tests that compare their last digits fail there.
set -euo pipefail
cd "$(dirname "$0")/.."
core='Random.*:Id*.*:HoldOut*.*:Gemm.Takes*:MapOptions.*:ByteSource.S*:ByteSource.Names*:Catalogue.*:
RecordSplitter.*:RecordParser.*:SnapshotReader.*:BestKeys.*:Ranking.*:BatchBuilder.*:Platt.*:Axis.*:
LossPlot.*:Text.*:Explorer.*:LeftOut.*:PriorVectors.*:ThreadTeam.*:ReadAhead.*:LeastSquaresSolver.*'
sqlite='CandidateLists.*:Evaluate.*:Load.*:MapPlot.*:Import.*:ModelTable*.*:OutliersOf.*:PriorsSql.*:
Similar.*:Storage.*:TopK.*:Train.*:UpdateOf.*:Algorithms/Update.*:Algorithms/Explain.*:
Algorithms/Stored.*'
for program in core_tests sqlite_tests; do
  if [ "$program" = core_tests ]; then filter=$core; else filter=$sqlite; fi
  report=build/release/valgrind-$program.txt
  valgrind --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
    --log-file="$report" "build/release/tests/$program" --gtest_brief=1 \
    --gtest_filter="${1:-${filter//[$'\n']/}}" | tee "$report.out" || { cat "$report"; exit 1; }
  echo "counted: valgrind, $program: $(sed -n 's/^\[=*\] \([0-9]*\) tests.*/\1/p' "$report.out") tests," \
    "$(sed -n 's/.*ERROR SUMMARY: \([0-9]* errors\).*/\1/p' "$report")"
done
