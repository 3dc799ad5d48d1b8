#!/usr/bin/env bash
# From nothing to recommended subjects:
#
#   examples/quickstart.sh [SNAPSHOT [DATABASE]]
#
# Installs what is missing, builds the extension, imports a snapshot of a catalogue (without one, the
# small catalogue beside this script), trains a model and prints subjects that it recommends. The
# database is build/works.db unless another is named. A second run uses what the first one built.
set -euo pipefail
here=$(pwd)
cd "$(dirname "$0")/.."
absolute() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }
snapshot=$(absolute "${1:-$PWD/examples/catalogue.ndjson.gz}")
database=$(absolute "${2:-$PWD/build/works.db}")
if [ ! -r "$snapshot" ]; then
  echo "There is no file $snapshot to read. Name a snapshot, such as works.json.gz, or none." >&2
  exit 1
fi

./examples/install_dependencies.sh
echo "Building (the first time takes a few minutes)"
mkdir -p build
log=build/quickstart.log
{ cmake --preset release -DSUBJREC_TESTS=OFF && cmake --build --preset release; } >"$log" 2>&1 ||
  { tail -n 30 "$log" >&2; echo "The build failed; all of its words are in $log" >&2; exit 1; }

quoted=${snapshot//\'/\'\'}
echo "Importing $snapshot and training"
sqlite3 -batch -bail "$database" <<SQL
.load ./build/release/subjrec
.mode list
SELECT subjrec_import('$quoted', '{"progress": true}');
SELECT subjrec_train('rec', 'work_subjects', '{"progress": true}');

-- Works to show: the best-known one of the small catalogue where it is there, and two others with
-- several subjects each.
CREATE TEMP TABLE shown AS
  SELECT work_id FROM work_subjects WHERE work_id IN ('cex557h4', 'e4kcyz8d') GROUP BY work_id
  UNION
  SELECT * FROM (SELECT work_id FROM work_subjects GROUP BY work_id
                 HAVING count(*) BETWEEN 3 AND 5 ORDER BY work_id LIMIT 1);
SELECT '';
.mode box --wordwrap on --wrap 60
SELECT title AS work,
       (SELECT group_concat(label, '; ') FROM work_subjects JOIN subjects USING (subject_id)
        WHERE work_subjects.work_id = works.work_id) AS carries,
       (SELECT group_concat(label, '; ')
        FROM subjrec_topk('rec', works.work_id, 6, 'new') JOIN subjects USING (subject_id))
         AS recommended
FROM shown JOIN works USING (work_id);
SQL

shown=${database#"$PWD/"}
cat <<EOF

Next, type

  sqlite3 $shown
  .load ./build/release/subjrec
  SELECT rank, label, score
  FROM subjrec_topk('rec', 'cex557h4', 10, 'new') JOIN subjects USING (subject_id);

with the id of any work (SELECT work_id, title FROM works WHERE title LIKE '%bee%'), or run one of
the scripts in sql/, such as: sqlite3 $shown < sql/similar.sql
EOF
