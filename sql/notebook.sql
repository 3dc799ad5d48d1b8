-- The tutorial notebook, "Building a recommender system for subjects", section by section:
--
--   sqlite3 works.db < sql/notebook.sql
--
-- It wants a catalogue that sql/import.sql has read (section 9.2), and leaves two models, notebook and
-- notebook_longer, and three pictures: notebook_loss.svg, notebook_log_loss.svg, notebook_map.svg.
.bail on
.load ./build/release/subjrec
.mode box

-- 9.1 The interaction matrix. It is never made whole: its ones are the rows of work_subjects.
SELECT count(DISTINCT work_id) AS n_works, count(DISTINCT subject_id) AS n_subjects, count(*) AS ones,
       printf('%.4f %%', 100.0 * count(*) / count(DISTINCT work_id) / count(DISTINCT subject_id)) AS filled
FROM work_subjects;

-- 9.2 The dictionary from a work to its subjects: a work that has none is not trained.
SELECT work_id, json_group_array(subject_id) AS subjects
FROM work_subjects GROUP BY work_id ORDER BY work_id LIMIT 3;

-- 9.3 to 9.5 Two embedding matrices of 10 columns, the sigmoid of their product, binary cross-entropy over
-- a batch of 512 works and the subjects that these carry, Adam with a learning rate of 0.001, 10 epochs:
-- the recipe "notebook". A row per epoch, delivered while training runs.
SELECT epoch, printf('%.4f', loss) AS loss
FROM subjrec_train('notebook', 'work_subjects', json_object('recipe', 'notebook'));

-- The shapes of what was trained. An embedding is a BLOB of floats.
SELECT 'works' AS matrix, count(*) AS rows, max(length(embedding)) / 4 AS columns FROM notebook_works
UNION ALL SELECT 'subjects', count(*), max(length(embedding)) / 4 FROM notebook_subjects;

-- The losses of the batches, and their logarithm.
SELECT writefile('notebook_loss.svg', subjrec_plot('notebook', 'loss')) AS loss,
       writefile('notebook_log_loss.svg', subjrec_plot('notebook', 'log_loss')) AS log_loss;

-- 9.6 Predictions. The embedding of one work, and its product with that of a subject that it carries: it is
-- the score, and the sigmoid of it what the notebook's model says.
SELECT work_id, title, subjrec_vector_to_json(embedding) AS embedding
FROM notebook_works JOIN works USING (work_id) WHERE work_id = 'cex557h4';
SELECT label, printf('%.4f', subjrec_dot(w.embedding, s.embedding)) AS product, printf('%.4f', score) AS score,
       printf('%.3f', 1 / (1 + exp(-score))) AS sigmoid
FROM notebook_works AS w
JOIN notebook USING (work_id)
JOIN notebook_subjects AS s USING (subject_id)
JOIN subjects USING (subject_id)
WHERE work_id = 'cex557h4' AND tagged ORDER BY label;

-- The ten best subjects, those that the work carries (tagged) among them. Ten epochs of few batches are too
-- little for good lists: the embeddings hardly leave their random start.
SELECT rank, label, printf('%.3f', probability) AS probability, tagged
FROM subjrec_topk('notebook', 'cex557h4', 10) JOIN subjects USING (subject_id) ORDER BY rank;

-- 9.7 The embeddings of the subjects in the plane, by UMAP.
SELECT subjrec_map('notebook', 'subject') ->> 'points' AS points;
SELECT writefile('notebook_map.svg', subjrec_plot('notebook', 'subjects')) AS map;

-- Exercise 1: longer, and with other batches. Exercise 2: embeddings of another size. A grid is trained on
-- nine tenths of the pairs, and evaluated on the others. sql/tune.sql goes further.
SELECT options ->> 'batch_size' AS batch_size, options ->> 'embedding_dim' AS embedding_dim, epochs,
       best_epoch, printf('%.4f', loss) AS loss, printf('%.3f', recall) AS "recall@10",
       printf('%.3f', ndcg) AS "ndcg@10"
FROM subjrec_tune('work_subjects', json_object('recipe', 'notebook', 'learning_rate', 0.03,
                  'epochs', json_array(10, 40), 'batch_size', json_array(64, 512), 'embedding_dim', json_array(10, 40)))
ORDER BY ndcg DESC;

SELECT epoch, printf('%.4f', loss) AS loss
FROM subjrec_train('notebook_longer', 'work_subjects',
                   json_object('recipe', 'notebook', 'epochs', 40, 'learning_rate', 0.03, 'batch_size', 64))
WHERE epoch % 10 = 0;
SELECT rank, label, printf('%.3f', probability) AS probability
FROM subjrec_topk('notebook_longer', 'cex557h4', 10, 'new') JOIN subjects USING (subject_id) ORDER BY rank;

-- Exercise 3: prior information, trained in the same backward pass. The notebook's model adds to a work's
-- embedding those of the words of its title; "composed" makes it of these words and of the work's subjects. All
-- are asked for subjects that were hidden from them.
CREATE TEMP TABLE split AS SELECT * FROM subjrec_split('work_subjects');
CREATE TEMP TABLE training AS SELECT work_id, subject_id FROM split WHERE fold = 0;
CREATE TEMP TABLE hidden AS SELECT work_id, subject_id FROM split WHERE fold = 1;
CREATE TEMP TABLE texts AS SELECT work_id, title FROM works WHERE title IS NOT NULL;
SELECT subjrec_train('temp.without', 'training', json_object('recipe', 'notebook', 'epochs', 40,
                     'learning_rate', 0.03, 'batch_size', 64)) ->> 'seconds' AS seconds,
       subjrec_train('temp.with_titles', 'training', json_object('recipe', 'notebook', 'epochs', 40,
                     'learning_rate', 0.03, 'batch_size', 64, 'work_text', 'texts')) ->> 'seconds' AS seconds_with_titles,
       subjrec_train('temp.composed', 'training', json_object('algorithm', 'composed',
                     'work_text', 'texts')) ->> 'seconds' AS seconds_composed;
SELECT a.metric, printf('%.3f', a.value) AS notebook, printf('%.3f', b.value) AS "notebook, with titles",
       printf('%.3f', c.value) AS "composed, with titles"
FROM subjrec_evaluate('temp.without', 'hidden') AS a
JOIN subjrec_evaluate('temp.with_titles', 'hidden') AS b USING (metric)
JOIN subjrec_evaluate('temp.composed', 'hidden') AS c USING (metric)
WHERE metric IN ('recall@10', 'ndcg@10', 'coverage@10');
