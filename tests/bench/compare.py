#!/usr/bin/env python3
"""subjrec beside what people use today: whole processes, by turns, in one run.

    tests/bench/compare.py [--rounds 5] [--only training,large,huge,import,topk,lists,kernels] [--out tests/bench/RESULTS.md]

Each figure is the median over the rounds of a process of its own; within a round every program runs
once, one after the other, so that what else the machine does falls on all alike. A rival that is not
installed is left out, and the table says so. Debian has python3-torch, python3-numpy, python3-faiss,
python3-hnswlib; npm has sqlite-vec and @duckdb/node-api (--npm names the folder with node_modules).
The notebook's own code and Gutenberg's catalogue are looked for in --shared.
"""
import argparse
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUNS = {}


def run(function):
    """A measurement: called in a process of its own with the settings, returns figures by name."""
    RUNS[function.__name__] = function
    return function


def connect(settings, path=":memory:"):
    database = sqlite3.connect(path)
    database.enable_load_extension(True)
    database.load_extension(settings["module"])
    return database


def peak_mb():
    """Of this process alone; what getrusage() says begins with the parent's."""
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# ---- training -------------------------------------------------------------------------------------

def train(settings, threads, epochs=10):
    database = connect(settings, settings["gutenberg"])
    summary = json.loads(database.execute(
        "SELECT subjrec_train('temp.rec', 'main.work_subjects', "
        "json_object('recipe', 'notebook', 'threads', ?, 'epochs', ?))", (threads, epochs)).fetchone()[0])
    return {"epoch": summary["seconds"] / epochs}


@run
def subjrec_one_thread(settings):
    return train(settings, 1)


@run
def subjrec_two_threads(settings):
    return train(settings, 2)


