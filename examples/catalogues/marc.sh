#!/usr/bin/env bash
# MARC 21 into a database, from ISO 2709 (.mrc, in MARC-8 or UTF-8) or MARCXML:
#
#   examples/catalogues/marc.sh RECORDS DATABASE [OPTIONS]
#
# OPTIONS are those of subjrec_import, as '{"shape": "marc", "level": "heading"}'. What is read of a
# record is in sql/reference/import.md, under shapes.
set -euo pipefail
source "$(dirname "$0")/load.sh"
records=$1 database=$2 options=${3:-'{"shape": "marc"}'}
needs yaz-marcdump yaz

# The tenth byte of a record is "a" where it is in UTF-8; MARCXML always is.
how=(-i marcxml)
if [ "$(head -c 1 "$records")" != "<" ]; then
  encoding=marc8
  [ "$(head -c 10 "$records" | tail -c 1)" = a ] && encoding=utf-8
  how=(-i marc -f "$encoding" -t utf-8)
fi
json=$(mktemp)
trap 'rm -f "$json"' EXIT
yaz-marcdump "${how[@]}" -o json "$records" >"$json"
subjrec "$database" <<SQL
WITH import(summary) AS MATERIALIZED (SELECT subjrec_import($(quoted "$json"), $(quoted "$options")))
$said;
SQL
