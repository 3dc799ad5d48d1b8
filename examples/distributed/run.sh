#!/usr/bin/env bash
# From a clean clone to one model over four shards, trained by Dask:
#
#   examples/distributed/run.sh [WORKS.db [SHARDS]]
#
# Without a database it is the quickstart's, build/works.db, which is made where it is not there yet. Installs what
# is missing, cuts the works into files (build/shards/shard0.db ...), trains "rec" over them with two processes, and
# asks a shard. Further options of train.py go into TRAIN_OPTIONS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
database=${1:-$project/build/works.db}
shards=${2:-4}
folder=$project/build/shards

# A Python that has Dask's distributed: the usual one, else Debian's.
find_python() {
  for python in ${PYTHON:-python3 /usr/bin/python3}; do
    "$python" -c 'import distributed' 2>/dev/null && return
  done
  return 1
}
find_python || "$project/examples/install_dependencies.sh" distributed
find_python || { echo "No Python here has distributed (Debian: python3-distributed)" >&2; exit 1; }

if [ ! -e "$project/build/release/subjrec.so" ] || [ ! -e "$database" ]; then
  if [ "$database" != "$project/build/works.db" ]; then
    echo "There is no $database, or no build; examples/quickstart.sh makes a build and build/works.db" >&2
    exit 1
  fi
  "$project/examples/quickstart.sh"
fi

echo "Cutting $database into $shards shards"
rm -rf "$folder"
"$python" "$here/cut.py" "$database" "$folder" "$shards"
echo "Training over them with two processes"
read -ra more <<<"${TRAIN_OPTIONS:-}"
"$python" "$here/train.py" "$folder"/shard*.db --module "$project/build/release/subjrec" --keep "$folder/run.db" \
  --options '{"algorithm": "ease", "work_features": "work_features"}' "${more[@]}"

# The shard that has this work answers for it, and any shard for a work that none of them has.
for shard in "$folder"/shard*.db; do
  [ "$(sqlite3 "$shard" "SELECT count(*) FROM works WHERE work_id = 'cex557h4'")" = 1 ] && break
done
echo
echo "From ${shard#"$project"/}:"
sqlite3 -batch -bail "$shard" <<SQL
.load $project/build/release/subjrec
.mode box --wordwrap on --wrap 60
SELECT title AS work,
       (SELECT group_concat(label, '; ')
        FROM subjrec_topk('rec', works.work_id, 6, 'new') JOIN subjects USING (subject_id)) AS recommended
FROM works
WHERE work_id = coalesce((SELECT work_id FROM works WHERE work_id = 'cex557h4'),
                         (SELECT min(work_id) FROM work_subjects));
SQL
