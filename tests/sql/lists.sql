-- Forty works about bees and forty about ships; each group has three subjects of its own.
CREATE TABLE tags(work_id, subject_id);
INSERT INTO tags
  SELECT 'b' || value, json_extract('["bees","honey","hives"]', '$[' || ((value + n) % 3) || ']')
  FROM generate_series(1, 40), (SELECT 0 AS n UNION ALL SELECT 1);
INSERT INTO tags
  SELECT 's' || value, json_extract('["ships","sails","harbours"]', '$[' || ((value + n) % 3) || ']')
  FROM generate_series(1, 40), (SELECT 0 AS n UNION ALL SELECT 1);
SELECT count(*), count(DISTINCT work_id), count(DISTINCT subject_id) FROM tags;
--> 160|80|6

-- Training says what it read.
SELECT s ->> 'works', s ->> 'subjects', s ->> 'interactions'
FROM (SELECT subjrec_train('rec', 'tags', '{"algorithm": "ease"}') AS s);
--> 80|6|160

-- 'new' leaves out what the work carries: what is left of its own group comes first.
SELECT rank, subject_id, tagged FROM subjrec_topk('rec', 'b3', 1, 'new');
--> 1|hives|0

-- 'all' is the whole row of the matrix, best first.
SELECT count(*), sum(tagged) FROM subjrec_topk('rec', 'b3', 10, 'all');
--> 6|2

-- The model is a table: a row of it is a work's list.
SELECT subject_id FROM rec WHERE work_id = 'b3' AND tagged = 0 LIMIT 1;
--> hives

-- What is left out is left out before the best are taken: three come, not one.
SELECT count(*) FROM (SELECT * FROM subjrec_topk('rec', 'b3', 3) WHERE subject_id NOT IN ('bees', 'honey'));
--> 3

-- Either id, by OR: the rows of an ordinary table.
SELECT count(*) FROM rec WHERE work_id = 'b3' OR subject_id = 'bees';
--> 85

-- A work that was never trained: the third of its group is suggested.
SELECT subject_id FROM subjrec_suggest('rec', '["ships","sails"]', 1);
--> harbours

-- An empty list of subjects gives the commonest, not an error.
SELECT count(*) FROM subjrec_suggest('rec', '[]', 3);
--> 3

-- An id that the model does not know is an error that says what to do.
SELECT * FROM subjrec_topk('rec', 'nobody', 3);
--> error: subjrec_topk: model "rec" knows no work 'nobody'; ...

-- In a join it gives no rows, in a LEFT JOIN a row of NULLs.
SELECT count(*) FROM (VALUES ('b3'), ('nobody')) AS w JOIN subjrec_topk('rec', w.column1, 2);
SELECT w.column1, t.rank FROM (VALUES ('nobody')) AS w LEFT JOIN subjrec_topk('rec', w.column1, 2) AS t ON true;
--> 2
--> nobody|NULL

-- A wrong argument says which, what was wanted, and what came.
SELECT * FROM subjrec_topk('rec', 'b3', 'many');
SELECT * FROM subjrec_topk('rec', 'b3', 3, 'old');
SELECT * FROM subjrec_suggest('rec', 'bees', 3);
--> error: subjrec_topk: argument 3 (k) must be ...
--> error: subjrec_topk: argument 4 (which) must be ...
--> error: subjrec_suggest: argument 2 (subjects) must be ...

-- An option that is misspelt names the one that was meant.
SELECT subjrec_train('rec', 'tags', '{"factors": 8}');
--> error: subjrec_train: unknown option "factors"; did you mean "embedding_dim"?
