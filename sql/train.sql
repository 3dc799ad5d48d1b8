-- Trains a model on who carries what:  sqlite3 works.db < sql/train.sql
--
-- The model learns from the table work_subjects alone: which subjects occur together on one work.
-- Every work and every subject gets a short list of numbers, its embedding. Training changes these
-- numbers, little by little, until the embeddings of a work and of its subjects point the same way;
-- then other subjects that point that way suit the work too.
--
-- The model is called rec. It is a table, made by the first training, and DROP TABLE rec removes
-- it. Training again replaces what it learned, in one transaction.
--
-- No method is named, so "auto" takes one, with settings for this many works and subjects. Whether
-- another does better on your catalogue, sql/evaluate.sql and sql/tune.sql tell; sql/notebook.sql
-- shows the tutorial's, and sql/features.sql how to tell the model more.
.bail on
.load ./build/release/subjrec

SELECT subjrec_train('rec', 'work_subjects') AS summary;

-- How training went: an epoch is one pass over all works, and the loss says how wrong the model
-- still was, on average. It should fall, fast at first and then slower.
.mode box
SELECT epoch, printf('%.4f', value) AS loss
FROM rec_history
WHERE metric = 'loss'
ORDER BY epoch;

-- Which settings were used. Any of them can be given as a third argument, such as
--   SELECT subjrec_train('rec', 'work_subjects',
--                        json_object('embedding_dim', 32, 'epochs', 20));
SELECT key AS setting, value
FROM json_each((SELECT value FROM rec_config WHERE key = 'options'));
