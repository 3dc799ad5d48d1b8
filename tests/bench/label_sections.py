"""Sections on labels and lists: subjects on no work, diversity, and what another seed makes of the default."""
import json
import sys
from collections import defaultdict

from bench import FEATURED, LABELLED, make, sql_text, table
from newcomers import all_hidden, lists_of, make_newcomers, suggest_sql, train_sql

SEEDS = (1, 2, 3)
DIVERSITIES = (0, 0.001, 0.1, 0.3, 0.5)
LISTED = 20  # works whose lists are shown
STILL_WRONG = """## What is still wrong with the lists
Read in thirty lists, fifteen of works without subjects and fifteen with all but one:

- Subjects of form and free subdivisions come first (*Fiction*, *History*, *Great Britain*, *Politics and government*), in a third
  of the lists also where they contradict the rest: *History* on a science fiction story.
- One matter under two headings whose labels have other words, and so are not folded: *Slavery* and *Enslaved persons*, *Revolution,
  1775-1783* and *1775-1783*. (*Detective and mystery stories* and *Mystery and detective stories* are, with `diversity`.)
- Siblings of language and nation: *Short stories, Norwegian*, *Finnish* and *Swedish* on a Danish book; *Spouses* beside *Man-woman relationships*.
- A word of the title by accident: *God* and *Jews* where they are part of a name, *Art* for *The Art of Politicks*, *Frontier and pioneer
  life* for the *Pioneer Auto Museum*, *Numbers* for *Chromosome Number 02*; a subject on no work rarely, at probabilities below 0.05.
- Names in a title whose label is inverted and dated are found only where all of it is there: *Butt, Richard Gathorne* is, at 0.45, and
  *Lescaut, Manon, 1689-1721* is not, since a title has no dates.
- A word in a form that neither titles nor labels of the training have says nothing: *engines* for the label *Steam engine*.
"""


def seeds_section(bench):
    rows = []
    for name, options in [("blend (default)", {}), ("default, features", FEATURED)]:
        found = []
        for seed in SEEDS:
            print("seeds ·", name, "·", seed, file=sys.stderr, flush=True)
            judged, _, _ = bench.shell(bench.path("gutenberg_loo"), train_sql({**options, "seed": seed}) + """
                SELECT metric, value FROM subjrec_evaluate('temp.m', 'test');""")
            found.append({row[0]: float(row[1]) for row in judged[1:]})
        rows.append([name] + [" · ".join(f"{metrics[m]:.4f}" for metrics in found)
                              for m in ("recall@10", "ndcg@10")])
    return (f"## Three seeds\nThe same split of gutenberg_loo, with the seeds {', '.join(map(str, SEEDS))}.\n\n"
            + table(["method", "recall@10", "nDCG@10"], rows))


def make_unseen(bench):
    """newcomers, of whose subjects a tenth is on no work that training sees."""
    make_newcomers(bench)
    make(bench, "unseen", f"""ATTACH '{sql_text(bench.path("newcomers"))}' AS n;
        ATTACH '{sql_text(bench.path("gutenberg"))}' AS g;
        CREATE TABLE newcomer AS SELECT * FROM n.newcomer;
        CREATE TABLE known_of_works AS SELECT * FROM n.known_of_works;
        CREATE INDEX known_by_work ON known_of_works(work_id);
        CREATE TABLE title AS SELECT * FROM n.title;
        CREATE INDEX title_by_work ON title(work_id);
        CREATE TABLE hidden AS SELECT subject_id FROM (SELECT DISTINCT subject_id FROM n.train)
          ORDER BY substr(subject_id, 4), subject_id LIMIT 480;
        CREATE TABLE train AS SELECT * FROM n.train WHERE subject_id NOT IN hidden;
        CREATE TABLE truth AS SELECT * FROM g.work_subjects WHERE work_id IN newcomer;
        CREATE TABLE all_labels AS SELECT subject_id, label FROM g.subjects;
        CREATE VIEW labels AS SELECT * FROM all_labels WHERE subject_id IN (SELECT subject_id FROM train);""")


