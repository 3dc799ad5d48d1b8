#!/usr/bin/env python3
"""Measures every method on several catalogues, through SQL, and writes the tables as Markdown.

    tests/bench/methods.py [--shared DIR] [--build DIR] [--work DIR] [--only WORD] [--fresh] [--out FILE]

Every training is a process of its own, a sqlite3 shell with the module, so that its time and its
peak of memory are its own. --only measures the catalogues and sections whose name has that word; a
section that an earlier run left in --work is taken from there, unless --fresh. What is held out is
chosen by the ids alone: the same in every run.
"""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile

from bench import FEATURED, LABELLED, PRIORS, Bench, make, sql_text, table
from label_sections import STILL_WRONG, diversity_section, seeds_section, unseen_section
from newcomers import bare_section, newcomers_section

METHODS = [
    ("notebook", {"recipe": "notebook"}),
    ("bce, lr 0.03, 40 epochs", {"algorithm": "bce", "learning_rate": 0.03, "epochs": 40}),
    ("ials, d 64", {"algorithm": "ials", "embedding_dim": 64}),
    ("ials", {"algorithm": "ials"}),
    ("ease", {"algorithm": "ease"}),
    ("composed", {"algorithm": "composed"}),
    ("blend (default)", {}),
]
WITH_FEATURES = [
    ("bce, lr 0.03, 40 epochs, features",
     {"algorithm": "bce", "learning_rate": 0.03, "epochs": 40, **FEATURED}),
    ("default, features", FEATURED),
    ("default, features and labels", LABELLED),
    ("ials, d 256, features", {"algorithm": "ials", "embedding_dim": 256, **FEATURED}),
    ("ease, features", {"algorithm": "ease", **FEATURED}),
    ("composed, features", {"algorithm": "composed", **FEATURED}),
    ("composed, features of works and subjects", {"algorithm": "composed", **PRIORS}),
]


# Catalogues. Each is a database with the tables train and test (work_id, subject_id), and with
# known_of_works and known_of_subjects where more is known.

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
    make(bench, "gutenberg_loo", f"""{attach} {KNOWN}
        .mode tabs
        .import '{loo}/train.tsv' train
        .import '{loo}/test.tsv' test
    """.replace("\n        .", "\n."))
    small = os.path.join(bench.args.source, "examples", "catalogue.ndjson.gz")
    make(bench, "small catalogue", f"SELECT subjrec_import('{sql_text(small)}');"
         "CREATE VIEW known_of_works AS SELECT work_id, feature_id, 1.0 AS weight FROM work_features;"
         "CREATE VIEW title AS SELECT work_id, title FROM works WHERE title IS NOT NULL;"
         "CREATE VIEW labels AS SELECT subject_id, label FROM subjects;"
         + split_sql("work_subjects"))
    make(bench, "gutenberg, all 21,383 subjects",
              attach + KNOWN + split_sql("g.work_subjects"))
    make(bench, "gutenberg, 2,000 works", attach + KNOWN + """
        CREATE TEMP TABLE some AS SELECT work_id FROM g.works
          ORDER BY substr(work_id, 4), work_id LIMIT 2000;
        CREATE TEMP VIEW few AS SELECT * FROM g.work_subjects WHERE work_id IN some;
    """ + split_sql("few"))
    make(bench, "gutenberg, 500 commonest subjects", attach + KNOWN + """
        CREATE TEMP TABLE some AS SELECT subject_id FROM g.work_subjects GROUP BY 1
          ORDER BY count(*) DESC, 1 LIMIT 500;
        CREATE TEMP VIEW few AS SELECT * FROM g.work_subjects WHERE subject_id IN some;
    """ + split_sql("few"))
    for name, works, subjects, clusters in [("made up, 20,000 x 3,000", 20000, 3000, 60),
                                            ("made up, 200,000 x 30,000", 200000, 30000, 300)]:
        if os.path.exists(bench.path(name)) and not bench.args.fresh:
            continue
        tsv = os.path.join(bench.args.work, "made_up.tsv")
        with open(tsv, "w") as file:
            subprocess.run([os.path.join(bench.args.build, "tests/bench/catalogue_tsv"),
                            str(works), str(subjects), str(clusters)], stdout=file, check=True)
        make(bench, name, f".mode tabs\n.import '{tsv}' made\n" + split_sql("made"))
    return ["gutenberg_loo", "gutenberg, all 21,383 subjects", "gutenberg, 2,000 works",
            "gutenberg, 500 commonest subjects", "made up, 20,000 x 3,000",
            "made up, 200,000 x 30,000"]


def section(bench, name, measure):
    """The text that `measure` makes, kept in a file of its own."""
    path = os.path.join(bench.args.work, re.sub(r"\W+", "_", name) + ".md")
    if bench.args.fresh or not os.path.exists(path):
        text = measure()
        with open(path, "w") as file:
            file.write(text)
    with open(path) as file:
        return file.read()


