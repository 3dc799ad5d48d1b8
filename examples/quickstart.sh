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
mkdir -p build
log=build/quickstart.log

# Shows how far ninja is: on a terminal in one line that is drawn anew, elsewhere every 20 seconds.
# The whole output goes to the log.
show_steps() {
  local line shown=$SECONDS drawn=
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    [[ $line =~ ^\[[0-9]+/[0-9]+\] ]] || continue
    if [ -t 1 ]; then
      printf '\r\033[K  %.78s' "${BASH_REMATCH[0]} ${line##*/}"
      drawn=yes
    elif [ $((SECONDS - shown)) -ge 20 ]; then
      echo "  ${BASH_REMATCH[0]}"
      shown=$SECONDS
    fi
  done
  [ -z "$drawn" ] || printf '\r\033[K'
}
failed() {
  tail -n 30 "$log" >&2
  echo "The build failed; its whole output is in $log" >&2
  exit 1
}
echo "Building (the first time takes a few minutes)"
cmake --preset release -DSUBJREC_TESTS=OFF >"$log" 2>&1 || failed
NINJA_STATUS='[%f/%t] ' cmake --build --preset release 2>&1 | show_steps || failed

quoted=${snapshot//\'/\'\'}
echo "Importing $snapshot and training"
sqlite3 -batch -bail "$database" <<SQL
.load ./build/release/subjrec
.mode list
WITH summary(said) AS MATERIALIZED (SELECT subjrec_import('$quoted', '{"progress": true}'))
SELECT format('Imported %,d works, %,d subjects and %,d pairs of a work and its subject.',
              said ->> 'works', said ->> 'subjects', said ->> 'interactions')
  || iif(said ->> 'works_without_subjects' > 0,
         format(' %,d works carry no subject.', said ->> 'works_without_subjects'), '')
  || iif(said ->> 'lines_not_json' > 0,
         format(' %,d lines were skipped, because they are not JSON.', said ->> 'lines_not_json'), '')
FROM summary
UNION ALL
SELECT 'Warning: ' || value FROM summary, json_each(said, '$.warnings');
WITH summary(said) AS MATERIALIZED (SELECT subjrec_train('rec', 'work_subjects', '{"progress": true}'))
SELECT format('Trained the model "%s" on %,d works and %,d subjects in %.1f seconds.',
              said ->> 'model', said ->> 'works', said ->> 'subjects', said ->> 'seconds')
FROM summary
UNION ALL
SELECT 'Warning: ' || value FROM summary, json_each(said, '$.warnings');

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
