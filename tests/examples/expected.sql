SELECT 'imported' WHERE subjrec_import('examples/catalogue.ndjson.gz') IS NULL
SELECT 'trained' WHERE subjrec_train('rec', 'work_subjects') IS NULL
SELECT title FROM works WHERE work_id = 'cex557h4'
SELECT printf('  %.3f  %s', probability, label) FROM subjrec_topk('rec', 'cex557h4', 5, 'new') JOIN subjects USING (subject_id) ORDER BY rank
WITH honey AS (SELECT length(embedding) / 4 AS n, hex(embedding) AS h, '123456789ABCDEF' AS d FROM rec_subjects JOIN subjects USING (subject_id) WHERE label = 'Honey'), first AS (SELECT n, instr(d, substr(h, 7, 1)) * 268435456 + instr(d, substr(h, 8, 1)) * 16777216 + instr(d, substr(h, 5, 1)) * 1048576 + instr(d, substr(h, 6, 1)) * 65536 + instr(d, substr(h, 3, 1)) * 4096 + instr(d, substr(h, 4, 1)) * 256 + instr(d, substr(h, 1, 1)) * 16 + instr(d, substr(h, 2, 1)) AS bits FROM honey) SELECT printf('Honey is %d numbers, the first %.4f', n, (1 - 2 * (bits >> 31)) * (1 + (bits & 8388607) / 8388608.0) * pow(2, (bits >> 23 & 255) - 127)) FROM first
