#!/usr/bin/env bash
# From a file in some format to a suggestion, and back: catalogues.sh FORMAT MODULE FOLDER
#
# The file is the small catalogue, written in that format; what is read must be what was written.
set -euo pipefail
format=$1 module=$2 folder=$3
source=$(pwd)
scripts=$source/examples/catalogues
export SUBJREC=${module%.so}
needs() { command -v "$1" >/dev/null || { echo "SKIP: there is no $1 here"; exit 77; }; }
fail() { echo "$*" >&2; exit 1; }
needs sqlite3
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

# What is to be written: works, with each subject as its label.
sqlite3 -batch known.db >/dev/null <<SQL
.load '$SUBJREC'
SELECT subjrec_import('$source/examples/catalogue.ndjson.gz');
CREATE TABLE pairs AS SELECT DISTINCT work_id, label FROM work_subjects JOIN subjects USING (subject_id);
CREATE TABLE texts AS
  SELECT work_id, replace(replace(title, '&', '&amp;'), '<', '&lt;') AS title FROM works
  WHERE work_id IN (SELECT work_id FROM pairs);
SQL
wanted=$(sqlite3 known.db "SELECT count(*), count(DISTINCT work_id) FROM pairs")

write() { sqlite3 -batch known.db >"$1"; }
escaped="replace(replace(label, '&', '&amp;'), '<', '&lt;')"

# What the database has, and what it suggests.
check() {
  local got
  got=$(sqlite3 "$1" "SELECT count(*), count(DISTINCT work_id) FROM work_subjects")
  [ "$got" = "$wanted" ] || fail "$format: wanted $wanted pairs and works, got $got"
  sqlite3 -batch -bail "$1" >suggestions <<SQL
.load '$SUBJREC'
SELECT subjrec_train('rec', 'work_subjects', '{"epochs": 2, "embedding_dim": 8 ${2:-}}');
SELECT label FROM subjrec_topk('rec', (SELECT min(work_id) FROM work_subjects), 5, 'new')
JOIN subjects USING (subject_id);
SQL
  [ "$(wc -l <suggestions)" = 6 ] || fail "$format: no five suggestions: $(cat suggestions)"
}

case $format in
  marc)
    needs yaz-marcdump
    write records.xml <<SQL
SELECT '<collection xmlns="http://www.loc.gov/MARC21/slim">';
SELECT '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">' || work_id ||
  '</controlfield><datafield tag="245" ind1="0" ind2="0"><subfield code="a">' || title || '</subfield></datafield>' ||
  (SELECT group_concat('<datafield tag="653" ind1=" " ind2=" "><subfield code="a">' || $escaped ||
   '</subfield></datafield>', '') FROM pairs WHERE pairs.work_id = texts.work_id) || '</record>' FROM texts;
SELECT '</collection>';
SQL
    "$scripts/marc.sh" records.xml xml.db
    yaz-marcdump -i marcxml -o marc -f utf-8 -t utf-8 -l 9=97 records.xml >records.mrc
    "$scripts/marc.sh" records.mrc works.db
    same="SELECT * FROM work_subjects; SELECT * FROM works"
    cmp <(sqlite3 xml.db "$same") <(sqlite3 works.db "$same") || fail "MARCXML and ISO 2709 differ"
    check works.db
    ;;
  dublin_core)
    needs xsltproc
    write records.xml <<SQL
SELECT '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>';
SELECT '<record><header><identifier>' || work_id || '</identifier></header><metadata>' ||
  '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>' || title || '</title>' ||
  (SELECT group_concat('<subject>' || $escaped || '</subject>', '') FROM pairs WHERE pairs.work_id = texts.work_id) ||
  '</dc></metadata></record>' FROM texts;
SELECT '<record><header status="deleted"><identifier>gone</identifier></header></record></ListRecords></OAI-PMH>';
SQL
    "$scripts/xml.sh" dublin_core records.xml works.db
    check works.db
    ;;
  mods)
    needs xsltproc
    write records.xml <<SQL
