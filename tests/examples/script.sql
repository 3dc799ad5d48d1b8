SELECT json_extract(subjrec_import('examples/catalogue.ndjson.gz'), '$.works') || ' works'
SELECT json_extract(subjrec_train('rec', 'work_subjects', json_object('seed', 7)), '$.digest')
SELECT 'é ' || rank || ' ' || subject_id || ' ' || label || printf(' %.5f %.5f ', score, probability) || tagged FROM subjrec_topk('rec', 'cex557h4', 12) JOIN subjects USING (subject_id) ORDER BY rank
SELECT rank || ' ' || title || printf(' %.5f', similarity) FROM subjrec_similar('rec', 'work', 'e4kcyz8d', 5) JOIN works ON work_id = id ORDER BY rank
SELECT rank || ' ' || label || printf(' %.5f', similarity) FROM subjrec_similar('rec', 'subject', (SELECT subject_id FROM subjects WHERE label = 'Honey'), 5) JOIN subjects ON subject_id = id ORDER BY rank
SELECT work_id || printf(' %.5f', score) FROM rec WHERE subject_id = (SELECT subject_id FROM subjects WHERE label = 'Honey') AND NOT tagged ORDER BY score DESC LIMIT 5
SELECT w.work_id || ' ' || group_concat(r.subject_id, ' ') FROM (SELECT DISTINCT work_id FROM work_subjects ORDER BY work_id LIMIT 20) AS w JOIN subjrec_topk('rec', w.work_id, 3, 'new') AS r GROUP BY w.work_id ORDER BY w.work_id
SELECT hex(embedding) FROM rec_works WHERE work_id IN ('cex557h4', 'e4kcyz8d') ORDER BY work_id
SELECT hex(embedding) FROM rec_subjects ORDER BY subject_id LIMIT 20
SELECT printf('%.5f', value) FROM rec_history WHERE metric = 'loss' ORDER BY epoch
SELECT printf('%.5f', subjrec_similarity(a.embedding, b.embedding)) FROM rec_works AS a, rec_works AS b WHERE a.work_id = 'cex557h4' AND b.work_id = 'e4kcyz8d'
SELECT title FROM works WHERE title LIKE '%ü%' OR title LIKE '%é%' ORDER BY work_id LIMIT 5
