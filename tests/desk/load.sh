#!/usr/bin/env bash
# How many suggestions a second one process of the desk gives, asked on the loopback by wrk (Debian: wrk):
#
#   tests/desk/load.sh [DATABASE [SECONDS]]
#
# Without a database that of the small catalogue. It measures, in turn, 8 connections each: the suggestions of a work
# with everything that the page shows beside them; Annif's suggest for a title; Annif's suggest-batch, 32 titles a request. CPU is the server's: what a quiet machine has
# of it in a second says how many requests it can take.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/find_python.sh"
command -v wrk >/dev/null || skip "wrk is not installed (apt-get install wrk)"
export SUBJREC_MODULE=${SUBJREC_MODULE:-$here/../../build/release/subjrec.so}
export DESK_FOLDER=${DESK_FOLDER:-$(mktemp -d)} PYTHONPATH=$here/../../examples/desk PYTHONDONTWRITEBYTECODE=1
database=${1:-$DESK_FOLDER/load.db}
seconds=${2:-10}
[ $# -gt 0 ] || "$python" "$here/make_database.py" "$database"

# 500 works with subjects, for wrk to go through.
"$python" - "$database" >"$DESK_FOLDER/works.tsv" <<'PYTHON'
import sqlite3, sys
for work, title in sqlite3.connect(sys.argv[1]).execute(
        "SELECT work_id, title FROM works JOIN (SELECT DISTINCT work_id FROM work_subjects) USING (work_id) "
        "WHERE title IS NOT NULL ORDER BY substr(work_id, -2), work_id LIMIT 500"):
    print(work, " ".join(title.split()), sep="\t")
PYTHON

"$python" -m desk "$database" --extension "$SUBJREC_MODULE" --port 0 >"$DESK_FOLDER/load.log" &
server=$!
trap 'kill $server' EXIT
until grep -q Annif "$DESK_FOLDER/load.log"; do sleep 0.1; kill -0 $server; done
address=$(sed -n 's/^The desk is at \(http:[^ ]*[0-9]\).*/\1/p' "$DESK_FOLDER/load.log")
ask() { KIND=$1 WORKS=$DESK_FOLDER/works.tsv wrk -t 1 -c 8 -d "${seconds}s" --latency -s "$here/load.lua" "$address"; }
cpu() { awk '{ print ($14 + $15) * 10 }' /proc/$server/stat; } # ms that the server has used

ask work >/dev/null # until both readers have the model, and the index of titles is there
for kind in work suggest batch; do
  before=$(cpu)
  ask $kind >"$DESK_FOLDER/wrk.txt"
  awk -v kind=$kind -v cpu=$(($(cpu) - before)) '
    /50%|99%/ { at[$1] = $2 } /requests in/ { n = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx|Socket/ { bad = bad ", " $0 }
    END { printf "%-8s %6.0f requests/s, median %s, 99 %% within %s, %.2f ms of CPU each%s\n", kind, rate, at["50%"],
                 at["99%"], n ? cpu / n : 0, bad }' "$DESK_FOLDER/wrk.txt"
done
