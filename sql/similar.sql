-- Finds works like a work, and subjects like a subject:  sqlite3 works.db < sql/similar.sql
--
-- For others than the example's:
--
--   sqlite3 works.db -cmd ".parameter set @work 'e4kcyz8d'" \
--                    -cmd ".parameter set @label Quarantine" < sql/similar.sql
.bail on
.load ./build/release/subjrec
.mode box --wordwrap on --wrap 80

-- Similarity is the cosine of the angle between two embeddings: 1 for the same direction, 0 for
-- a right angle, and below 0 beyond it. Only the order says much: what is typical differs by method.
SELECT title AS work FROM works WHERE work_id = coalesce(@work, 'cex557h4');
SELECT rank, title, printf('%.3f', similarity) AS similarity
FROM subjrec_similar('rec', 'work', coalesce(@work, 'cex557h4'), 5) JOIN works ON work_id = id
ORDER BY rank;

-- Subjects are alike that occur on like works, whatever they are called: what a thesaurus might
-- list as related terms.
SELECT coalesce(@label, 'Honey') AS subject;
SELECT rank, found.label, printf('%.3f', similarity) AS similarity
FROM subjects AS asked
     JOIN subjrec_similar('rec', 'subject', asked.subject_id, 8) AS near
     JOIN subjects AS found ON found.subject_id = near.id
WHERE asked.label = coalesce(@label, 'Honey')
ORDER BY rank;
