-- Reads a snapshot of a catalogue into tables:  sqlite3 works.db < sql/import.sql
--
-- A snapshot is a file with one work per line, as JSON, gzipped or not. To read another than the
-- small one that comes along:
--
--   sqlite3 works.db -cmd ".parameter set @snapshot 'works.json.gz'" < sql/import.sql
--
-- It makes the tables works (work_id, title ...), subjects (subject_id, label ...) and work_subjects
-- (work_id, subject_id), and everything else works with these. Running it again, or with a newer
-- snapshot, brings the tables up to date.
.bail on
.load ./build/release/subjrec

SELECT subjrec_import(coalesce(@snapshot, 'examples/catalogue.ndjson.gz')) AS summary;

-- What was read. Works without subjects can be given some, but nothing can be learned from them.
.mode box --wordwrap on --wrap 70
SELECT (SELECT count(*) FROM works)                           AS works,
       (SELECT count(*) FROM subjects)                        AS subjects,
       (SELECT count(*) FROM work_subjects)                   AS pairs,
       (SELECT count(DISTINCT work_id) FROM work_subjects)    AS works_with_subjects;

-- The commonest subjects.
SELECT label, count(*) AS works
FROM work_subjects JOIN subjects USING (subject_id)
GROUP BY subject_id
ORDER BY works DESC, label
LIMIT 10;