def measured(name, result):
    if "problem" in result:
        return [name, result["problem"], "", "", "", "", ""]
    summary, metrics = result["summary"], result["metrics"]
    return [name, f"{metrics['recall@10']:.3f}", f"{metrics['ndcg@10']:.3f}",
            f"{metrics['mrr@10']:.3f}", f"{metrics['coverage@10']:.2f}",
            f"{summary['seconds']:.1f} ({result['cpu']:.1f})", f"{result['peak']:.0f}"]


def methods_section(bench, catalogue):
    head = ["method", "recall@10", "nDCG@10", "MRR@10", "coverage@10", "seconds (of processor)",
            "peak MB"]
    count, _, _ = bench.shell(bench.path(catalogue), """
        SELECT count(DISTINCT work_id), count(DISTINCT subject_id), count(*) FROM train;
        SELECT count(*) FROM test;""")
    methods = list(METHODS)
    if "made up" not in catalogue:
        methods += WITH_FEATURES
    rows = []
    for name, options in methods:
        print(catalogue, "·", name, file=sys.stderr, flush=True)
        rows.append(measured(name, bench.train_and_judge(catalogue, options)))
    works, subjects, pairs = (f"{int(n):,}" for n in count[0])
    return (f"## {catalogue}\n{works} works, {subjects} subjects, {pairs} pairs; "
            f"{int(count[1][0]):,} held out.\n\n" + table(head, rows))


# Lists to read.

KNOWN_WORKS = ["Pride and Prejudice", "Moby Dick", "The Origin of Species by", "Frankenstein", "The Republic",
               "Alice's Adventures in Wonderland", "The Adventures of Sherlock Holmes", "Walden",
               "The Time Machine", "Dracula"]
HIDDEN_WORKS = ["Treasure Island", "The Prince", "A Christmas Carol", "Great Expectations", "The Art of War"]


def lists_section(bench):
    """What the default suggests for works that everybody knows; of the second list training has seen nothing."""
    def ids(titles):
        rows = []
        for title in titles:
            found, _, _ = bench.shell(bench.path("gutenberg"), f"""
                SELECT work_id, title FROM works JOIN work_subjects USING (work_id)
                WHERE title LIKE '{sql_text(title)}%' ORDER BY length(title), work_id LIMIT 1;""")
            rows += found
        return rows

    known, hidden = ids(KNOWN_WORKS), ids(HIDDEN_WORKS)
    print("lists to read", file=sys.stderr, flush=True)
    quoted = ", ".join(f"'{work}'" for work, _ in hidden)
    script = f"""
        CREATE TEMP TABLE shown_pairs AS SELECT * FROM work_subjects WHERE work_id NOT IN ({quoted});
        SELECT subjrec_train('temp.m', 'temp.shown_pairs', '{{"work_features": "main.known_of_works"}}');
        CREATE UNIQUE INDEX temp.by_id ON m_features(feature_id);"""
    for work, _ in known + hidden:
        script += f"""SELECT (SELECT group_concat(label, ' · ') FROM
                (SELECT label FROM work_subjects JOIN subjects USING (subject_id)
                 WHERE work_id = '{work}' ORDER BY label));"""
    for work, _ in known:
        script += f"""SELECT group_concat(label || printf(' %.2f', probability), ' · ') FROM
            (SELECT label, probability FROM subjrec_topk('temp.m', '{work}', 8, 'new')
             JOIN subjects USING (subject_id) ORDER BY rank);"""
    for work, _ in hidden:
        script += f"""SELECT group_concat(label || printf(' %.2f', probability), ' · ') FROM
            (SELECT label, probability FROM subjrec_suggest('temp.m', '[]', 8,
              (SELECT json_group_array(feature_id) FROM known_of_works
               WHERE work_id = '{work}' AND feature_id IN (SELECT feature_id FROM m_features)))
             JOIN subjects USING (subject_id) ORDER BY rank);"""
    rows, _, _ = bench.shell(bench.path("gutenberg"), script)
    texts = [row[0] for row in rows[1:]]
    n = len(known) + len(hidden)
    lines = [[title, carried, suggested] for (_, title), carried, suggested
             in zip(known + hidden, texts[:n], texts[n:])]
    head = ["work", "carries", "suggested, with probability"]
    return ("## Lists to read\nThe default with features, on the whole of Gutenberg's catalogue: eight new subjects for "
            "ten works that everybody knows.\n\n" + table(head, lines[:len(known)]) +
            "\nFive works of whose subjects training has seen none, by their features alone.\n\n" +
            table(head, lines[len(known):]))


