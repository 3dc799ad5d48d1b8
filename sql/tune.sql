-- How do the length of training, the batch size and the size of the embedding change the loss, and the
-- quality of what is recommended?  sqlite3 works.db < sql/tune.sql
--
-- These are exercises 1 and 2 of the tutorial notebook, "Building a recommender system for subjects".
-- Every combination of a grid is trained on nine tenths of the works' subjects and evaluated on the
-- others, after each epoch. Runs that are finished are kept in the table trials: stop the script when
-- you like (Ctrl-C), and the next time it goes on from there. DROP TABLE trials begins anew.
--
-- It leaves files to plot from, and one plot: tune_runs.csv, tune_epochs.csv, tune_best.svg.
.bail on
.load ./build/release/subjrec
.mode box

-- Exercise 1: train for longer, and with another batch size. The notebook's learning rate of 0.001 is
-- for a catalogue with thousands of batches in an epoch; 0.03 moves a small one, too. With "patience"
-- 0 a run goes on when it has not become better for a while, so that the whole curve can be seen.
SELECT run || ' of ' || runs AS run, options ->> 'batch_size' AS batch_size, best_epoch,
       printf('%.4f', loss) AS loss, printf('%.4f', validation_loss) AS validation_loss,
       printf('%.3f', recall) AS "recall@10", printf('%.3f', ndcg) AS "ndcg@10"
FROM subjrec_tune('work_subjects',
                  '{"recipe": "notebook", "learning_rate": 0.03, "epochs": 60, "patience": 0,
                    "batch_size": [64, 256, 512, 1024]}',
                  '{"results": "trials"}');

-- Exercise 2: change the size of the embedding, with the batches that do best above.
SELECT run || ' of ' || runs AS run, options ->> 'embedding_dim' AS embedding_dim, best_epoch,
       printf('%.4f', loss) AS loss, printf('%.4f', validation_loss) AS validation_loss,
       printf('%.3f', recall) AS "recall@10", printf('%.3f', ndcg) AS "ndcg@10"
FROM subjrec_tune('work_subjects',
                  '{"recipe": "notebook", "learning_rate": 0.03, "epochs": 60, "patience": 0,
                    "batch_size": 64, "embedding_dim": [5, 10, 20, 40, 80]}',
                  '{"results": "trials"}');

-- Every epoch of every run: history is a JSON array. The loss of training is a mean over the works of
-- a batch and the subjects that these carry, of which a larger batch has more; so it cannot be compared
-- between batch sizes. The validation loss, over all subjects, can.
DROP VIEW IF EXISTS trial_epochs;
CREATE VIEW trial_epochs AS
  SELECT options ->> 'batch_size' AS batch_size, coalesce(options ->> 'embedding_dim', 10) AS embedding_dim,
         CASE WHEN options ->> 'embedding_dim' IS NULL THEN 1 ELSE 2 END AS exercise,
         e.value ->> 'epoch' AS epoch, e.value ->> 'loss' AS loss,
         e.value ->> 'validation_loss' AS validation_loss,
         e.value ->> 'recall@10' AS recall, e.value ->> 'ndcg@10' AS ndcg
  FROM trials, json_each(trials.history) AS e
  WHERE options ->> 'recipe' = 'notebook';

-- Longer training, by batch size: the loss falls from the start, the quality rises much later. It is the
-- steps that count, one for each batch: smaller batches are more of them.
SELECT batch_size, epoch, printf('%.4f', loss) AS loss, printf('%.4f', validation_loss) AS validation_loss,
       printf('%.3f', ndcg) AS "ndcg@10", printf('%.*c', 100 * ndcg, '#') AS ' '
FROM trial_epochs
WHERE exercise = 1 AND epoch IN (1, 10, 20, 40, 60)
ORDER BY batch_size, epoch;

-- And by size of the embedding: the largest learns its works by heart. Its loss is the lowest, and what
-- it recommends is no better for it.
SELECT embedding_dim, epoch, printf('%.4f', loss) AS loss, printf('%.4f', validation_loss) AS validation_loss,
       printf('%.3f', ndcg) AS "ndcg@10", printf('%.*c', 100 * ndcg, '#') AS ' '
FROM trial_epochs
WHERE exercise = 2 AND epoch IN (1, 10, 20, 40, 60)
ORDER BY embedding_dim, epoch;

-- The data for plots: a row a run, and a row an epoch.
.mode csv
.headers on
.once tune_runs.csv
SELECT options ->> 'batch_size' AS batch_size, coalesce(options ->> 'embedding_dim', 10) AS embedding_dim,
       best_epoch, loss, validation_loss, recall, ndcg, seconds
FROM trials WHERE options ->> 'recipe' = 'notebook' ORDER BY 1, 2;
.once tune_epochs.csv
SELECT * FROM trial_epochs ORDER BY exercise, batch_size, embedding_dim, epoch;
.mode box

-- Models of trials are not kept. The best is made by training it again: its options can be passed on
-- as they are. With "validation" the model is that of the best epoch, and has its curves beside it.
SELECT subjrec_train('tuned', 'work_subjects', json_set(options, '$.validation', 0.1)) AS summary
FROM trials WHERE options ->> 'recipe' = 'notebook' ORDER BY ndcg DESC LIMIT 1;
SELECT writefile('tune_best.svg', subjrec_plot('tuned', 'loss')) AS bytes_of_tune_best_svg;
