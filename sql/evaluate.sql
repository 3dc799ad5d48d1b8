-- Measures how good the recommendations are:  sqlite3 works.db < sql/evaluate.sql
--
-- One subject is hidden from every work that has three or more. A model is trained on what is left,
-- and asked to recommend: the sooner the hidden subjects come up, the better it is. These numbers
-- say which settings suit a catalogue; they are not comparable between catalogues.
.bail on
.load ./build/release/subjrec

-- Which one is hidden is decided by a hash of the ids, so that it is the same every time.
CREATE TEMP VIEW numbered AS
  SELECT work_id, subject_id,
         row_number() OVER (PARTITION BY work_id ORDER BY substr(subject_id, 2), subject_id) AS n,
         count(*) OVER (PARTITION BY work_id) AS of_n
  FROM work_subjects;
CREATE TEMP TABLE held_out AS SELECT work_id, subject_id FROM numbered WHERE n = 1 AND of_n >= 3;
CREATE TEMP TABLE training AS SELECT work_id, subject_id FROM numbered WHERE n > 1 OR of_n < 3;

SELECT subjrec_train('temp.trial', 'training') AS summary;

-- recall@10 is the share of hidden subjects among the first ten recommended; ndcg@10 and mrr@10
-- also reward a place near the top; coverage says how many different subjects are ever recommended.
.mode box
SELECT metric, printf('%.4f', value) AS value FROM subjrec_evaluate('temp.trial', 'held_out');
