"""Lists of ten beside exact search by faiss, hnswlib, numpy and sqlite-vec; and those of the default."""
import json
import os
import resource
import sqlite3
import statistics
from pathlib import Path

from measure import ROOT, connect, number, run, timed


ALGORITHMS = {"bce": {"algorithm": "bce", "learning_rate": 0.03, "epochs": 40}, "composed": {"algorithm": "composed"},
              "ials": {"algorithm": "ials"}}


def trained(settings):
    """Gutenberg's catalogue with a model of one algorithm, in a file that is made once."""
    path = str(Path(settings["folder"]) / f"trained-{settings['algorithm']}.db")
    new = not os.path.exists(path)
    database = connect(settings, path)
    if new:
        database.execute("SELECT subjrec_import(?)", (settings["snapshot"],)).fetchone()
        database.execute("SELECT subjrec_train('rec', 'work_subjects', ?)",
                         (json.dumps(ALGORITHMS[settings["algorithm"]]),)).fetchone()
        database.commit()
    return database


def trained_matrices(settings):
    """The embeddings of such a model; a last column makes the bias a part of the product."""
    import numpy as np

    database = trained(settings)

    def rows(sql):
        found = database.execute(sql).fetchall()
        return np.array([np.append(np.frombuffer(e, "<f4"), b) for e, b in found], np.float32)

    return rows("SELECT embedding, bias FROM rec_subjects"), rows(
        f"SELECT embedding, 1 FROM rec_works LIMIT {settings['queries']}")


def matrices(settings):
    """Items whose norms spread like a trained model's (log-normally, 0.5), and queries; "isotropic" ones have one norm
    and no direction that is larger than another, the hardest for a search that leaves things out."""
    import numpy as np

    if "algorithm" in settings:
        return trained_matrices(settings)
    draw = np.random.default_rng(7)
    n, dim = settings["items"], settings["dim"]
    if settings.get("isotropic"):
        return [(x / np.linalg.norm(x, axis=1)[:, None]).astype(np.float32)
                for x in (draw.standard_normal((n, dim)), draw.standard_normal((settings["queries"], dim)))]

    def rows(count, spread):
        x = draw.standard_normal((count, dim)) / np.sqrt(1 + np.arange(dim))
        x *= np.exp(spread * draw.standard_normal(count))[:, None] / np.linalg.norm(x, axis=1)[:, None]
        turn, _ = np.linalg.qr(np.random.default_rng(8).standard_normal((dim, dim)))
        return (x @ turn).astype(np.float32)

    return rows(n, 0.5), rows(settings["queries"], 0.25)


def median_query(ask, queries):
    ask(0)
    times = [timed(lambda q=q: ask(q)) for q in range(queries)]
    return {"query": statistics.median(times)}


def loaded(settings):
    """A model of these embeddings, in a file that is made once."""
    if "algorithm" in settings:
        return trained(settings)
    kind = "isotropic" if settings.get("isotropic") else "model"
    path = str(Path(settings["folder"]) / f"{kind}-{settings['items']}-{settings['dim']}-{settings['queries']}.db")
    new = not os.path.exists(path)
    database = connect(settings, path)
    if new:
        items, queries = matrices(settings)
        database.execute("CREATE TABLE w(id INTEGER PRIMARY KEY, e BLOB)")
        database.execute("CREATE TABLE s(id INTEGER PRIMARY KEY, e BLOB)")
        database.executemany("INSERT INTO w VALUES (?, ?)", ((i, x.tobytes()) for i, x in enumerate(queries)))
        database.executemany("INSERT INTO s VALUES (?, ?)", ((i, x.tobytes()) for i, x in enumerate(items)))
        database.execute("CREATE TABLE tags AS SELECT id AS work, (id * 7919 + 13) % 1000 AS subject FROM w")
        database.execute("SELECT subjrec_load('rec', 'SELECT id, e FROM w', 'SELECT id, e FROM s', "
                         "json_object('interactions', 'tags'))").fetchone()
        database.commit()
    return database


