-- A table with an id of its own: the columns are known by their names, wherever they stand.
CREATE TABLE taggings(id INTEGER PRIMARY KEY, subject_id, work_id);
INSERT INTO taggings(work_id, subject_id)
VALUES ('w1', 'a'), ('w1', 'b'), ('w2', 'a'), ('w2', 'b'), ('w3', 'a');
SELECT s ->> 'works', s ->> 'subjects' FROM (SELECT subjrec_train('m', 'taggings', '{"algorithm": "popularity"}') AS s);
--> 3|2

-- Names that say nothing, and an id in front: refused, with what to type.
CREATE TABLE t(id INTEGER PRIMARY KEY, x, y);
INSERT INTO t(x, y) VALUES ('w1', 'a'), ('w1', 'b'), ('w2', 'a');
SELECT subjrec_train('n', 't');
--> error: subjrec_train: ...

-- A weight of 0 or NULL is no pair.
CREATE TABLE weighted(work_id, subject_id, weight);
INSERT INTO weighted VALUES ('w1', 'a', 1), ('w1', 'b', 0), ('w2', 'a', NULL), ('w2', 'b', 2.5);
SELECT s ->> 'interactions', s ->> 'weightless'
FROM (SELECT subjrec_train('w', 'weighted', '{"algorithm": "popularity"}') AS s);
--> 2|2

-- A weight below 0 is an error that names the row.
INSERT INTO weighted VALUES ('w3', 'a', -1);
SELECT subjrec_train('w', 'weighted', '{"algorithm": "popularity"}');
--> error: subjrec_train: row 5 of the source: ...

-- Ids stay what they are: a number is not a text.
CREATE TABLE numbers(work_id, subject_id);
INSERT INTO numbers VALUES (1, 10), (1, 20), ('1', 10), (2, 10), (2, 20);
SELECT s ->> 'works' FROM (SELECT subjrec_train('k', 'numbers', '{"algorithm": "popularity"}') AS s);
SELECT typeof(work_id), typeof(subject_id) FROM k WHERE work_id = 1 LIMIT 1;
--> 3
--> integer|integer

-- Nothing to learn from is no success.
SELECT subjrec_train('e', 'SELECT 1, 2 WHERE false');
--> error: subjrec_train: ...

-- What is not named stays as it is remembered, and the summary says so.
SELECT length(subjrec_train('k', 'numbers', '{"algorithm": "popularity", "validation": 0}')) > 0;
SELECT s -> 'options_remembered' ->> 'algorithm' FROM (SELECT subjrec_train('k') AS s);
--> 1
--> popularity
