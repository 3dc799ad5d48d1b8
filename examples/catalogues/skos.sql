-- From temp.triples, as N-Triples writes them, and @language ('@en') to a vocabulary's tables.
CREATE TABLE IF NOT EXISTS subjects(subject_id TEXT NOT NULL, label TEXT, type TEXT,
  PRIMARY KEY (subject_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subject_labels(subject_id TEXT NOT NULL, label TEXT NOT NULL,
  PRIMARY KEY (subject_id, label)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subject_broader(subject_id TEXT NOT NULL, broader_id TEXT NOT NULL,
  PRIMARY KEY (subject_id, broader_id)) WITHOUT ROWID;

CREATE TEMP TABLE skos AS
SELECT s, substr(p, 37) AS p, o FROM temp.triples
WHERE p LIKE 'http://www.w3.org/2004/02/skos/core#%';

-- "Bees"@en: up to its last quote a literal is a JSON text, and behind it comes the language.
CREATE TEMP TABLE literals AS
SELECT s, p, json_extract(rtrim(o, replace(o, '"', '')), '$') AS label,
       substr(o, 1 + length(rtrim(o, replace(o, '"', '')))) AS language
FROM skos WHERE o LIKE '"%';

INSERT INTO subjects(subject_id, label, type)
  SELECT s, label, 'Concept' FROM (
    SELECT s, label, row_number() OVER (PARTITION BY s ORDER BY language = @language DESC, language = '' DESC,
                                        language, label) AS best
    FROM literals WHERE p = 'prefLabel') WHERE best = 1
  ON CONFLICT (subject_id) DO UPDATE SET label = excluded.label;
INSERT OR IGNORE INTO subject_labels
  SELECT s, label FROM literals WHERE p IN ('altLabel', 'hiddenLabel') AND language IN (@language, '');
INSERT OR IGNORE INTO subject_broader
  SELECT s, substr(o, 2, length(o) - 2) FROM skos WHERE p = 'broader' AND o LIKE '<%'
  UNION
  SELECT substr(o, 2, length(o) - 2), s FROM skos WHERE p = 'narrower' AND o LIKE '<%';

CREATE VIEW IF NOT EXISTS subject_features AS
  SELECT subject_id, 'broader:' || broader_id AS feature_id FROM subject_broader
  UNION
  SELECT broader_id, 'broader:' || broader_id FROM subject_broader;
