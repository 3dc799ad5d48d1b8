-- Measures how good the recommendations are:  sqlite3 works.db < sql/evaluate.sql
--
-- One subject is hidden from every work that has three or more. A model is trained on what is left,
-- and asked to recommend: the sooner the hidden subjects come up, the better it is. These numbers
-- say which settings suit a catalogue; they are not comparable between catalogues.
.bail on
.load ./build/release/subjrec

-- Which one is hidden is drawn by a hash of the ids, the same every time: each of a work's subjects is
-- as likely as the others, and no subject disappears from training.
CREATE TEMP TABLE split AS SELECT * FROM subjrec_split('work_subjects');
CREATE TEMP TABLE held_out AS SELECT work_id, subject_id FROM split WHERE fold = 1;
CREATE TEMP TABLE training AS SELECT work_id, subject_id FROM split WHERE fold = 0;

SELECT subjrec_train('temp.trial', 'training') AS summary;

-- recall@10 is the share of hidden subjects among the first ten recommended; ndcg@10 and mrr@10
-- also reward a place near the top; coverage says how many different subjects are ever recommended.
.mode box
SELECT metric, printf('%.4f', value) AS value FROM subjrec_evaluate('temp.trial', 'held_out');

-- What common subjects take away from the others, and what the option "popularity" gives back: 0 asks
-- the model as it is, 1 leaves nothing of a subject's being common. The lists reach further into the
-- vocabulary (coverage up, the Gini coefficient and the mean number of works down), and hit less.
WITH asked(popularity) AS (VALUES (0), (0.25), (0.5), (0.75), (1))
SELECT popularity,
       printf('%.3f', max(value) FILTER (WHERE metric = 'recall@10'))     AS "recall@10",
       printf('%.3f', max(value) FILTER (WHERE metric = 'ndcg@10'))       AS "ndcg@10",
       printf('%.3f', max(value) FILTER (WHERE metric = 'coverage@10'))   AS "coverage@10",
       printf('%.3f', max(value) FILTER (WHERE metric = 'gini@10'))       AS "gini@10",
       printf('%.0f', max(value) FILTER (WHERE metric = 'popularity@10')) AS "popularity@10"
FROM asked, subjrec_evaluate('temp.trial', 'held_out', json_object('popularity', popularity))
GROUP BY popularity;
