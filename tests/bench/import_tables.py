"""Import of a snapshot beside Python and DuckDB."""
import json
import os
import resource
import sqlite3
from pathlib import Path

from measure import call, connect, run, timed


def fresh(settings):
    path = Path(settings["folder"]) / f"import-{os.getpid()}.db"
    for old in (path, Path(str(path) + "-wal"), Path(str(path) + "-journal")):
        old.unlink(missing_ok=True)
    return str(path)


@run
def import_subjrec(settings):
    database = connect(settings, fresh(settings))
    seconds = timed(lambda: database.execute("SELECT subjrec_import(?)", (settings["snapshot"],)).fetchone())
    return {"seconds": seconds}


@run
def import_python(settings):
    """ids, titles and labels alone, without indexes."""
    import gzip

    database = sqlite3.connect(fresh(settings))

    def work():
        works, subjects, pairs = [], {}, set()
        with gzip.open(settings["snapshot"], "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                works.append((record["id"], record.get("title")))
                for subject in record.get("subjects", []):
                    for concept in subject.get("concepts", []):
                        if "id" in concept:
                            subjects[concept["id"]] = concept.get("label")
                            pairs.add((record["id"], concept["id"]))
        database.execute("CREATE TABLE works(work_id, title)")
        database.execute("CREATE TABLE subjects(subject_id, label)")
        database.execute("CREATE TABLE work_subjects(work_id, subject_id)")
        database.executemany("INSERT INTO works VALUES (?, ?)", works)
        database.executemany("INSERT INTO subjects VALUES (?, ?)", subjects.items())
        database.executemany("INSERT INTO work_subjects VALUES (?, ?)", pairs)
        database.commit()

    return {"seconds": timed(work)}


@run
def import_duckdb(settings):
    """ids, titles and labels alone, by DuckDB to CSV and by the sqlite3 shell's .import, no indexes."""
    folder = Path(settings["folder"])
    script = folder / "duckdb.cjs"
    script.write_text(f"""
const {{ DuckDBInstance }} = require("{settings['npm']}/node_modules/@duckdb/node-api");
(async () => {{
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(`CREATE TABLE r AS SELECT id, title, subjects FROM read_json('{settings['snapshot']}',
    format='newline_delimited', columns={{id: 'VARCHAR', title: 'VARCHAR',
    subjects: 'STRUCT(concepts STRUCT(id VARCHAR, label VARCHAR)[])[]'}})`);
  await db.run(`COPY (SELECT id, title FROM r) TO '{folder}/works.csv'`);
  await db.run(`CREATE TABLE p AS SELECT id, unnest(flatten([s.concepts FOR s IN subjects])) AS c FROM r`);
  await db.run(`COPY (SELECT DISTINCT id, c.id FROM p) TO '{folder}/pairs.csv'`);
  await db.run(`COPY (SELECT c.id, any_value(c.label) FROM p GROUP BY c.id) TO '{folder}/subjects.csv'`);
}})();
""")
    path = fresh(settings)

    def work():
        call(["node", str(script)])
        call(["sqlite3", path, ".mode csv", f".import {folder}/works.csv works",
                        f".import {folder}/subjects.csv subjects", f".import {folder}/pairs.csv work_subjects"])

    seconds = timed(work)
    return {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}


def importing(report):
    report.table("Import of Gutenberg's snapshot (.json.gz, 115 MB of JSON)", "82,415 works",
                 [("subjrec_import: five tables with keys, features and all", "import_subjrec"),
                  ("Python's json and executemany: three tables, no keys", "import_python"),
                  ("DuckDB to CSV, sqlite3's .import: three tables, no keys", "import_duckdb")],
                 "seconds", "s")
