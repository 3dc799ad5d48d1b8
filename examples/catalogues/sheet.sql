-- From temp.sheet (id, title, subjects) to the tables that subjrec_import would make.
CREATE TABLE IF NOT EXISTS works(work_id TEXT NOT NULL, title TEXT, work_type TEXT, production_date TEXT,
  alternative_titles TEXT, PRIMARY KEY (work_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subjects(subject_id TEXT NOT NULL, label TEXT, type TEXT,
  PRIMARY KEY (subject_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS work_subjects(work_id TEXT NOT NULL, subject_id TEXT NOT NULL,
  PRIMARY KEY (work_id, subject_id)) WITHOUT ROWID;

-- One cell at a time, cut at each "|".
CREATE TEMP TABLE cells AS
WITH RECURSIVE cut(id, subject, rest) AS (
  SELECT id, NULL, subjects || '|' FROM temp.sheet
  UNION ALL
  SELECT id, trim(substr(rest, 1, instr(rest, '|') - 1)), substr(rest, instr(rest, '|') + 1)
  FROM cut WHERE rest <> '')
SELECT DISTINCT id AS work_id, subject AS subject_id FROM cut WHERE subject <> '';

INSERT INTO works(work_id, title) SELECT id, title FROM temp.sheet WHERE id <> ''
  ON CONFLICT (work_id) DO UPDATE SET title = excluded.title;
INSERT OR IGNORE INTO subjects(subject_id, label) SELECT DISTINCT subject_id, subject_id FROM cells;
DELETE FROM work_subjects WHERE work_id IN (SELECT id FROM temp.sheet);
INSERT INTO work_subjects SELECT work_id, subject_id FROM cells WHERE work_id <> '' ORDER BY 1, 2;
