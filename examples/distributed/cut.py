#!/usr/bin/env python3
"""Cuts the tables of an import into files, each with the works of one shard: cut.py WORKS.db FOLDER SHARDS

Which shard a work belongs to follows from its id alone. Subjects and their labels go into every file.
"""
import os
import sqlite3
import sys
import zlib


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, folder, shards = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    for shard in range(shards):
        path = os.path.join(folder, f"shard{shard}.db")
        if os.path.exists(path):
            os.remove(path)
        db = sqlite3.connect(path)
        db.create_function("shard_of", 1, lambda work: zlib.crc32(str(work).encode()) % shards, deterministic=True)
        db.execute("ATTACH ? AS whole", (f"file:{os.path.abspath(source)}",))
        for table in ("works", "work_subjects", "work_features"):
            db.execute(f"CREATE TABLE {table} AS SELECT * FROM whole.{table} WHERE shard_of(work_id) = ?", (shard,))
            db.execute(f"CREATE INDEX {table}_by_work ON {table}(work_id)")
        db.execute("CREATE TABLE subjects AS SELECT * FROM whole.subjects")
        (works,) = db.execute("SELECT count(DISTINCT work_id) FROM work_subjects").fetchone()
        db.commit()
        db.close()
        print(f"{path}: {works:,} works with subjects")


if __name__ == "__main__":
    main()
