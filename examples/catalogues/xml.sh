#!/usr/bin/env bash
# Dublin Core (OAI-PMH) or MODS into a database:
#
#   examples/catalogues/xml.sh dublin_core RECORDS.xml DATABASE
#   examples/catalogues/xml.sh mods RECORDS.xml DATABASE
#
# A harvest in many files: join what xsltproc prints of each with cat, or give subjrec_import a pattern.
set -euo pipefail
source "$(dirname "$0")/load.sh"
format=$1 records=$2 database=$3
needs xsltproc xsltproc

json=$(mktemp)
trap 'rm -f "$json"' EXIT
xsltproc --nonet "$here/$format.xsl" "$records" >"$json"
subjrec "$database" <<SQL
WITH import(summary) AS MATERIALIZED (SELECT subjrec_import($(quoted "$json"), '{"shape": {
  "work_id": "\$.id", "title": "\$.title", "production_date": "\$.date", "label": "\$.subjects[*]",
  "features": {"contributor": "\$.creators[*]", "language": "\$.languages[*]"}}}'))
$said;
SQL
