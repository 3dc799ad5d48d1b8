#!/usr/bin/env bash
# What replicas and read-only servers do: read_only.sh MODULE FOLDER
set -euo pipefail
command -v sqlite3 >/dev/null || { echo "SKIP: the sqlite3 shell is not installed"; exit 77; }
module=$1 folder=$2
rm -rf "$folder"
mkdir -p "$folder"
fail() {
  echo "$*" >&2
  exit 1
}
ask() {
  sqlite3 -batch -bail "$@"
}

ask "$folder/one.db" ".load $module" "SELECT subjrec_import('examples/catalogue.ndjson.gz')" \
  "CREATE VIRTUAL TABLE rec USING subjrec(source='work_subjects', seed=7)" >/dev/null
cp "$folder/one.db" "$folder/two.db"
for copy in one two; do
  ask "$folder/$copy.db" ".load $module" "INSERT INTO rec(rec) VALUES('train')"
  ask "$folder/$copy.db" "SELECT * FROM rec_works" "SELECT * FROM rec_subjects" >"$folder/$copy.rows"
  ask "$folder/$copy.db" "SELECT value FROM rec_config WHERE key = 'digest'" >"$folder/$copy.digest"
done
cmp "$folder/one.rows" "$folder/two.rows" || fail "two copies trained apart differ"
[ -s "$folder/one.digest" ] || fail "there is no digest in rec_config"
cmp "$folder/one.digest" "$folder/two.digest" || fail "their digests differ"

# The entry point without files, on a file that nobody may write.
chmod a-w "$folder/one.db"
answer() {
  ask "file:$folder/one.db?mode=ro" ".load $module sqlite3_subjrec_nofiles_init" "$1"
}
[ "$(answer "SELECT count(*) FROM subjrec_topk('rec', 'cex557h4', 10, 'new') JOIN subjects USING (subject_id)")" = 10 ] ||
  fail "a read-only database does not answer"
[ "$(answer "SELECT count(*) FROM subjrec_similar('rec', 'work', 'cex557h4', 10) JOIN works ON work_id = id")" = 10 ] ||
  fail "a read-only database does not find similar works"
refuses() {
  local message
  message=$(answer "$1" 2>&1) && fail "$1 is not refused"
  [[ $message = *"$2"* ]] || fail "$1 is refused with: $message"
}
refuses "SELECT subjrec_train('rec')" 'database "main" is read-only'
refuses "SELECT subjrec_import('examples/catalogue.ndjson.gz')" 'no such function'
