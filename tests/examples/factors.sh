#!/usr/bin/env bash
# Factors of other programs become models: factors.sh MODULE FOLDER
set -euo pipefail
module=$1 folder=$2
source=$(pwd)
command -v sqlite3 >/dev/null || { echo "SKIP: the sqlite3 shell is not installed"; exit 77; }
rm -rf "$folder"
mkdir -p "$folder/build/release"
ln -s "$module" "$folder/build/release/subjrec.so"
ln -s "$source/examples" "$folder"
cd "$folder"

# What Spark's ALS writes.
echo '{"id":10,"features":[1.0,0.0]}' >users.json
echo '{"id":20,"features":[0.0,1.0]}' >>users.json
for item in '1,"features":[2.0,1.0]' '2,"features":[1.0,3.0]' '3,"features":[-1.0,0.5]'; do
  echo "{\"id\":$item}"
done >items.json
sqlite3 -batch works.db <examples/factors/spark_als.sql >spark.out 2>&1 || { cat spark.out; exit 1; }
found=$(sqlite3 -batch works.db '.load ./build/release/subjrec' \
  "SELECT group_concat(subject_id || '=' || score, ' ') FROM subjrec_topk('spark', 20, 3)")
[ "$found" = "2=3.0 1=1.0 3=0.5" ] || { echo "spark_als.sql: the list is $found"; exit 1; }

for python in python3 /usr/bin/python3; do
  "$python" -c 'import numpy, sqlite3; sqlite3.Connection.enable_load_extension' 2>/dev/null || continue
  "$python" examples/factors/factors.py >numpy.out
  cat numpy.out
  grep -q '694 x 32 came back, as they were' numpy.out
  grep -q 'Beehives' numpy.out
  exit
done
echo "SKIP: factors.py was not run: no python3 has numpy and a sqlite3 that loads extensions (spark_als.sql passed)"
exit 77
