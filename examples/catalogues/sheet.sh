#!/usr/bin/env bash
# A spreadsheet, saved as CSV in UTF-8, into a database. Its first line names the columns: id, title and
# subjects, with the subjects of a work in one cell, separated by "|".
#
#   examples/catalogues/sheet.sh SHEET.csv DATABASE
#
# The shell's .import does the reading, and these are its traps: a table that exists gets the line of
# names as a row (so there must be none), all is TEXT, and a byte-order mark, which Excel writes, becomes
# part of the first name. Semicolons between the cells, as Excel has them where the comma is the decimal
# sign: .separator ";" before the .import.
set -euo pipefail
source "$(dirname "$0")/load.sh"
sheet=$1 database=$2

clean=$(mktemp)
trap 'rm -f "$clean"' EXIT
sed '1s/^\xef\xbb\xbf//' "$sheet" >"$clean"
subjrec "$database" <<SQL
.mode csv
.import --schema temp $clean sheet
.mode list
BEGIN;
.read $here/sheet.sql
COMMIT;
SELECT (SELECT count(*) FROM works) || ' works, ' || (SELECT count(*) FROM work_subjects) || ' pairs';
SQL
