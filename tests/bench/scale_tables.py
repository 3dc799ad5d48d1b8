"""The default over catalogues of growing size: what it finds, and what that costs."""
import os
import resource
import statistics
import subprocess
from pathlib import Path

from measure import call, connect, growth, number, peak_mb, run, timed
from oracle import Oracle, judge

EVALUATED = 30_000  # held-out rows
ASKED = f"SELECT work_id, subject_id FROM test ORDER BY substr(work_id, 3), work_id LIMIT {EVALUATED}"
NEW_WORKS = 1000


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cost(work):
    """Seconds of processor and of the wall that it takes."""
    before = cpu()
    wall = timed(work)
    return {"cpu": cpu() - before, "wall": wall}


@run
def scale_train(settings):
    database = connect(settings, settings["catalogue"])
    return cost(lambda: (database.execute("SELECT subjrec_train('rec', 'train')").fetchone(), database.commit()))


@run
def scale_evaluate(settings):
    """Of one hidden subject of so many works, chosen by their ids."""
    database = connect(settings, settings["catalogue"])
    found = {}

    def evaluate():
        found.update(database.execute(
            "SELECT metric, value FROM subjrec_evaluate('rec', ?)",
            (ASKED,)).fetchall())

    taken = cost(evaluate)
    return {**taken, "recall": found["recall@10"], "ndcg": found["ndcg@10"], "coverage": found["coverage@10"],
            "rare": found["rare_recall@10"]}


@run
def scale_lists(settings):
    """The first list of a connection, and those after it."""
    database = connect(settings, settings["catalogue"])
    works = [id for id, in database.execute("SELECT work_id FROM rec_works LIMIT 200")]
    sql = "SELECT subject_id FROM subjrec_topk('rec', ?, 10, 'new')"
    first = timed(lambda: database.execute(sql, (works[0],)).fetchall())
    later = [timed(lambda work=work: database.execute(sql, (work,)).fetchall()) for work in works[1:]]
    return {"first": first, "list": statistics.median(later)}


@run
def scale_update(settings):
    """New works that carry what others do; then nothing new."""
    database = connect(settings, settings["catalogue"])
    database.execute("INSERT INTO train SELECT 'new' || work_id, subject_id FROM train WHERE work_id IN "
                     f"(SELECT DISTINCT work_id FROM train LIMIT {NEW_WORKS})")
    database.commit()
    update = lambda: (database.execute("SELECT subjrec_update('rec')").fetchone(), database.commit())
    new = cost(update)
    peak = peak_mb()
    return {"new": new["cpu"], "peak": peak, "nothing": cost(update)["cpu"]}


def drawn(report, works, *more):
    return [report.settings["catalogue_tsv"], str(works), str(works * 3 // 20), str(max(works // 2000, 10)), *more]


def possible(report, works, path):
    """What lists find at the best (oracle.py), of the rows that scale_evaluate asks."""
    lines = subprocess.run(drawn(report, works, "drawn_by"), check=True, capture_output=True, text=True).stdout
    database = connect(report.settings, str(path))
    train = database.execute("SELECT work_id, subject_id FROM train")
    found = judge(Oracle(lines.splitlines()), train, database.execute(ASKED).fetchall())
    return {key: [value] for key, value in found.items()}


def make_catalogue(report, works):
    """train and test of a made-up catalogue: a subject for 6.7 works, one hidden of each work with three."""
    path, lines = Path(report.folder) / f"scale-{works}.db", Path(report.folder) / "scale.tsv"
    with open(lines, "w") as out:
        call(drawn(report, works), stdout=out)
    database = connect(report.settings, str(path))
    call(["sqlite3", str(path), ".mode tabs", f".import {lines} made"])
    lines.unlink()
    database.executescript("""
        CREATE TEMP TABLE folds AS SELECT * FROM subjrec_split('SELECT work_id, subject_id FROM made');
        CREATE TABLE test AS SELECT work_id, subject_id FROM folds WHERE fold = 1;
        CREATE TABLE train AS SELECT work_id, subject_id FROM folds WHERE fold = 0;
        DROP TABLE made;""")
    return path


ROWS = [("training, CPU s", "scale_train", "cpu"), ("training, s of the wall", "scale_train", "wall"),
        ("training, peak MB", "scale_train", "peak"), ("recall@10", "scale_evaluate", "recall"),
        ("nDCG@10", "scale_evaluate", "ndcg"), ("coverage@10", "scale_evaluate", "coverage"),
        ("rare_recall@10", "scale_evaluate", "rare"), ("recall@10 of the best lists there are", "possible", "recall"),
        ("their nDCG@10", "possible", "ndcg"), ("their coverage@10", "possible", "coverage"),
        ("their rare_recall@10", "possible", "rare"), (f"evaluating {EVALUATED:,} rows, CPU s", "scale_evaluate", "cpu"),
        ("first list of a connection, s", "scale_lists", "first"), ("a list after it, s", "scale_lists", "list"),
        (f"update, {NEW_WORKS:,} new works, CPU s", "scale_update", "new"), ("its peak MB", "scale_update", "peak"),
        ("update, nothing new, CPU s", "scale_update", "nothing"), ("the model, MB", "scale_train", "model")]


QUALITY = {"recall", "ndcg", "coverage", "rare"}


def scale(report):
    sizes = [int(size) for size in report.arguments.sizes.split(",")]
    columns = []
    for works in sizes:
        path = make_catalogue(report, works)
        before = os.path.getsize(path)
        names = ["scale_train", "scale_evaluate", "scale_lists", "scale_update"]
        found = {}
        for name in names:
            found[name] = report.measure([name], 1, catalogue=str(path))[name]
            if name == "scale_train" and not isinstance(found[name], str):
                found[name]["model"] = [(os.path.getsize(path) - before) / 1e6]
        found["possible"] = possible(report, works, path)
        columns.append(found)
        path.unlink()
    report.say("### The default over catalogues of growing size\n")
    report.say("Made up, a subject for 6.7 works, measured once; growth is the exponent of the works between the first and the last.\n")
    report.say("| works x subjects | " + " | ".join(f"{n:,} x {n * 3 // 20:,}" for n in sizes) + " | growth |")
    report.say("| --- |" + " --- |" * (len(sizes) + 1))
    for label, name, key in ROWS:
        values = [None if isinstance(found[name], str) else found[name][key][0] for found in columns]
        cells = [f"not run: {found[name][:60]}" if value is None else number(value)
                 for value, found in zip(values, columns)]
        grows = len(sizes) > 1 and key not in QUALITY and all(values)
        report.say(f"| {label} | " + " | ".join(cells) + " | " + (f"{growth(sizes, values):.2f}" if grows else "") + " |")
    report.say()
