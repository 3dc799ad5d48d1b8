#!/usr/bin/env bash
# The man page subjrec(7), made of the pages of the reference by lowdown:
#
#   ext/packaging/manual.sh VERSION >subjrec.7
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1

# Without the links within the pages, which a man page cannot follow; and underscores of a heading
# are no emphasis.
page() {
  sed -E '/^## [a-z_]+$/s/_/\\_/g; s/\[([^][]+)\]\(#[^)]*\)/\1/g; s/\[([^][]+)\]\([^)]*\.md[^)]*\)/\1/g' "$1"
}
{
  cat <<'INTRODUCTION'
# NAME

subjrec - an SQLite extension that recommends subjects for the works of a catalogue

# SYNOPSIS

```
.load subjrec
SELECT subjrec_import('works.json.gz');
SELECT subjrec_train('rec', 'work_subjects');
SELECT label, probability FROM subjrec_topk('rec', 'cex557h4', 10, 'new') JOIN subjects USING (subject_id);
```

INTRODUCTION
  page sql/REFERENCE.md | sed '1s/.*/# DESCRIPTION/'
  page sql/reference/import.md | sed '1s/.*/# IMPORT/'
  cat <<'END'

# SEE ALSO

sqlite3(1)
END
} | lowdown -s -t man --out-no-smarty -m title=SUBJREC -m section=7 -m "source=subjrec $version" -m volume=SQLite