def ask_subjrec(settings, which):
    database = loaded(settings)
    sql = "SELECT subject_id, score FROM subjrec_topk('rec', ?, 10, ?)"
    works = [id for id, in database.execute("SELECT work_id FROM rec_works LIMIT ?", (settings["queries"],))]
    cursor = database.cursor()
    first = timed(lambda: cursor.execute(sql, (works[0], which)).fetchall())
    return {**median_query(lambda q: cursor.execute(sql, (works[q], which)).fetchall(), settings["queries"]),
            "first": first}


@run
def topk_subjrec(settings):
    return ask_subjrec(settings, "all")


@run
def topk_subjrec_new(settings):
    return ask_subjrec(settings, "new")


@run
def similar_subjrec(settings):
    database = loaded(settings)
    cursor = database.cursor()
    sql = "SELECT id, similarity FROM subjrec_similar('rec', 'subject', ?, 10)"
    return median_query(lambda q: cursor.execute(sql, (q,)).fetchall(), min(200, settings["queries"]))


@run
def topk_numpy(settings):
    import numpy as np

    items, queries = matrices(settings)

    def ask(q):
        scores = items @ queries[q]
        best = np.argpartition(-scores, 10)[:10]
        return best[np.argsort(-scores[best])]

    return median_query(ask, min(300, settings["queries"]))


@run
def topk_faiss(settings):
    import faiss

    faiss.omp_set_num_threads(1)
    items, queries = matrices(settings)
    index = faiss.IndexFlatIP(items.shape[1])
    index.add(items)
    return median_query(lambda q: index.search(queries[q:q + 1], 10), min(300, settings["queries"]))


@run
def topk_hnswlib(settings):
    import hnswlib

    items, queries = matrices(settings)
    index = hnswlib.BFIndex(space="ip", dim=items.shape[1])
    index.init_index(max_elements=len(items))
    index.add_items(items)
    return median_query(lambda q: index.knn_query(queries[q:q + 1], k=10), min(300, settings["queries"]))


def vec0(settings):
    return next(Path(settings["npm"]).glob("node_modules/sqlite-vec-*/vec0.so"))


@run
def topk_sqlite_vec(settings):
    """By distance: it has no inner product, so the order differs, but the scan is the same."""
    items, queries = matrices(settings)
    database = sqlite3.connect(":memory:")
    database.enable_load_extension(True)
    database.load_extension(str(vec0(settings)))
    database.execute(f"CREATE VIRTUAL TABLE v USING vec0(e float[{items.shape[1]}])")
    database.executemany("INSERT INTO v(rowid, e) VALUES (?, ?)", ((i, x.tobytes()) for i, x in enumerate(items)))
    cursor = database.cursor()
    sql = "SELECT rowid, distance FROM v WHERE e MATCH ? AND k = 10"
    return median_query(lambda q: cursor.execute(sql, (queries[q].tobytes(),)).fetchall(),
                        min(100, settings["queries"]))


@run
def lists_subjrec(settings):
    database = loaded(settings)
    database.execute("SELECT count(*) FROM subjrec_topk('rec', 0, 10)").fetchone()
    sql = "SELECT count(*) FROM w CROSS JOIN subjrec_topk('rec', w.id, 10, 'new')"
    seconds = min(timed(lambda: database.execute(sql).fetchone()) for _ in range(3))
    return {"lists": settings["queries"] / seconds}


@run
def lists_faiss(settings):
    import faiss

    faiss.omp_set_num_threads(settings["threads"])
    items, queries = matrices(settings)
    index = faiss.IndexFlatIP(items.shape[1])
    index.add(items)
    queries = queries[:2000]  # at a rate that does not depend on their number, and for minutes
    seconds = min(timed(lambda: index.search(queries, 10)) for _ in range(2))
    return {"lists": len(queries) / seconds}


def topk(report):
    for dim in (10, 64):
        report.table(f"The ten best of 150,000 x {dim}, called from Python", f"one query, {dim} dimensions",
                     [("subjrec_topk, 'all'", "topk_subjrec"), ("subjrec_topk, 'new'", "topk_subjrec_new"),
                      ("subjrec_similar (cosine)", "similar_subjrec"),
                      ("faiss IndexFlatIP, 1 thread", "topk_faiss"), ("hnswlib BFIndex", "topk_hnswlib"),
                      ("numpy", "topk_numpy"), ("sqlite-vec", "topk_sqlite_vec")],
                     "query", "ms", scale=1000, items=150_000, dim=dim, queries=2000)


