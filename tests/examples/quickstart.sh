#!/usr/bin/env bash
# What the quickstart prints, and where: quickstart.sh MODULE FOLDER
#
# It runs in a copy whose cmake is a stub that "builds" by copying MODULE, so that this takes seconds.
# tests/fresh.sh runs the real one.
set -euo pipefail
module=$1 folder=$2
command -v sqlite3 >/dev/null || { echo "SKIP: the sqlite3 shell is not installed"; exit 77; }
rm -rf "$folder"
mkdir -p "$folder/clone/examples" "$folder/bin"
cp examples/quickstart.sh examples/catalogue.ndjson.gz "$folder/clone/examples/"
echo '#!/bin/sh' >"$folder/clone/examples/install_dependencies.sh"
cat >"$folder/bin/cmake" <<EOF
#!/usr/bin/env bash
[ "\$1" = --build ] || exit 0
for step in 1 2 3; do echo "[\$step/3] Building CXX object ext/CMakeFiles/part_\$step.cc.o"; done
[ -z "\${SUBJREC_TEST_FAILS:-}" ] || { echo "part_4.cc: error: no"; exit 1; }
mkdir -p build/release && cp "$module" build/release/
EOF
chmod +x "$folder/bin/cmake" "$folder/clone/examples/install_dependencies.sh"
export PATH=$folder/bin:$PATH LC_ALL=C.UTF-8

fail() {
  cat "$folder"/printed*
  echo "$*" >&2
  exit 1
}
quickstart() { (cd / && "$folder/clone/examples/quickstart.sh"); }
printed() { grep -q "$@" "$folder/printed"; }

# Sentences and a table, and no JSON.
quickstart >"$folder/printed" 2>&1 || fail "the quickstart failed"
printed -xF 'Imported 2,000 works, 694 subjects and 6,865 pairs of a work and its subject. 99 works carry no subject.' ||
  fail "no sentence on the import"
printed -xE 'Trained the model "rec" on 1,901 works and 694 subjects in [0-9.]+ seconds\.' ||
  fail "no sentence on the training"
printed 'Honey; Bee culture' && printed 'Beehives; Beekeepers' || fail "no table of works"
! printed '[{}]' || fail "there is JSON among it"
! printed Warning || fail "it warns of nothing"
[ "$(grep -c '^\[./3\] Building' "$folder/clone/build/quickstart.log")" = 3 ] || fail "the log lacks steps"

# The steps of a build, where the output is a terminal.
if command -v script >/dev/null; then
  script -qec "$folder/clone/examples/quickstart.sh" /dev/null </dev/null >"$folder/printed" 2>&1 ||
    fail "the quickstart failed on a terminal"
  printed -F '[2/3] part_2.cc.o' || fail "no steps on a terminal"
fi

# The warnings of a summary. The stub of the shell puts some into that of the training.
real=$(command -v sqlite3)
cat >"$folder/bin/sqlite3" <<EOF
#!/bin/sh
sed "s/(SELECT subjrec_train('rec'.*/(SELECT '{\"model\": \"rec\", \"warnings\": [\"few works\", \"it''s odd\"]}')/" |
  "$real" "\$@"
EOF
chmod +x "$folder/bin/sqlite3"
quickstart >"$folder/printed" 2>&1 || fail "the quickstart failed"
printed -x 'Warning: few works' && printed -x "Warning: it's odd" || fail "a warning of the training is not told"

# A build that fails says why.
! SUBJREC_TEST_FAILS=1 quickstart >"$folder/printed" 2>&1 || fail "a build that fails is not noticed"
printed -F 'part_4.cc: error: no' && printed -F 'its whole output is in build/quickstart.log' ||
  fail "a build that fails is not shown"
