#!/usr/bin/env bash
# The pictures of a catalogue's model, by the sqlite3 shell alone:
#
#   examples/gallery/make_gallery.sh [SNAPSHOT [FOLDER]]
#
# Imports the snapshot (without one, the small catalogue of the examples), trains, lays the subjects
# out as a map, and writes loss.svg, log_loss.svg, subjects.svg and explorer.html into the folder
# (without one, the folder of this script). The same snapshot gives the same files.
#
#   SUBJREC_MODULE=path    the extension to load; build/release/subjrec.so unless given
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
snapshot=${1:-$here/../catalogue.ndjson.gz}
folder=${2:-$here}
module=${SUBJREC_MODULE:-$here/../../build/release/subjrec.so}
for file in "$snapshot" "$module"; do
  [ -r "$file" ] || { echo "There is no file $file to read." >&2; exit 1; }
done
mkdir -p "$folder"
database=$(mktemp -d)
trap 'rm -rf "$database"' EXIT

# A text as a literal of SQL.
quoted() { printf "'%s'" "${1//\'/\'\'}"; }

sqlite3 -batch -bail "$database/works.db" <<SQL
SELECT load_extension($(quoted "$module"));
SELECT subjrec_import($(quoted "$snapshot"));
SELECT subjrec_train('rec', 'work_subjects');
SELECT subjrec_map('rec', 'subject', '{"metric": "cosine"}');
SELECT writefile($(quoted "$folder/loss.svg"), subjrec_plot('rec', 'loss')) AS loss,
       writefile($(quoted "$folder/log_loss.svg"), subjrec_plot('rec', 'log_loss')) AS log_loss,
       writefile($(quoted "$folder/subjects.svg"), subjrec_plot('rec', 'subjects')) AS subjects,
       writefile($(quoted "$folder/explorer.html"), subjrec_plot('rec', 'explorer')) AS explorer;
SQL
echo "Wrote loss.svg, log_loss.svg, subjects.svg and explorer.html into $folder"
