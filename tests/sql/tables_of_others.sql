-- A table of the user's has the name that a model would need.
CREATE TABLE tags(work_id, subject_id);
INSERT INTO tags VALUES (1, 'a'), (1, 'b'), (2, 'a'), (2, 'b'), (3, 'b'), (3, 'c');
CREATE TABLE app_config(setting, value);
INSERT INTO app_config VALUES ('colour', 'blue');

-- Training says which table is in the way, and touches nothing.
SELECT subjrec_train('app', 'tags');
SELECT * FROM app_config;
SELECT count(*) FROM sqlite_schema WHERE name LIKE 'app%';
--> error: subjrec_train: ...
--> colour|blue
--> 1

-- A model that is renamed onto taken names stays what it was.
SELECT length(subjrec_train('rec', 'tags', '{"algorithm": "popularity"}')) > 0;
ALTER TABLE rec RENAME TO app;
SELECT count(*) FROM rec WHERE work_id = 1;
SELECT value FROM app_config;
--> 1
--> error: ...
--> 3
--> blue

-- Dropping a model drops its own tables alone.
CREATE TABLE rec_notes(note);
DROP TABLE rec;
SELECT name FROM sqlite_schema WHERE name LIKE 'rec%' ORDER BY name;
--> rec_notes

-- An import refuses a table of another shape, with its name.
CREATE TABLE works(isbn PRIMARY KEY, author);
SELECT subjrec_import('examples/catalogue.ndjson.gz');
SELECT count(*) FROM sqlite_schema WHERE name IN ('subjects', 'work_subjects');
--> error: subjrec_import: main.works is not a table that an import can fill: ...
--> 0
