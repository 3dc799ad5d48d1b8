# What a build for another system has to compute to the byte as this one does: digests of models of every algorithm, a
# map, lists and metrics. Read by the scripts beside it.
# shellcheck shell=bash

# The SQL, for the sqlite3 shell: same_bytes_sql MODULE
# Numbers as whole ones: SQLite's decimals come by way of long double, which differs.
same_bytes_sql() {
  cat <<SQL
.bail on
.load $1
CREATE TABLE pairs AS SELECT work_id, subject_id FROM work_subjects
  WHERE work_id IN (SELECT DISTINCT work_id FROM work_subjects ORDER BY 1 LIMIT 1000);
SELECT algorithm, json_extract(subjrec_train('m_' || algorithm, 'pairs', json_object(
    'algorithm', algorithm, 'embedding_dim', 24, 'epochs', 3, 'threads', 1)), '$.digest')
FROM (SELECT 'bce' AS algorithm UNION ALL SELECT 'composed' UNION ALL SELECT 'ials' UNION ALL SELECT 'ease');
SELECT 'map', subjrec_map('m_composed', 'subject', json_object('epochs', 20, 'threads', 1)) IS NOT NULL;
SELECT group_concat(id || ' ' || CAST(x * 1099511627776.0 AS INTEGER) || ' ' || CAST(y * 1099511627776.0 AS INTEGER)) FROM (SELECT * FROM m_composed_map ORDER BY id);
SELECT group_concat(work_id || ' ' || subject_id || ' ' || CAST(score * 1099511627776.0 AS INTEGER) || ' ' || CAST(probability * 4503599627370496.0 AS INTEGER))
FROM (SELECT DISTINCT work_id FROM pairs ORDER BY 1 LIMIT 100) AS w JOIN subjrec_topk('m_composed', w.work_id, 10, 'new');
SELECT metric, CAST(value * 1099511627776.0 AS INTEGER) FROM subjrec_evaluate('m_ials', 'SELECT * FROM pairs LIMIT 300', json_object('threads', 1));
SELECT 'end';
SQL
}

# Fails unless both files are the same, to the last row: same_bytes NAME FOLDER, which has `here` and `NAME`.
same_bytes() {
  grep -qx end "$2/here"
  cmp "$2/here" "$2/$1"
  echo "$1 computes the same $(wc -c <"$2/here") bytes: $(grep -c . "$2/here") rows, $(sed -n '1,4s/|.*//p' "$2/here" | tr '\n' ' ')"
}
