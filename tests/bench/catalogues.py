"""Catalogues that methods are measured on. Each is a database with the tables train and test (work_id, subject_id), and
with known_of_works and known_of_subjects where more is known. What is held out is chosen by the ids alone."""
import os
import subprocess

from bench import make, sql_text

GUTENBERG = "gutenberg_loo"
NEARLY_WHOLE = "gutenberg, one work in twenty"
SMALL = "small catalogue"
ALL = "gutenberg, all 21,383 subjects"
FEW_WORKS = "gutenberg, 2,000 works"
FEW_SUBJECTS = "gutenberg, 500 commonest subjects"
MADE_UP = {"made up, 20,000 x 3,000": (20000, 3000, 60), "made up, 200,000 x 30,000": (200000, 30000, 300)}


def split_sql(pairs):
    """Holds out one subject of every work with three or more, by a hash of the ids."""
    return f"""
        CREATE TEMP TABLE folds AS
          SELECT * FROM subjrec_split('SELECT work_id, subject_id FROM {pairs}');
        CREATE TABLE test AS SELECT work_id, subject_id FROM folds WHERE fold = 1;
        CREATE TABLE train AS SELECT work_id, subject_id FROM folds WHERE fold = 0;
    """


def gutenberg(bench):
    """The snapshot, imported, and what sql/features.sql makes of it."""
    snapshot = os.path.join(bench.args.shared, "gutenberg_works.json.gz")
    with open(os.path.join(bench.args.source, "sql", "features.sql")) as file:
        script = file.read()
    script = script[script.index("BEGIN;"):script.index("COMMIT;")] + "COMMIT;"
    make(bench, "gutenberg", f"SELECT subjrec_import('{sql_text(snapshot)}');" + script)
    return f"ATTACH '{sql_text(bench.path('gutenberg'))}' AS g;"


KNOWN = """
    CREATE TABLE known_of_works AS SELECT * FROM g.known_of_works;
    CREATE TABLE known_of_subjects AS SELECT * FROM g.known_of_subjects;
    CREATE TABLE title AS SELECT work_id, title FROM g.works WHERE title IS NOT NULL;
    CREATE TABLE labels AS SELECT subject_id, label FROM g.subjects;
"""


def make_catalogues(bench):
    shared = bench.args.shared
    attach = gutenberg(bench)
    loo = os.path.join(shared, "gutenberg_loo")
    make(bench, GUTENBERG, f"""{attach} {KNOWN}
        .mode tabs
        .import '{loo}/train.tsv' train
        .import '{loo}/test.tsv' test
    """.replace("\n        .", "\n."))
    make(bench, NEARLY_WHOLE, f"""{attach} {KNOWN}
        ATTACH '{sql_text(bench.path(GUTENBERG))}' AS loo;
        CREATE TABLE test AS SELECT work_id, subject_id FROM loo.test WHERE rowid % 20 = 7;
        CREATE TABLE train AS SELECT work_id, subject_id FROM loo.train
          UNION ALL SELECT work_id, subject_id FROM loo.test WHERE rowid % 20 <> 7;
    """)
    small = os.path.join(bench.args.source, "examples", "catalogue.ndjson.gz")
    make(bench, SMALL, f"SELECT subjrec_import('{sql_text(small)}');"
         "CREATE VIEW known_of_works AS SELECT work_id, feature_id, 1.0 AS weight FROM work_features;"
         "CREATE VIEW title AS SELECT work_id, title FROM works WHERE title IS NOT NULL;"
         "CREATE VIEW labels AS SELECT subject_id, label FROM subjects;"
         + split_sql("work_subjects"))
    make(bench, ALL, attach + KNOWN + split_sql("g.work_subjects"))
    make(bench, FEW_WORKS, attach + KNOWN + """
        CREATE TEMP TABLE some AS SELECT work_id FROM g.works
          ORDER BY substr(work_id, 4), work_id LIMIT 2000;
        CREATE TEMP VIEW few AS SELECT * FROM g.work_subjects WHERE work_id IN some;
    """ + split_sql("few"))
    make(bench, FEW_SUBJECTS, attach + KNOWN + """
        CREATE TEMP TABLE some AS SELECT subject_id FROM g.work_subjects GROUP BY 1
          ORDER BY count(*) DESC, 1 LIMIT 500;
        CREATE TEMP VIEW few AS SELECT * FROM g.work_subjects WHERE subject_id IN some;
    """ + split_sql("few"))
    for name, size in MADE_UP.items():
        if os.path.exists(bench.path(name)) and not bench.args.fresh:
            continue
        tsv = os.path.join(bench.args.work, "made_up.tsv")
        with open(tsv, "w") as file:
            subprocess.run([os.path.join(bench.args.build, "tests/bench/catalogue_tsv"), *map(str, size)],
                           stdout=file, check=True)
        make(bench, name, f".mode tabs\n.import '{tsv}' made\n" + split_sql("made"))
