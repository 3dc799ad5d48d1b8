#!/usr/bin/env bash
# The way back: what was accepted, as CSV or as MARC 21.
#
#   examples/catalogues/export.sh csv DATABASE > accepted.csv
#   examples/catalogues/export.sh marc DATABASE > accepted.xml
#
# Accepted is what the table decisions(work_id, subject_id, verdict, ...) says, which examples/desk
# writes, or you. The MARC is a record for each work, as MARCXML: its id in 001, and a 650 for each
# subject with the label in $a and the id, where that is another, in $0. To load into a system that
# wants ISO 2709: yaz-marcdump -i marcxml -o marc accepted.xml > accepted.mrc
set -euo pipefail
source "$(dirname "$0")/load.sh"
format=$1 database=$2

case $format in
  csv)
    subjrec "$database" <<'SQL'
.mode csv
.headers on
SELECT work_id, title, subject_id, label
FROM decisions JOIN works USING (work_id) JOIN subjects USING (subject_id)
WHERE verdict = 'accepted' ORDER BY work_id, label;
SQL
    ;;
  marc)
    subjrec "$database" <<'SQL'
SELECT '<collection xmlns="http://www.loc.gov/MARC21/slim">';
WITH texts AS (
  SELECT work_id, subject_id, coalesce(label, subject_id) AS label
  FROM decisions JOIN subjects USING (subject_id) WHERE verdict = 'accepted'),
escaped AS (
  SELECT work_id AS work, replace(replace(work_id, '&', '&amp;'), '<', '&lt;') AS id, label,
         replace(replace(label, '&', '&amp;'), '<', '&lt;') AS a,
         CASE WHEN subject_id <> label
              THEN replace(replace(subject_id, '&', '&amp;'), '<', '&lt;') END AS authority
  FROM texts ORDER BY work_id, label)
SELECT '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">' || id || '</controlfield>' ||
       group_concat('<datafield tag="650" ind1=" " ind2="4"><subfield code="a">' || a || '</subfield>' ||
                    coalesce('<subfield code="0">' || authority || '</subfield>', '') || '</datafield>', '') ||
       '</record>'
FROM escaped GROUP BY work;
SELECT '</collection>';
SQL
    ;;
  *)
    sed -n '4,5p' "$0" >&2
    exit 2
    ;;
esac