def notebook(settings, source, generator, epochs, batches=0, environment=None):
    out = Path(settings["folder"]) / f"notebook-{os.getpid()}.json"
    subprocess.run(
        [sys.executable, str(Path(settings["shared"]) / "bench/notebook.py"), source, "--gen", generator,
         "--epochs", str(epochs), "--threads", "1", "--max-batches", str(batches), "--quiet",
         "--json", str(out)],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONHASHSEED": "0", **(environment or {})})
    result = json.loads(out.read_text())
    epoch = result["epochs"][-1]
    return {"epoch": epoch["total"] * epoch["n_batches_epoch"] / epoch["batches"], "peak": result["rss_peak_mb"]}


@run
def notebook_as_written(settings):
    return notebook(settings, settings["snapshot"], "literal", 1)


@run
def notebook_vectorised(settings):
    return notebook(settings, settings["snapshot"], "deduped-fast", 2)


# ---- a large catalogue ----------------------------------------------------------------------------

def large(settings, threads):
    program = [settings["train_bench"], "--tsv", settings["large"], "--algorithm", "bce", "--epochs", "2",
               "--threads", str(threads)]
    words = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    seconds = [float(line.split()[2]) for line in words.splitlines() if line.startswith("epoch ")]
    peak = float(words.split("peak memory ")[1].split()[0])
    return {"epoch": min(seconds), "peak": peak}


@run
def large_one_thread(settings):
    return large(settings, 1)


@run
def large_two_threads(settings):
    return large(settings, 2)


@run
def large_notebook(settings):
    return notebook(settings, settings["large"], "literal", 1, 5)


@run
def large_notebook_keeping_memory(settings):
    return notebook(settings, settings["large"], "literal", 1, 10,
                    {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "100000000000",
                     "MALLOC_TOP_PAD_": "67108864"})


@run
def huge(settings):
    """Training through SQL from a table of pairs, in a file: all that it takes, reading and storing included."""
    database = connect(settings, settings["huge"])
    start = time.perf_counter()
    epochs = database.execute("SELECT seconds FROM subjrec_train('rec', 'pairs', ?)",
                              (json.dumps({"recipe": "notebook", "epochs": 3}),)).fetchall()
    total = time.perf_counter() - start
    peak = peak_mb()
    first = timed(lambda: connect(settings, settings["huge"]).execute(
        "SELECT count(*) FROM subjrec_topk('rec', (SELECT work_id FROM rec_works LIMIT 1), 10)").fetchone())
    return {"epoch": (epochs[-1][0] - epochs[0][0]) / (len(epochs) - 1), "total": total, "peak": peak,
            "first": first, "size": os.path.getsize(settings["huge"]) / 1e6}


# ---- import ---------------------------------------------------------------------------------------

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
        subprocess.run(["node", str(script)], check=True)
        subprocess.run(["sqlite3", path, ".mode csv", f".import {folder}/works.csv works",
                        f".import {folder}/subjects.csv subjects", f".import {folder}/pairs.csv work_subjects"],
                       check=True)

    seconds = timed(work)
    return {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}


# ---- ten best of 150,000 --------------------------------------------------------------------------

def matrices(settings):
    """Items whose norms spread like a trained model's (log-normally, 0.5), and queries."""
    import numpy as np

    draw = np.random.default_rng(7)
    n, dim = settings["items"], settings["dim"]

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
    path = str(Path(settings["folder"]) / f"model-{settings['items']}-{settings['dim']}-{settings['queries']}.db")
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
    cursor = database.cursor()
    start = time.perf_counter()
    cursor.execute(sql, (0, which)).fetchall()
    first = time.perf_counter() - start
    return {**median_query(lambda q: cursor.execute(sql, (q, which)).fetchall(), settings["queries"]),
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
    index = faiss.IndexFlatIP(settings["dim"])
    index.add(items)
    return median_query(lambda q: index.search(queries[q:q + 1], 10), min(300, settings["queries"]))


@run
def topk_hnswlib(settings):
    import hnswlib

    items, queries = matrices(settings)
    index = hnswlib.BFIndex(space="ip", dim=settings["dim"])
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
    database.execute(f"CREATE VIRTUAL TABLE v USING vec0(e float[{settings['dim']}])")
    database.executemany("INSERT INTO v(rowid, e) VALUES (?, ?)", ((i, x.tobytes()) for i, x in enumerate(items)))
    cursor = database.cursor()
    sql = "SELECT rowid, distance FROM v WHERE e MATCH ? AND k = 10"
    return median_query(lambda q: cursor.execute(sql, (queries[q].tobytes(),)).fetchall(),
                        min(100, settings["queries"]))


# ---- lists for all works at once ------------------------------------------------------------------

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
    index = faiss.IndexFlatIP(settings["dim"])
    index.add(items)
    queries = queries[:2000]  # at a rate that does not depend on their number, and for minutes
    seconds = min(timed(lambda: index.search(queries, 10)) for _ in range(2))
    return {"lists": len(queries) / seconds}


# ---- tables ---------------------------------------------------------------------------------------

class Report:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.text = []
        self.settings = {
            "module": str(Path(arguments.module).resolve()), "folder": folder, "shared": arguments.shared,
            "snapshot": str(Path(arguments.shared) / "data/gutenberg_works.json.gz"), "npm": arguments.npm,
            **{program: str(ROOT / "build/release/tests/bench" / program)
               for program in ("train_bench", "kernel_bench", "catalogue_tsv")}}

    def say(self, line=""):
        self.text.append(line)
        print(line, flush=True)

    def measure(self, names, rounds, **settings):
        """Figures of each name, a list over the rounds; a name that cannot run has its reason."""
        figures = {name: {} for name in names}
        for _ in range(rounds):
            for name in names:
                if isinstance(figures[name], str):
                    continue
                command = [sys.executable, __file__, "--run", name, json.dumps({**self.settings, **settings})]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode != 0:
                    figures[name] = (done.stderr.strip().splitlines() or ["failed"])[-1]
                    continue
                for key, value in json.loads(done.stdout.splitlines()[-1]).items():
                    figures[name].setdefault(key, []).append(value)
        return figures

    def table(self, title, heading, rows, key, unit, scale=1, rounds=None, higher=False, **settings):
        """`rows`: (label, name); the first is ours, and what the others are compared with."""
        self.say(f"### {title}\n")
        figures = self.measure([name for _, name in rows], rounds or self.arguments.rounds, **settings)
        extra = sorted({k for f in figures.values() if isinstance(f, dict) for k in f} - {key, "peak"})
        self.say(f"| {heading} | {unit} | {'times ours' if not higher else 'ours is times'} | " +
                 "".join(f"{k} ({unit.split(',')[0]}) | " for k in extra) + "peak MB |")
        self.say("| --- | --- | --- | " + "--- | " * len(extra) + "--- |")
        ours = None
        for label, name in rows:
            found = figures[name]
            if isinstance(found, str):
                self.say(f"| {label} | not run: {found[:90]} | | " + "| " * (len(extra) + 1))
                continue
            value = statistics.median(found[key]) * scale
            ours = ours or value
            ratio = ours / value if higher else value / ours
            self.say(f"| {label} | {number(value)} | {number(ratio)} | " + "".join(
                (number(statistics.median(found[k]) * scale) if k in found else "") + " | " for k in extra) +
                f"{statistics.median(found['peak']):.0f} |")
        self.say()


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def versions(report):
    def of(module):
        try:
            return __import__(module).__version__
        except Exception:
            return "none"

    database = connect(report.settings)
    debug = json.loads(database.execute("SELECT subjrec_debug()").fetchone()[0])
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    report.say(f"Machine: {cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}.")
    report.say(f"subjrec {database.execute('SELECT subjrec_version()').fetchone()[0]} "
               f"({debug.get('compiler')}, {debug.get('simd')}), SQLite {sqlite3.sqlite_version}, "
               f"Python {platform.python_version()}, PyTorch {of('torch')}, numpy {of('numpy')}, "
               f"faiss {of('faiss')}. Medians of {report.arguments.rounds} rounds; the load of the machine at the "
               f"beginning was {os.getloadavg()[0]:.2f}.\n")


def training(report):
    gutenberg = Path(report.folder) / "gutenberg.db"
    connect(report.settings, str(gutenberg)).execute("SELECT subjrec_import(?)", (report.settings["snapshot"],)).fetchone()
    report.table("Training: the notebook's recipe on Gutenberg's catalogue", "78,607 works x 21,383 subjects",
                 [("subjrec, 1 thread", "subjrec_one_thread"), ("subjrec, 2 threads", "subjrec_two_threads"),
                  ("PyTorch, the notebook as written, 1 thread", "notebook_as_written"),
                  ("PyTorch, vectorised batches of distinct subjects, 1 thread", "notebook_vectorised")],
                 "epoch", "s an epoch", gutenberg=str(gutenberg))


def large_catalogue(report):
    large_file = Path(report.folder) / "large.tsv"
    subprocess.run([sys.executable, str(Path(report.settings["shared"]) / "bench/synth.py"), str(large_file)],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    report.table("Training: 1,000,000 works x 150,000 subjects", "made-up catalogue",
                 [("subjrec, 1 thread", "large_one_thread"), ("subjrec, 2 threads", "large_two_threads"),
                  ("the notebook as written, 1 thread (from 5 batches)", "large_notebook"),
                  ("the same, glibc told to keep its memory (from 10 batches)", "large_notebook_keeping_memory")],
                 "epoch", "s an epoch", rounds=1, large=str(large_file))


def huge_catalogue(report):
    """Ten million works; minutes, and gigabytes of disk."""
    file, lines = Path(report.folder) / "huge.db", Path(report.folder) / "huge.tsv"
    with open(lines, "w") as out:
        subprocess.run([report.settings["catalogue_tsv"], "10000000", "500000", "2000"], check=True, stdout=out)
    subprocess.run(["sqlite3", str(file), "PRAGMA journal_mode = off", "CREATE TABLE pairs(work_id, subject_id)",
                    ".mode tabs", f".import --skip 1 {lines} pairs"], check=True, stdout=subprocess.DEVNULL)
    lines.unlink()
    found = report.measure(["huge"], 1, huge=str(file))["huge"]
    report.say("### Training: 10,000,000 works x 500,000 subjects, from a table of pairs in a file\n")
    if isinstance(found, str):
        return report.say(f"not run: {found}\n")
    report.say("| 2 threads, 10 dimensions, 3 epochs | |\n| --- | --- |")
    for label, key, unit in [("an epoch", "epoch", "s"), ("reading, training and storing", "total", "s"),
                             ("memory, at its peak", "peak", "MB"), ("the file, pairs and model", "size", "MB"),
                             ("first list of a new connection", "first", "s")]:
        report.say(f"| {label} | {number(found[key][0])} {unit} |")
    report.say()
    file.unlink()


def kernels(report):
    """The inner loops by themselves, and what a second process on this machine leaves of the first one's speed."""
    program = report.settings["kernel_bench"]
    if not os.path.exists(program):
        return report.say("### Kernels\n\nnot run: no kernel_bench (Debian: libbenchmark-dev)\n")

    def start(*options):
        return subprocess.Popen([program, "--benchmark_format=json", *options], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def rates(process):
        return [(b["name"], b["label"], b["items_per_second"])
                for b in json.loads(process.communicate()[0])["benchmarks"]]

    units = {"bce_cells": "cells", "product": "multiplications", "score_all": "items", "top_ten": "lists"}
    table = {}
    for name, isa, rate in rates(start()):
        kernel, dim = name.split("/")[0], name.split("dim:")[1]
        table.setdefault((kernel, dim), {})[isa] = rate
    isas = list(dict.fromkeys(isa for row in table.values() for isa in row))
    report.say("### Kernels, one thread, by instruction set\n")
    report.say("| kernel | millions a second of | " + " | ".join(isas) + " |\n| --- | --- |" + " --- |" * len(isas))
    for (kernel, dim), row in table.items():
        report.say(f"| `{kernel}`, {dim} dimensions | {units[kernel]} | " +
                   " | ".join(number(row[isa] / 1e6) for isa in isas) + " |")
    report.say()

    best = f"--benchmark_filter=bce_cells/isa:{len(isas) - 1}/dim:10"
    ratios = []
    for _ in range(report.arguments.rounds):
        alone = rates(start(best))[0][2]
        both = [rates(process)[0][2] for process in [start(best), start(best)]]
        ratios.append(sum(both) / alone)
    report.say("Two processes that share nothing, each running the kernel of the notebook's recipe, together get "
               f"{number(statistics.median(ratios))} times done what one alone does: two threads cannot do better "
               "than that here.\n")


def importing(report):
    report.table("Import of Gutenberg's snapshot (.json.gz, 115 MB of JSON)", "82,415 works",
                 [("subjrec_import: five tables with keys, features and all", "import_subjrec"),
                  ("Python's json and executemany: three tables, no keys", "import_python"),
                  ("DuckDB to CSV, sqlite3's .import: three tables, no keys", "import_duckdb")],
                 "seconds", "s")


def topk(report):
    for dim in (10, 64):
        report.table(f"The ten best of 150,000 x {dim}, called from Python", f"one query, {dim} dimensions",
                     [("subjrec_topk, 'all'", "topk_subjrec"), ("subjrec_topk, 'new'", "topk_subjrec_new"),
                      ("subjrec_similar (cosine)", "similar_subjrec"),
                      ("faiss IndexFlatIP, 1 thread", "topk_faiss"), ("hnswlib BFIndex", "topk_hnswlib"),
                      ("numpy", "topk_numpy"), ("sqlite-vec", "topk_sqlite_vec")],
                     "query", "ms", scale=1000, items=150_000, dim=dim, queries=2000)


def lists(report):
    for dim in (10, 64):
        report.table(f"Lists for all works at once, 150,000 x {dim}", f"{dim} dimensions",
                     [("subjrec, a join of works and subjrec_topk, 1 thread", "lists_subjrec"),
                      ("faiss, one batch, 2 threads", "lists_faiss")],
                     "lists", "lists/s", higher=True, items=150_000, dim=dim, queries=20_000, threads=2)


TABLES = {"training": training, "large": large_catalogue, "huge": huge_catalogue, "import": importing, "topk": topk,
          "lists": lists, "kernels": kernels}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(TABLES))
    parser.add_argument("--module", default=str(ROOT / "build/release/subjrec.so"))
    parser.add_argument("--shared", default=str(ROOT.parent / "shared"))
    parser.add_argument("--npm", default=str(ROOT / "build/bench"))
    parser.add_argument("--out")
    arguments = parser.parse_args()
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        parser.exit(1, f"The sqlite3 of {sys.executable} cannot load extensions; try /usr/bin/python3\n")
    with tempfile.TemporaryDirectory() as folder:
        report = Report(arguments, folder)
        versions(report)
        for name in arguments.only.split(","):
            TABLES[name](report)
    if arguments.out:
        page = Path(arguments.out)
        begin, end = "<!-- compare.py -->\n", "<!-- end -->\n"
        old = page.read_text()
        head, rest = old.split(begin)
        page.write_text(head + begin + "\n".join(report.text) + "\n" + end + rest.split(end)[1])


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--run":
        figures = RUNS[sys.argv[2]](json.loads(sys.argv[3]))
        print(json.dumps({"peak": peak_mb(), **figures}))
    else:
        main()
