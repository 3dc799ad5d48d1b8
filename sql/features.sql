-- What else is known of works and of subjects, as features:  sqlite3 works.db < sql/features.sql
--
-- A model that is told the words of a title, the contributors, the genres and the languages has
-- something to go by for works with few subjects, or none. It is trained with the subjects: how much
-- each word says, and of what, is learned. This script makes two tables out of what an import left
-- (sql/import.sql), and trains with them:
--
--   known_of_works (work_id, feature_id, weight)        title words, contributors, genres ...
--   known_of_subjects (subject_id, feature_id, weight)  words of labels, types
--
-- They are ordinary tables: any other source of (id, feature, weight) rows can be added.
.bail on
.load ./build/release/subjrec

BEGIN;
DROP TABLE IF EXISTS known_of_works;
DROP TABLE IF EXISTS known_of_subjects;

-- FTS5 cuts texts into words: lower case, without accents. It numbers its documents, so the works are
-- numbered first. The index is needed for its vocabulary alone, and goes when the shell does.
CREATE TEMP TABLE numbered_works (n INTEGER PRIMARY KEY, work_id UNIQUE);
INSERT INTO numbered_works SELECT row_number() OVER (ORDER BY work_id), work_id FROM works WHERE title IS NOT NULL;
CREATE VIRTUAL TABLE temp.titles USING fts5(title, content='', tokenize='unicode61 remove_diacritics 2');
INSERT INTO titles(rowid, title) SELECT n, title FROM numbered_works JOIN works USING (work_id);
CREATE VIRTUAL TABLE temp.title_words USING fts5vocab(temp, titles, instance);

-- A word counts once for a work. A word on one work teaches nothing that holds for others: the option
-- min_feature_works (2 where it is not given) leaves it out.
CREATE TABLE known_of_works AS
  SELECT work_id, 'title:' || term AS feature_id, 1.0 AS weight
  FROM title_words JOIN numbered_works ON doc = n
  GROUP BY work_id, term
  UNION ALL
  SELECT work_id, feature_id, 1.0 FROM work_features;

-- The same with the words of the subjects' labels. Subjects with a word in common learn together,
-- and so do those of a type: a help to rare ones.
CREATE TEMP TABLE numbered_subjects (n INTEGER PRIMARY KEY, subject_id UNIQUE);
INSERT INTO numbered_subjects SELECT row_number() OVER (ORDER BY subject_id), subject_id FROM subjects WHERE label IS NOT NULL;
CREATE VIRTUAL TABLE temp.labels USING fts5(label, content='', tokenize='unicode61 remove_diacritics 2');
INSERT INTO labels(rowid, label) SELECT n, label FROM numbered_subjects JOIN subjects USING (subject_id);
CREATE VIRTUAL TABLE temp.label_words USING fts5vocab(temp, labels, instance);

CREATE TABLE known_of_subjects AS
  SELECT subject_id, 'label:' || term AS feature_id, 1.0 AS weight
  FROM label_words JOIN numbered_subjects ON doc = n
  GROUP BY subject_id, term
  UNION ALL
  SELECT subject_id, 'type:' || type, 0.3 FROM subjects WHERE type IS NOT NULL;
COMMIT;

.mode box
SELECT substr(feature_id, 1, instr(feature_id, ':') - 1) AS kind,
       count(DISTINCT feature_id) AS features, count(*) AS rows_of_works
FROM known_of_works GROUP BY kind ORDER BY kind;

-- Features of subjects ('subject_features', 'known_of_subjects' beside it) did not help where it was
-- measured: on Project Gutenberg's catalogue rare subjects were found less often with them (0.406 for
-- 0.438 of the rare rows). They are left out here; try them where subjects share words.
SELECT subjrec_train('featured', 'work_subjects', json_object('work_features', 'known_of_works')) AS summary;

-- A work that no one has given a subject yet, by its title and its other features alone: the first
-- of those that have none.
CREATE TEMP TABLE bare AS
  SELECT work_id, title FROM works
  WHERE work_id NOT IN (SELECT work_id FROM work_subjects) AND title IS NOT NULL ORDER BY work_id LIMIT 1;
SELECT title FROM bare;
SELECT rank, label, printf('%.3f', probability) AS probability
FROM subjrec_suggest('featured', '[]', 5,
                     (SELECT json_group_array(feature_id) FROM known_of_works WHERE work_id = (SELECT work_id FROM bare)))
     JOIN subjects USING (subject_id)
ORDER BY rank;
