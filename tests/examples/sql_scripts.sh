#!/usr/bin/env bash
# Runs the scripts of sql/ in the sqlite3 shell as their comments say: sql_scripts.sh MODULE FOLDER
set -euo pipefail
command -v sqlite3 >/dev/null || { echo "SKIP: the sqlite3 shell is not installed"; exit 77; }
module=$1 folder=$2
source=$(pwd)
rm -rf "$folder"
mkdir -p "$folder/build/release"
ln -s "$module" "$folder/build/release/subjrec.so"
ln -s "$source/sql" "$source/examples" "$folder"
cd "$folder"

fail() {
  echo "$*" >&2
  exit 1
}
# Runs a script, and looks for what its output must have.
run() {
  local script=$1
  shift
  sqlite3 -batch works.db <"sql/$script.sql" >"$script.out" 2>&1 ||
    { cat "$script.out"; fail "sql/$script.sql failed"; }
  for wanted in "$@"; do
    grep -qE -- "$wanted" "$script.out" ||
      { cat "$script.out"; fail "sql/$script.sql printed nothing like $wanted"; }
  done
}

run import '"works":2000' '│ 2000 '
run import '"works":2000' '│ 2000 '   # again: brings up to date, doubles nothing
run train '"model":"rec"' '│ 1 ' embedding_dim
run recommend 'bee-master of Wensleydale' '│ 10 '
run similar 'bee-master of Wensleydale' '│ 8 ' Bee
run notebook '│ 1901 ' 'subjects │ 694 +│ 10 ' '│ Swarming ' '│ ndcg@10 +│ 0.1[0-9]+ +│ 0.1[89][0-9]* +│ 0.4'
for picture in loss log_loss map; do
  grep -q '</svg>' notebook_$picture.svg || fail "sql/notebook.sql left no notebook_$picture.svg"
done
run evaluate 'recall@10' 'ndcg@10' 'mrr@10' '│ 0.25 ' '│ 1 '
run features 'title +│ 1697 ' '"features":1953' 'virtues of plants' '│ 1 +│ Medicinal plants'
run tune '│ 4 of 4 │ 1024 ' '│ 5 of 5 │ 80 ' '│ #{15}' '"model":"tuned"'
finished=$(sqlite3 works.db 'SELECT sum(seconds) FROM trials')
run tune '│ 4 of 4 │ 1024 ' '│ 5 of 5 │ 80 '   # again: every run is kept
[ "$finished" = "$(sqlite3 works.db 'SELECT sum(seconds) FROM trials')" ] || fail "sql/tune.sql trained again"
[ "$(wc -l <tune_runs.csv)" = 10 ] && [ "$(wc -l <tune_epochs.csv)" = 541 ] || fail "sql/tune.sql left other plot data"
grep -q '</svg>' tune_best.svg || fail "sql/tune.sql left no plot"

# Each script of the folder is among these.
for script in sql/*.sql; do
  [ -f "$(basename "$script" .sql).out" ] || fail "$script is run by no test"
done

# Parameters, as the comments say.
printed=$(sqlite3 -batch works.db -cmd ".parameter set @work 'e4kcyz8d'" <sql/recommend.sql)
[[ $printed = *"journal of the plague"* ]] || fail "sql/recommend.sql ignores @work"
printed=$(sqlite3 -batch works.db -cmd ".parameter set @work 'e4kcyz8d'" \
  -cmd ".parameter set @label Quarantine" <sql/similar.sql)
[[ $printed = *"journal of the plague"*Quarantine* ]] || fail "sql/similar.sql ignores its parameters"