SELECT '<modsCollection xmlns="http://www.loc.gov/mods/v3">';
SELECT '<mods><titleInfo><title>' || title || '</title></titleInfo>' ||
  (SELECT group_concat('<subject><topic>' || $escaped || '</topic></subject>', '') FROM pairs
   WHERE pairs.work_id = texts.work_id) ||
  '<recordInfo><recordIdentifier>' || work_id || '</recordIdentifier></recordInfo></mods>' FROM texts;
SELECT '</modsCollection>';
SQL
    "$scripts/xml.sh" mods records.xml works.db
    check works.db
    ;;
  sheet)
    printf '\xef\xbb\xbf' >works.csv
    sqlite3 -csv -header known.db "SELECT work_id AS id, title, (SELECT group_concat(label, ' | ') FROM pairs
      WHERE pairs.work_id = texts.work_id) AS subjects FROM texts" >>works.csv
    "$scripts/sheet.sh" works.csv works.db
    "$scripts/sheet.sh" works.csv works.db   # again: doubles nothing
    check works.db
    ;;
  skos)
    needs rapper
    write vocabulary.nt <<'SQL'
SELECT '<' || subject_id || '> <http://www.w3.org/2004/02/skos/core#prefLabel> ' ||
  json_quote(label) || '@en .' FROM subjects;
SELECT '<' || subject_id || '> <http://www.w3.org/2004/02/skos/core#altLabel> "another name"@en .' FROM subjects LIMIT 3;
SELECT '<' || subject_id || '> <http://www.w3.org/2004/02/skos/core#broader> <' || type || '> .' FROM subjects
WHERE type IS NOT NULL;
SQL
    # Ids in SKOS are addresses.
    sed -E 's/^<([^>:]*)>/<http:\/\/x\/\1>/; s/ <([^>:]*)> \.$/ <http:\/\/x\/\1> ./' vocabulary.nt >addresses.nt
    "$scripts/skos.sh" addresses.nt works.db
    sqlite3 works.db <<'SQL'
ATTACH 'known.db' AS known;
CREATE TABLE works AS SELECT * FROM known.works;
CREATE TABLE work_subjects AS SELECT work_id, 'http://x/' || subject_id AS subject_id FROM known.work_subjects;
SQL
    wanted=$(sqlite3 known.db "SELECT count(*), count(DISTINCT work_id) FROM work_subjects")
    [ "$(sqlite3 works.db 'SELECT count(*) FROM subject_labels')" = 3 ] || fail "skos: no alternative labels"
    check works.db ', "algorithm": "composed", "subject_features": "subject_features"'
    ;;
  export)
    needs yaz-marcdump
    printf 'id,title,subjects\n1,"Bees, wax",Bees|Wax\n2,Wasps,Wasps|Bees & <honey>\n' >works.csv
    "$scripts/sheet.sh" works.csv works.db
    sqlite3 works.db "CREATE TABLE decisions(work_id, subject_id, verdict, at);
      INSERT INTO decisions VALUES ('1', 'Wasps', 'accepted', ''), ('1', 'Bees & <honey>', 'accepted', ''),
                                   ('2', 'Wax', 'rejected', '')"
    "$scripts/export.sh" csv works.db >accepted.csv
    [ "$(sed -n 3p accepted.csv | tr -d '\r')" = '1,"Bees, wax",Wasps,Wasps' ] || fail "accepted.csv: $(cat accepted.csv)"
    "$scripts/export.sh" marc works.db >accepted.xml
    yaz-marcdump -i marcxml -o marc accepted.xml >accepted.mrc
    yaz-marcdump -i marc -o line accepted.mrc | grep -qF '650  4 $a Bees & <honey>' || fail "accepted.mrc"
    "$scripts/marc.sh" accepted.mrc back.db
    [ "$(sqlite3 back.db 'SELECT group_concat(subject_id) FROM work_subjects')" = 'Bees & <honey>,Wasps' ] ||
      fail "what was written as MARC reads otherwise"
    ;;
esac
