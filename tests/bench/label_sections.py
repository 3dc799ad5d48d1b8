"""Sections on labels and lists: subjects on no work, diversity, and what another seed makes of the default."""
from collections import defaultdict

from bench import FEATURED, LABELLED, make, sql_text, table
from catalogues import GUTENBERG
from jobs import Job
from newcomers import DATABASE as NEWCOMERS
from newcomers import all_hidden, lists_of, suggest_sql

SEEDS = (1, 2, 3)  # the first is the default, whose models other sections have as well
SEEDED = [("blend (default)", {}), ("default, features", FEATURED)]
DIVERSITIES = (0, 0.001, 0.1, 0.3, 0.5)
LISTED = 20  # works whose lists are shown
UNSEEN = "unseen"
ALL_KNOWN = "SELECT metric, value FROM subjrec_evaluate('temp.m', 'test', '{\"threads\": 1}');"
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


def seed_name(name, seed):
    return name if seed == SEEDS[0] else f"{name}, seed {seed}"


def seeds_jobs():
    return [Job(GUTENBERG, seed_name(name, seed), {**options, "seed": seed}, {"evaluate": ALL_KNOWN})
            for name, options in SEEDED for seed in SEEDS[1:]]


def seeds_section(bench, answers):
    rows = []
    for name, _ in SEEDED:
        found = [answers.get((GUTENBERG, seed_name(name, seed)), {"problem": "not measured"}) for seed in SEEDS]
        metrics = [dict(f["rows"]["evaluate"]) if "rows" in f else {} for f in found]
        rows.append([name] + [" · ".join(f"{float(m[metric]):.4f}" if m else f["problem"] for m, f in zip(metrics, found))
                              for metric in ("recall@10", "ndcg@10")])
    return (f"## Three seeds\nThe same split of gutenberg_loo, with the seeds {', '.join(map(str, SEEDS))}.\n\n"
            + table(["method", "recall@10", "nDCG@10"], rows))


def make_unseen(bench):
    """newcomers, of whose subjects a tenth is on no work that training sees."""
    make(bench, UNSEEN, f"""ATTACH '{sql_text(bench.path(NEWCOMERS))}' AS n;
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


LABELS = [("labels of subjects on works", "SELECT * FROM labels"), ("all labels", "SELECT * FROM all_labels")]


def unseen_jobs():
    made = []
    for name, labels in LABELS:
        options = {**LABELLED, "subject_labels": labels}
        made.append(Job(UNSEEN, name, options, {"none known": suggest_sql("newcomer", False, options)}))
    return made


def unseen_section(bench, answers):
    db = bench.path(UNSEEN)
    rows = bench.shell(db, """SELECT work_id, subject_id, CASE WHEN subject_id IN hidden THEN 'hidden'
        WHEN subject_id IN (SELECT subject_id FROM train) THEN 'known' ELSE 'rare' END FROM truth;""")
    truth = {kind: defaultdict(set) for kind in ("known", "hidden", "rare")}
    for work, subject, kind in rows:
        truth[kind][work].add(subject)
    known = {row[0] for row in bench.shell(db, "SELECT DISTINCT subject_id FROM train;")}
    lines = []
    for name, _ in LABELS:
        found = answers.get((UNSEEN, name), {"problem": "not measured"})
        if "problem" in found:
            lines.append([name, found["problem"]] + [""] * 6)
            continue
        lists = lists_of(found["rows"]["none known"])
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


def diversity_questions():
    """Of a model of gutenberg_loo with labels: what hidden subjects lose by diversity, and lists before and after."""
    asked = "(SELECT * FROM test ORDER BY substr(work_id, 3), work_id LIMIT 5000)"
    # The comparison is no condition of the join: that would limit the list to the subject.
    questions = {f"recall {d}": f"""SELECT sum(l.subject_id = a.subject_id) / 5000.0
        FROM {asked} AS a CROSS JOIN subjrec_topk('temp.m', a.work_id, 10, 'new', 0, 0, {d}) AS l"""
                 for d in DIVERSITIES}
    shown = f"""(SELECT work_id FROM {asked} JOIN title USING (work_id)
        JOIN (SELECT work_id, count(*) AS n FROM train GROUP BY 1) USING (work_id)
        WHERE n >= 3 AND length(title) < 60 ORDER BY substr(work_id, 4), work_id LIMIT {LISTED})"""
    questions["carried"] = f"""SELECT work_id, (SELECT replace(title, char(10), ' ') FROM title AS t
        WHERE t.work_id = s.work_id), (SELECT group_concat(label, ' · ') FROM (SELECT label FROM train
        JOIN labels USING (subject_id) WHERE train.work_id = s.work_id ORDER BY label)) FROM {shown} AS s
        ORDER BY work_id"""
    for d in (0, 0.3):
        questions[f"lists {d}"] = f"""SELECT work_id, (SELECT group_concat(label, ' · ') FROM (SELECT label FROM
            subjrec_topk('temp.m', s.work_id, 8, 'new', 0, 0, {d}) JOIN labels USING (subject_id) ORDER BY rank))
            FROM {shown} AS s ORDER BY work_id"""
    return questions


def diversity_section(bench, answers):
    found = answers.get((GUTENBERG, "default, features and labels"), {"problem": "not measured"})
    if "problem" in found:
        return f"## Lists with diversity\n{found['problem']}\n"
    rows = found["rows"]
    recalls = [[str(d), f"{float(rows[f'recall {d}'][0][0]):.3f}"] for d in DIVERSITIES]
    lines = [[title, carried, plain[1], diverse[1]] for (_, title, carried), plain, diverse
             in zip(rows["carried"], rows["lists 0"], rows["lists 0.3"])]
    return ("## Lists with diversity\nThe default with features and labels, on gutenberg_loo: how many of 5,000 hidden "
            "subjects are among ten new ones. 0.001 folds subjects of equal labels and no more.\n\n"
            + table(["diversity", "recall@10"], recalls)
            + f"\nEight new subjects for {LISTED} works, without and with.\n\n"
            + table(["work", "carries", "diversity 0", "diversity 0.3"], lines))
