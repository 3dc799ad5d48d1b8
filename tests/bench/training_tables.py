"""Training beside the notebook's own code, on a real catalogue and on large ones."""
import json
import os
import sys
import time
from pathlib import Path

from measure import call, connect, number, peak_mb, run, timed


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
    call(
        [sys.executable, str(Path(settings["shared"]) / "bench/notebook.py"), source, "--gen", generator,
         "--epochs", str(epochs), "--threads", "1", "--max-batches", str(batches), "--quiet",
         "--json", str(out)],
        env={**os.environ, "PYTHONHASHSEED": "0", **(environment or {})})
    result = json.loads(out.read_text())
    epoch = result["epochs"][-1]
    return {"epoch": epoch["total"] * epoch["n_batches_epoch"] / epoch["batches"], "peak": result["rss_peak_mb"]}


@run
def notebook_as_written(settings):
    return notebook(settings, settings["snapshot"], "literal", 1)


@run
def notebook_vectorised(settings):
    return notebook(settings, settings["snapshot"], "deduped-fast", 2)


def large(settings, threads):
    program = [settings["train_bench"], "--tsv", settings["large"], "--algorithm", "bce", "--epochs", "2",
               "--threads", str(threads)]
    words = call(program)
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
    call([sys.executable, str(Path(report.settings["shared"]) / "bench/synth.py"), str(large_file)])
    report.table("Training: 1,000,000 works x 150,000 subjects", "made-up catalogue",
                 [("subjrec, 1 thread", "large_one_thread"), ("subjrec, 2 threads", "large_two_threads"),
                  ("the notebook as written, 1 thread (from 5 batches)", "large_notebook"),
                  ("the same, glibc told to keep its memory (from 10 batches)", "large_notebook_keeping_memory")],
                 "epoch", "s an epoch", rounds=1, large=str(large_file))


def huge_catalogue(report):
    """Ten million works; minutes, and gigabytes of disk."""
    file, lines = Path(report.folder) / "huge.db", Path(report.folder) / "huge.tsv"
    with open(lines, "w") as out:
        call([report.settings["catalogue_tsv"], "10000000", "500000", "2000"], stdout=out)
    call(["sqlite3", str(file), "PRAGMA journal_mode = off", "CREATE TABLE pairs(work_id, subject_id)", ".mode tabs",
          f".import --skip 1 {lines} pairs"])
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
