#!/usr/bin/env bash
# A model's tables go straight into sqlite-vec and numpy: sqlite_vec.sh MODULE FOLDER
set -euo pipefail
module=$1 folder=$2
skip() {
  echo "SKIP: $*"
  exit 77
}
command -v sqlite3 >/dev/null || skip "the sqlite3 shell is not installed"
mkdir -p "$folder"
if [ ! -d "$folder/node_modules/sqlite-vec" ]; then
  [ "${SUBJREC_LANGUAGES:-}" = install ] || skip "sqlite-vec is not installed (SUBJREC_LANGUAGES=install brings it)"
  echo '{"private": true}' >"$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error sqlite-vec) >"$folder/npm.log" 2>&1 ||
    skip "npm could not install sqlite-vec: $(tail -n 1 "$folder/npm.log")"
fi
vec=$(echo "$folder"/node_modules/sqlite-vec-*/vec0.so)
rm -f "$folder/works.db"

sqlite3 -batch -bail "$folder/works.db" >"$folder/printed" <<SQL
.load $module
.load $vec
SELECT 'imported' WHERE subjrec_import('examples/catalogue.ndjson.gz') IS NULL;
SELECT 'trained' WHERE subjrec_train('rec', 'work_subjects', json_object('embedding_dim', 16)) IS NULL;
CREATE VIRTUAL TABLE nearest USING vec0(embedding float[16] distance_metric=cosine);
INSERT INTO nearest(rowid, embedding) SELECT n, embedding FROM rec_subjects;
CREATE TEMP TABLE asked AS SELECT subject_id, embedding FROM rec_subjects ORDER BY works DESC LIMIT 20;
CREATE TEMP TABLE ours AS
  SELECT asked.subject_id AS asked, rank, id FROM asked JOIN subjrec_similar('rec', 'subject', asked.subject_id, 5);
CREATE TEMP TABLE theirs AS
  SELECT asked.subject_id AS asked, row_number() OVER (PARTITION BY asked.subject_id ORDER BY distance) AS rank,
         found.subject_id AS id
  FROM asked JOIN nearest ON nearest.embedding MATCH asked.embedding AND k = 6
       JOIN rec_subjects AS found ON found.n = nearest.rowid
  WHERE found.subject_id <> asked.subject_id;
SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs), count(*)
FROM ours JOIN theirs USING (asked, rank, id);
SQL
[ "$(cat "$folder/printed")" = "100|100|100" ] ||
  { cat "$folder/printed"; echo "sqlite-vec finds other neighbours than subjrec_similar"; exit 1; }
