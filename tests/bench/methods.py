#!/usr/bin/env python3
"""Measures every method on several catalogues, through SQL, and writes the tables as Markdown.

    tests/bench/methods.py [--shared DIR] [--build DIR] [--work DIR] [--only WORD] [--fresh] [--out FILE]

Everything is a job of a process of its own (jobs.py): a sqlite3 shell that trains a model with the module and answers
all that the sections ask of it, or a rival. The page is written after each job, with "not measured" for what is still
to come. --only runs the jobs of the catalogues and sections whose name has that word, and writes these alone; what an
earlier run left in --work is taken from there, unless --fresh. What is held out is chosen by the ids alone: the same in
every run.
"""
import argparse
import json
import os
import platform
import sys
import tempfile
import time

import catalogues
import label_sections
import newcomers
import parts
import read_lists
from bench import FEATURED, LABELLED, PRIORS, Bench, table
from jobs import Job, run
from newcomers import BCE

PLAIN = [
    ("notebook", {"recipe": "notebook"}),
    ("bce, lr 0.03, 40 epochs", BCE),
    ("ials, d 64", {"algorithm": "ials", "embedding_dim": 64}),
    ("ials", {"algorithm": "ials"}),
    ("ease", {"algorithm": "ease"}),
    ("neighbours", {"algorithm": "neighbours"}),
    ("composed", {"algorithm": "composed"}),
    ("blend (default)", {}),
]
WITH_FEATURES = [
    ("bce, lr 0.03, 40 epochs, features", {**BCE, **FEATURED}),
    ("ease, features", {"algorithm": "ease", **FEATURED}),
    ("composed, features", {"algorithm": "composed", **FEATURED}),
    ("default, features", FEATURED),
]
# What costs much and says the same of every catalogue is measured on one.
ONLY_GUTENBERG = [
    ("default, features and labels", LABELLED),
    ("ials, d 256, features", {"algorithm": "ials", "embedding_dim": 256, **FEATURED}),
    ("composed, features of works and subjects", {"algorithm": "composed", **PRIORS}),
]
LARGE = [(name, options) for name, options in PLAIN if name not in ("notebook", "bce, lr 0.03, 40 epochs")]
METHODS = {catalogues.GUTENBERG: PLAIN + WITH_FEATURES + ONLY_GUTENBERG,
           catalogues.FEW_WORKS: PLAIN + WITH_FEATURES,
           catalogues.FEW_SUBJECTS: PLAIN + WITH_FEATURES,
           catalogues.ALL: LARGE + WITH_FEATURES,
           **{name: LARGE if "200,000" in name else PLAIN for name in catalogues.MADE_UP}}
ASKED = 20_000  # held-out rows of a catalogue other than gutenberg_loo, of which all are


def evaluate_sql(catalogue):
    if catalogue == catalogues.GUTENBERG:
        return "SELECT metric, value FROM subjrec_evaluate('temp.m', 'test');"
    return f"""SELECT metric, value FROM subjrec_evaluate('temp.m', 'SELECT work_id, subject_id FROM test
        ORDER BY substr(work_id, 3), work_id, subject_id LIMIT {ASKED}', '{{"threads": 1}}');"""


def methods_jobs(catalogue):
    timed = catalogue == catalogues.GUTENBERG
    made = []
    for name, options in METHODS[catalogue]:
        questions = {"evaluate": evaluate_sql(catalogue)}
        if timed and read_lists.is_judged(name):
            questions["reliability"] = read_lists.RELIABILITY
        if timed and parts.is_split(name):
            questions.update(parts.QUESTIONS)
        if timed and name == "default, features and labels":
            questions.update(label_sections.diversity_questions())
        made.append(Job(catalogue, name, options, questions, timed))
    # Long ones first, so that none is left over at the end.
    return made if timed else made[::-1]


def measured(name, found, timed):
    if "problem" in found:
        return [name, found["problem"], "", "", "", "", ""]
    metrics = {metric: float(value) for metric, value in found["rows"]["evaluate"]}
    seconds = f"{found['summary']['seconds']:.1f} ({found['cpu']:.1f})" if timed else f"{found['cpu']:.1f}"
    return [name, f"{metrics['recall@10']:.3f}", f"{metrics['ndcg@10']:.3f}", f"{metrics['mrr@10']:.3f}",
            f"{metrics['coverage@10']:.2f}", seconds, f"{found['peak']:.0f}"]