def models(report):
    """Embeddings that were trained, and the hardest that can be made up."""
    rivals = [("subjrec_topk, 'all'", "topk_subjrec"), ("faiss IndexFlatIP, 1 thread", "topk_faiss"),
              ("hnswlib BFIndex", "topk_hnswlib"), ("numpy", "topk_numpy"), ("sqlite-vec", "topk_sqlite_vec")]
    report.table("The ten best of 150,000 x 64 isotropic embeddings", "one query", rivals, "query", "ms", scale=1000,
                 items=150_000, dim=64, queries=500, isotropic=True)
    for algorithm in ALGORITHMS:
        report.table(f"The ten best subjects by a model of Gutenberg's catalogue: {algorithm}", "one query", rivals, "query",
                     "ms", scale=1000, algorithm=algorithm, queries=500)


def lists(report):
    for dim in (10, 64):
        report.table(f"Lists for all works at once, 150,000 x {dim}", f"{dim} dimensions",
                     [("subjrec, a join of works and subjrec_topk, 1 thread", "lists_subjrec"),
                      ("faiss, one batch, 2 threads", "lists_faiss")],
                     "lists", "lists/s", higher=True, items=150_000, dim=dim, queries=20_000, threads=2)


BLENDS = {"pairs alone": {}, "features": {"work_features": "known_of_works"}}
LISTED = 2000  # works


def blended(settings):
    """Gutenberg's catalogue with the default model."""
    path = str(Path(settings["folder"]) / "blended.db")
    new = not os.path.exists(path)
    database = connect(settings, path)
    if new:
        database.execute("SELECT subjrec_import(?)", (settings["snapshot"],)).fetchone()
        database.commit()
        script = (ROOT / "sql/features.sql").read_text()
        database.executescript(script[script.index("BEGIN;"):script.index("COMMIT;")] + "COMMIT;")
    name = "rec" + str(list(BLENDS).index(settings["blend"]))
    if not database.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]:
        database.execute("SELECT subjrec_train(?, 'work_subjects', ?)",
                         (name, json.dumps(BLENDS[settings["blend"]]))).fetchone()
        database.commit()
        database.close()
        database = connect(settings, path)
    return database, name


@run
def lists_of_the_default(settings):
    """Of works in the order of a hash; what a connection reads of the model is read by the lists before."""
    database, model = blended(settings)
    works = [id for id, in database.execute(
        f"SELECT work_id FROM {model}_works ORDER BY substr(work_id, 3) LIMIT {LISTED}")]
    database.execute("CREATE TEMP TABLE asked(id)")
    database.executemany("INSERT INTO asked VALUES (?)", ((work,) for work in works))
    sql = f"SELECT subject_id FROM subjrec_topk('{model}', ?, 10, 'new')"
    first = timed(lambda: database.execute(sql, (works[0],)).fetchall())
    cursor = database.cursor()
    times = [timed(lambda work=work: cursor.execute(sql, (work,)).fetchall()) for work in works]
    join = f"SELECT count(*) FROM asked CROSS JOIN subjrec_topk('{model}', asked.id, 10, 'new')"

    def cpu():
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    before = cpu()
    database.execute(join).fetchone()
    return {"first": 1000 * first, "list": 1000 * statistics.median(times), "lists": LISTED / (cpu() - before)}


def blends(report):
    """Lists of the default, which is a blend: once by once, and in a join."""
    report.say("### Lists of ten by the default, on Gutenberg's catalogue\n")
    report.say("| trained with | a list, ms | the first of a connection, ms | lists a second of processor, in a join | "
               "peak MB |")
    report.say("| --- | --- | --- | --- | --- |")
    for name in BLENDS:
        found = report.measure(["lists_of_the_default"], 1, blend=name)["lists_of_the_default"]
        if isinstance(found, str):
            report.say(f"| {name} | not run: {found[:90]} | | | |")
        else:
            figures = [number(found[key][0]) for key in ("list", "first", "lists", "peak")]
            report.say(f"| {name} | " + " | ".join(figures) + " |")
    report.say()
