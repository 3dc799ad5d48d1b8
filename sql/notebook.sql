-- Trains as the tutorial notebook does, "Building a recommender system for subjects":
--
--   sqlite3 works.db < sql/notebook.sql
--
-- Ten numbers for a work and for a subject, ten epochs, batches of 512 works, Adam with a learning
-- rate of 0.001. That is too little for good lists: the embeddings hardly leave their random
-- start, on a few thousand works and on two hundred thousand alike. See the loss fall, then compare with sql/train.sql.
.bail on
.load ./build/release/subjrec

-- The same statement as a table: one row per epoch, delivered while training runs.
.mode box
SELECT epoch, printf('%.4f', loss) AS loss
FROM subjrec_train('notebook', 'work_subjects', json_object('recipe', 'notebook'));

-- The same recipe with other values, as the notebook's exercises ask: longer and with longer steps.
SELECT epoch, printf('%.4f', loss) AS loss
FROM subjrec_train('notebook', 'work_subjects',
                   json_object('recipe', 'notebook', 'epochs', 40, 'learning_rate', 0.05))
WHERE epoch % 5 = 0;

-- The notebook's list has the subjects that the work carries already in it: tagged is 1 for these.
SELECT rank, label, printf('%.3f', probability) AS probability, tagged
FROM subjrec_topk('notebook', 'cex557h4', 10) JOIN subjects USING (subject_id)
ORDER BY rank;