RELIABLE = [("notebook", {"recipe": "notebook"}),
            ("bce, lr 0.03, 40 epochs", {"algorithm": "bce", "learning_rate": 0.03, "epochs": 40}),
            ("ials", {"algorithm": "ials"}), ("ease", {"algorithm": "ease"}), ("composed", {"algorithm": "composed"}),
            ("neighbours", {"algorithm": "neighbours"}), ("blend (default)", {}),
            ("ials, features", {"algorithm": "ials", **FEATURED}),
            ("ease, features", {"algorithm": "ease", **FEATURED}),
            ("composed, features", {"algorithm": "composed", **FEATURED}),
            ("blend (default), features", FEATURED)]


def reliability_rows(bench, catalogue, name, options):
    """Of ten suggestions for each of 10,000 works: the expected calibration error (Naeini et al. 2015), over
    twenty bins of equal width, and the rows of the reliability diagram that have suggestions."""
    found, _, _ = bench.shell(bench.path(catalogue), f"""
        SELECT subjrec_train('temp.m', 'train', '{sql_text(json.dumps(options))}');
        SELECT min(19, CAST(probability * 20 AS INTEGER)) AS bin, count(*), avg(probability), avg(hit) FROM (
          SELECT probability, t.subject_id = s.subject_id AS hit
          FROM (SELECT * FROM test WHERE work_id IN (SELECT work_id FROM train)
                ORDER BY substr(work_id, 3), work_id LIMIT 10000) AS t,
               subjrec_topk('temp.m', t.work_id, 10, 'new') AS s)
        GROUP BY bin ORDER BY bin;
    """)
    bins = [(int(count), float(mean), float(hit)) for _, count, mean, hit in found[1:]]
    total = sum(count for count, _, _ in bins)
    return sum(count * abs(mean - hit) for count, mean, hit in bins) / max(total, 1), bins


def reliability_section(bench):
    errors, rows = [], []
    for catalogue in ("gutenberg_loo", "small catalogue"):
        for name, options in RELIABLE:
            print("reliability ·", catalogue, "·", name, file=sys.stderr, flush=True)
            error, bins = reliability_rows(bench, catalogue, name, options)
            errors.append([catalogue, name, f"{error:.3f}"])
            if catalogue == "gutenberg_loo":
                rows += [[name, f"{count:,}", f"{mean:.3f}", f"{hit:.3f}", "#" * round(40 * hit)]
                         for count, mean, hit in bins]
    return ("## Are the probabilities true?\nTen new subjects for each of 10,000 works, by the probability that the "
            "model gives them, and how many of them are the one that was held out. The expected calibration "
            "error is the mean distance of the two over twenty bins of equal width.\n\n"
            + table(["catalogue", "method", "expected calibration error"], errors) + "\n"
            + table(["gutenberg_loo", "suggestions", "mean probability", "held out", "diagram"], rows))


def machine(bench):
    debug, _, _ = bench.shell(":memory:", "SELECT subjrec_debug();")
    facts = json.loads(debug[0][0])
    cpu = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), cpu)
    return (f"{os.cpu_count()} threads of {cpu}; {facts['compiler']}, {facts['simd']}, "
            f"SQLite {facts['sqlite']}, Eigen {facts['eigen']}; subjrec {facts['version']}.")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    source = os.path.dirname(os.path.dirname(here))
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", default=source)
    parser.add_argument("--shared", default=os.path.join(source, "..", "shared", "data"))
    parser.add_argument("--build", default=os.path.join(source, "build", "release"))
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "subjrec_methods"))
    parser.add_argument("--only", default="")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--out", default=os.path.join(here, "QUALITY.md"))
    args = parser.parse_args()
    if not os.path.exists(os.path.join(args.shared, "gutenberg_loo", "train.tsv")):
        sys.exit(f"methods.py: there is no {args.shared}/gutenberg_loo/train.tsv; say --shared DIR")
    bench = Bench(args)
    sections = [f"# Methods and catalogues\nMade by `tests/bench/methods.py` on {machine(bench)} "
                "One process for each training; its seconds are of the wall, and in brackets of the "
                "processor, reading and storing included. For each held-out row all subjects are "
                "ranked but the work's own training ones (`subjrec_evaluate`).\n"]
    catalogues = make_catalogues(bench)
    measures = [(name, lambda name=name: methods_section(bench, name)) for name in catalogues]
    measures += [("newcomers", lambda: newcomers_section(bench, WITH_FEATURES)),
                 ("no subjects", lambda: bare_section(bench)),
                 ("subjects on no work", lambda: unseen_section(bench)),
                 ("seeds", lambda: seeds_section(bench)),
                 ("diversity", lambda: diversity_section(bench)),
                 ("lists to read", lambda: lists_section(bench)),
                 ("reliability", lambda: reliability_section(bench))]
    for name, measure in measures:
        if args.only in name:
            sections.append(section(bench, name, measure))
    sections.append(STILL_WRONG)
    with open(args.out, "w") as file:
        file.write("\n".join(sections))


if __name__ == "__main__":
    main()
