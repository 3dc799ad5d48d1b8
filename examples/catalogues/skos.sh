#!/usr/bin/env bash
# A vocabulary in SKOS (RDF/XML, Turtle, N-Triples) into a database:
#
#   examples/catalogues/skos.sh VOCABULARY DATABASE [LANGUAGE]
#
# Fills subjects with the labels in LANGUAGE (en unless another is named; any where a concept has none in
# it), subject_labels with the alternative ones, and subject_broader with what is broader than what; the
# view subject_features says which subjects are alike by it, for the option subject_features of training.
set -euo pipefail
source "$(dirname "$0")/load.sh"
vocabulary=$1 database=$2 language=${3:-en}
needs rapper raptor2-utils

# A triple a line, as columns. Characters beyond \uFFFF are written in a way that JSON has not.
triples=$(mktemp)
trap 'rm -f "$triples"' EXIT
rapper -q -i guess -o ntriples "$vocabulary" |
  sed -nE -e 's/\\U[0-9A-F]{8}/\\uFFFD/g' -e 's/^<([^>]*)> <([^>]*)> (.*) \.$/\1\t\2\t\3/p' >"$triples"
subjrec "$database" <<SQL
CREATE TEMP TABLE triples(s, p, o);
.mode ascii
.separator "\t" "\n"
.import $triples triples
.mode list
.parameter init
INSERT OR REPLACE INTO temp.sqlite_parameters VALUES ('@language', $(quoted "@$language"));
BEGIN;
.read $here/skos.sql
COMMIT;
SELECT (SELECT count(*) FROM subjects) || ' subjects, ' || (SELECT count(*) FROM subject_broader) || ' broader';
SQL
