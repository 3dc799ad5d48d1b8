-- Three works as one JSON array, a work a line: a comma behind a line loses none.
.once works.json
SELECT '[' || char(10) || group_concat(json_object('id', 'w' || value, 'title', 'Title ' || value, 'subjects',
  json_array(json_object('id', 'h' || value, 'label', 'S' || value, 'concepts',
    json_array(json_object('id', 's' || value, 'label', 'S' || value))))), ',' || char(10)) || char(10) || ']'
FROM generate_series(1, 3);
SELECT s ->> 'works', s ->> 'interactions', s ->> 'warnings' FROM (SELECT subjrec_import('works.json') AS s);
SELECT work_id, subject_id FROM work_subjects;
--> 3|3|[]
--> w1|s1
--> w2|s2
--> w3|s3

-- A shape by paths, with weights.
.once tagged.ndjson
SELECT json_object('n', 7, 'tags', json_array(json_object('t', 'bees', 'w', 0.5), json_object('t', 'honey', 'w', 2)));
ATTACH ':memory:' AS other;
SELECT s ->> 'works' FROM (SELECT subjrec_import('tagged.ndjson',
  '{"schema": "other", "shape": {"work_id": "$.n", "subject_id": "$.tags[*].t", "weight": "$.tags[*].w"}}') AS s);
SELECT * FROM other.work_subjects;
--> 1
--> 7|bees|0.5
--> 7|honey|2.0

-- A shape that no record has: the error has the path, and what the records do have.
SELECT subjrec_import('tagged.ndjson', '{"schema": "other", "shape": {"work_id": "$.n", "subject_id": "$.topics[*].id"}}');
--> error: subjrec_import: 'tagged.ndjson': no record has $.topics[*].id, ...

-- A file that is no JSON is named for what it is.
.once page.html
SELECT '<!DOCTYPE html><html></html>';
SELECT subjrec_import('page.html');
--> error: subjrec_import: 'page.html' is ...

-- A file that is cut off deletes nothing.
.once cut.ndjson
SELECT json_object('id', 'w1', 'title', 'One', 'subjects', json_array()) || char(10) || '{"id": "w2", "ti';
SELECT subjrec_import('cut.ndjson', '{"missing": "delete"}');
SELECT count(*) FROM works;
--> error: subjrec_import: ...
--> 3
