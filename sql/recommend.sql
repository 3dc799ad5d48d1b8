-- Recommends subjects for a work:  sqlite3 works.db < sql/recommend.sql
--
-- For another work than the example's:
--
--   sqlite3 works.db -cmd ".parameter set @work 'e4kcyz8d'" < sql/recommend.sql
.bail on
.load ./build/release/subjrec
.mode box --wordwrap on --wrap 70

-- The work, and the subjects that it carries.
SELECT title, group_concat(label, ', ') AS subjects
FROM works LEFT JOIN work_subjects USING (work_id) LEFT JOIN subjects USING (subject_id)
WHERE work_id = coalesce(@work, 'cex557h4');

-- The ten subjects that suit it best and that it does not carry yet: that is what 'new' asks for.
-- With 'all', or without the argument, those that it carries are in the list as well. A score has
-- no unit; a higher one suits better. The probability is the model's own estimate, from 0 to 1.
SELECT rank, label, type, printf('%.3f', score) AS score, printf('%.3f', probability) AS probability
FROM subjrec_topk('rec', coalesce(@work, 'cex557h4'), 10, 'new') JOIN subjects USING (subject_id)
ORDER BY rank;

-- The other way round: which works would the work's first recommendation suit, that do not carry it?
SELECT title, printf('%.3f', score) AS score
FROM rec JOIN works USING (work_id)
WHERE rec.subject_id = (SELECT subject_id FROM subjrec_topk('rec', coalesce(@work, 'cex557h4'), 1, 'new'))
  AND NOT tagged
ORDER BY rec.score DESC
LIMIT 5;

-- Three recommendations for each of five works, in one statement: a list for a cataloguer.
SELECT title, group_concat(label, ', ') AS recommended
FROM (SELECT work_id, title FROM works
      WHERE work_id IN (SELECT work_id FROM work_subjects) ORDER BY work_id LIMIT 5) AS w
     JOIN subjrec_topk('rec', w.work_id, 3, 'new') AS r JOIN subjects USING (subject_id)
GROUP BY w.work_id
ORDER BY w.work_id;