def methods_section(bench, catalogue, answers):
    timed = catalogue == catalogues.GUTENBERG
    count = bench.shell(bench.path(catalogue), """
        SELECT count(DISTINCT work_id), count(DISTINCT subject_id), count(*) FROM train;
        SELECT count(*) FROM test;""")
    works, subjects, pairs = (f"{int(n):,}" for n in count[0])
    held_out = int(count[1][0])
    asked = f", {ASKED:,} of them asked" if not timed and held_out > ASKED else ""
    rows = [measured(name, answers.get((catalogue, name), {"problem": "not measured"}), timed)
            for name, _ in METHODS[catalogue]]
    head = ["method", "recall@10", "nDCG@10", "MRR@10", "coverage@10",
            "seconds (of processor)" if timed else "seconds of processor", "peak MB"]
    return (f"## {catalogue}\n{works} works, {subjects} subjects, {pairs} pairs; {held_out:,} held out{asked}.\n\n"
            + table(head, rows))


def machine(bench):
    facts = json.loads(bench.shell(":memory:", "SELECT subjrec_debug();")[0][0])
    cpu = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), cpu)
    return (f"{os.cpu_count()} threads of {cpu}; {facts['compiler']}, {facts['simd']}, "
            f"SQLite {facts['sqlite']}, Eigen {facts['eigen']}; subjrec {facts['version']}.")


def introduction(bench):
    return f"""# Methods and catalogues
Made by `tests/bench/methods.py` on {machine(bench)} Each model is trained once, in a process of its own, and asked all that
is said of it. On gutenberg_loo a training has the machine to itself, and its seconds are of the wall, and in brackets of the
processor; elsewhere it has one thread beside another, and its seconds are of the processor. Reading is included, and so is
storing; the peak is of training. For each held-out row all subjects are ranked but the work's own training ones
(`subjrec_evaluate`). Nothing is chosen on what is held out: the settings are the defaults, or stand in the row's name, and
what a training adapts (a blend's weights, probabilities) it fits to pairs that it keeps out of its own training part.
One setting is an exception: of 0.4 and 0.5, which other works spoke for about equally, `bare` became 0.5 after both had been
seen on the works without subjects below (F1@5 0.448 and 0.451 with labels).
"""


def all_sections():
    """Name, jobs, and what makes the text of the answers. Those of one name have one model."""
    made = [(name, methods_jobs(name), lambda bench, answers, name=name: methods_section(bench, name, answers))
            for name in METHODS]
    gutenberg = {job.name: job for job in made[0][1]}
    labelled = [gutenberg["default, features and labels"]]
    seeds = [gutenberg[name] for name, _ in label_sections.SEEDED] + label_sections.seeds_jobs()
    split = [job for name, job in gutenberg.items() if parts.is_split(name)]
    judged = [job for name, job in gutenberg.items() if read_lists.is_judged(name)] + read_lists.reliability_jobs()
    new = newcomers.jobs()
    return made + [("parts", split, parts.parts_section),
                   ("newcomers", new, newcomers.newcomers_section),
                   ("no subjects", new, newcomers.bare_section),
                   ("subjects on no work", label_sections.unseen_jobs(), label_sections.unseen_section),
                   ("seeds", seeds, label_sections.seeds_section),
                   ("diversity", labelled, label_sections.diversity_section),
                   ("lists to read", read_lists.lists_jobs(), read_lists.lists_section),
                   ("reliability", judged, read_lists.reliability_section)]


def read_arguments():
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
    return args


def main():
    began = time.time()
    bench = Bench(read_arguments())
    catalogues.make_catalogues(bench)
    newcomers.make_newcomers(bench)
    label_sections.make_unseen(bench)
    read_lists.make_read(bench)
    sections = [section for section in all_sections() if bench.args.only in section[0]]
    jobs = list({job.key: job for _, made, _ in sections for job in made}.values())
    head = introduction(bench)

    def write(answers):
        text = [head] + [show(bench, answers) for _, _, show in sections] + [label_sections.STILL_WRONG]
        with open(bench.args.out, "w") as file:
            file.write("\n".join(text))

    run(bench, jobs, write)
    print(f"{(time.time() - began) / 60:.1f} minutes", file=sys.stderr)


if __name__ == "__main__":
    main()