def unseen_section(bench):
    make_unseen(bench)
    db = bench.path("unseen")
    rows, _, _ = bench.shell(db, """SELECT work_id, subject_id, CASE WHEN subject_id IN hidden THEN 'hidden'
        WHEN subject_id IN (SELECT subject_id FROM train) THEN 'known' ELSE 'rare' END FROM truth;""")
    truth = {kind: defaultdict(set) for kind in ("known", "hidden", "rare")}
    for work, subject, kind in rows:
        truth[kind][work].add(subject)
    known = {row[0] for row in bench.shell(db, "SELECT DISTINCT subject_id FROM train;")[0]}
    lines = []
    for name, labels in [("labels of subjects on works", "SELECT * FROM labels"),
                         ("all labels", "SELECT * FROM all_labels")]:
        print("subjects on no work ·", name, file=sys.stderr, flush=True)
        options = {**LABELLED, "subject_labels": labels}
        found, _, _ = bench.shell(db, train_sql(options) + suggest_sql("newcomer", False, options))
        lists = lists_of(found[1:])
        f1, ndcg = all_hidden(lists, truth["known"])
        recalls = []
        for kind in ("known", "hidden", "rare"):
            wanted = sum(len(s) for s in truth[kind].values())
            recalls.append(sum(len(s.intersection(lists.get(w, []))) for w, s in truth[kind].items()) / wanted)
        unseen = [(w, s) for w, subjects in lists.items() for s in subjects if s not in known]
        right = sum(s in truth["hidden"][w] or s in truth["rare"][w] for w, s in unseen)
        lines.append([name, f"{f1:.3f}", f"{ndcg:.3f}"] + [f"{r:.3f}" for r in recalls]
                     + [f"{len(unseen) / len(lists):.2f}", f"{right / len(unseen):.2f}" if unseen else ""])
    return ("## Subjects on no work\nThe 5,000 works with no subjects of above, by title and other features. 480 of the "
            f"{len(known) + 480:,} subjects are kept out of training with all of their pairs (hidden), and those that "
            "gutenberg_loo leaves out, since fewer than five works carry them, are asked as well (rare). With all labels "
            "there is a model subject for each of them, which only words of its label bring up.\n\n"
            + table(["trained with", "F1@5, known", "nDCG@10, known", "recall@10, known", "hidden", "rare",
                     "of ten, on no work", "of these right"], lines))


def diversity_section(bench):
    """Lists of a model with labels, before and after, and what the hidden subjects lose by it."""
    print("diversity", file=sys.stderr, flush=True)
    script = train_sql(LABELLED) + """
        CREATE TEMP TABLE asked AS SELECT * FROM test ORDER BY substr(work_id, 3), work_id LIMIT 5000;
        CREATE TEMP TABLE shown AS SELECT work_id FROM asked JOIN title USING (work_id)
          JOIN (SELECT work_id, count(*) AS n FROM train GROUP BY 1) USING (work_id)
          WHERE n >= 3 AND length(title) < 60 ORDER BY substr(work_id, 4), work_id LIMIT """ + f"{LISTED};\n"
    for d in DIVERSITIES:
        script += f"""SELECT 'recall', {d}, avg((SELECT count(*) FROM subjrec_topk('temp.m', a.work_id, 10, 'new', 0, 0,
            {d}) AS l WHERE l.subject_id = a.subject_id)) FROM asked AS a;"""
    for d in (0, 0.3):
        script += f"""SELECT 'list', work_id, {d}, replace((SELECT title FROM title AS t WHERE t.work_id = s.work_id),
            char(10), ' '), (SELECT group_concat(label, ' · ') FROM (SELECT label FROM train JOIN labels USING (subject_id)
            WHERE train.work_id = s.work_id ORDER BY label)), (SELECT group_concat(label, ' · ') FROM (SELECT label FROM
            subjrec_topk('temp.m', s.work_id, 8, 'new', 0, 0, {d}) JOIN labels USING (subject_id) ORDER BY rank))
            FROM shown AS s ORDER BY work_id;"""
    rows, _, _ = bench.shell(bench.path("gutenberg_loo"), script)
    recalls = [[row[1], f"{float(row[2]):.3f}"] for row in rows if row[0] == "recall"]
    lists = {(row[1], row[2]): row for row in rows if row[0] == "list"}
    lines = []
    for work in sorted({work for work, _ in lists}):
        title, carried, plain = lists[work, "0"][3:6]
        lines.append([title, carried, plain, lists[work, "0.3"][5]])
    return ("## Lists with diversity\nThe default with features and labels, on gutenberg_loo: how many of 5,000 hidden "
            "subjects are among ten new ones. 0.001 folds subjects of equal labels and no more.\n\n"
            + table(["diversity", "recall@10"], recalls)
            + f"\nEight new subjects for {LISTED} works, without and with.\n\n"
            + table(["work", "carries", "diversity 0", "diversity 0.3"], lines))
