"""Works that training has not seen: with some of their subjects known, and with none."""
import math
from collections import Counter, defaultdict

import rivals
import tfidf_neighbours
from bench import FEATURED, LABELLED, PRIORS, make, sql_text, table
from catalogues import GUTENBERG
from jobs import Job

NEW_WORKS = 5000
DATABASE = "newcomers"
BCE = {"algorithm": "bce", "learning_rate": 0.03, "epochs": 40}
METHODS = [
    ("ials", {"algorithm": "ials"}),
    ("ease", {"algorithm": "ease"}),
    ("blend (default)", {}),
    ("bce, lr 0.03, 40 epochs, features", {**BCE, **FEATURED}),
    ("default, features", FEATURED),
    ("default, features and labels", LABELLED),
    ("ease, features", {"algorithm": "ease", **FEATURED}),
    ("neighbours, features", {"algorithm": "neighbours", **FEATURED}),
    ("composed, features", {"algorithm": "composed", **FEATURED}),
    ("composed, features of works and subjects", {"algorithm": "composed", **PRIORS}),
]


def make_newcomers(bench):
    """gutenberg_loo without 5,000 of its works."""
    attach = f"ATTACH '{sql_text(bench.path(GUTENBERG))}' AS loo;"
    make(bench, DATABASE, attach + f"""
        CREATE TABLE newcomer AS SELECT work_id FROM (SELECT DISTINCT work_id FROM loo.train)
          ORDER BY substr(work_id, 3), work_id LIMIT {NEW_WORKS};
        CREATE TABLE train AS SELECT * FROM loo.train WHERE work_id NOT IN newcomer;
        CREATE TABLE shown AS SELECT * FROM loo.train WHERE work_id IN newcomer;
        CREATE TABLE test AS SELECT * FROM loo.test WHERE work_id IN newcomer;
        CREATE TABLE known_of_works AS SELECT * FROM loo.known_of_works;
        CREATE TABLE known_of_subjects AS SELECT * FROM loo.known_of_subjects;
        CREATE INDEX known_by_work ON known_of_works(work_id);
        CREATE INDEX shown_by_work ON shown(work_id);
        ATTACH '{sql_text(bench.path("gutenberg"))}' AS g;
        CREATE TABLE title AS SELECT work_id, title FROM g.works WHERE title IS NOT NULL;
        CREATE INDEX title_by_work ON title(work_id);
        CREATE TABLE labels AS SELECT subject_id, label FROM g.subjects;
    """)


def suggest_sql(works, subjects, options):
    """work_id, rank, subject_id for every work of `works`, by its other subjects or by none."""
    given = ("(SELECT json_group_array(subject_id) FROM shown WHERE shown.work_id = w.work_id)"
             if subjects else "'[]'")
    known = ("(SELECT json_group_array(feature_id) FROM known_of_works AS k "
             "WHERE k.work_id = w.work_id AND feature_id IN (SELECT feature_id FROM m_features))"
             if "work_features" in options else "NULL")
    text = (", NULL, 0, 0, 0, coalesce((SELECT title FROM title WHERE title.work_id = w.work_id), '')"
            if "work_text" in options else "")
    return f"""SELECT w.work_id, s.rank, s.subject_id FROM {works} AS w,
               subjrec_suggest('temp.m', {given}, 10, {known}{text}) AS s;"""


def one_hidden(rows, truth):
    recall = ndcg = 0
    for work, rank, subject in rows:
        if truth.get(work) == subject:
            recall += 1
            ndcg += 1 / math.log2(int(rank) + 1)
    return recall / len(truth), ndcg / len(truth)


def all_hidden(lists, truth):
    """F1@5 and nDCG@10 as Annif defines them: means over works."""
    f1 = ndcg = 0
    for work, wanted in truth.items():
        got = lists.get(work, [])
        hits = len(wanted.intersection(got[:5]))
        f1 += 2 * hits / (len(got[:5]) + len(wanted)) if got else 0
        gain = sum(1 / math.log2(i + 2) for i, s in enumerate(got[:10]) if s in wanted)
        ndcg += gain / sum(1 / math.log2(i + 2) for i in range(min(10, len(wanted))))
    return f1 / len(truth), ndcg / len(truth)


def lists_of(rows):
    lists = defaultdict(list)
    for work, _, subject in rows:
        lists[work].append(subject)
    return lists


# The rivals, of the same works and features as the product.

def known_rows(bench):
    db = bench.path(DATABASE)
    return (bench.shell(db, "SELECT work_id, feature_id FROM known_of_works;"), train_rows(bench),
            sorted(row[0] for row in bench.shell(db, "SELECT work_id FROM newcomer;")))


def train_rows(bench):
    return bench.shell(bench.path(DATABASE), "SELECT work_id, subject_id FROM train;")


def nearest_titles(bench):
    titles = bench.shell(bench.path(DATABASE),
                         "SELECT work_id, replace(replace(title, char(10), ' '), char(9), ' ') FROM title;")
    return tfidf_neighbours.suggest(titles, train_rows(bench), known_rows(bench)[2])


def ridge(bench):
    return rivals.ridge(*known_rows(bench))


def fasttext(bench):
    return rivals.fasttext(*known_rows(bench), threads=1)


RIVALS = [("one-vs-rest ridge on TF-IDF, features", ridge), ("fastText, features", fasttext),
          ("nearest neighbours by TF-IDF of the title", nearest_titles)]


def jobs():
    """The rivals first, which take long."""
    made = [Job(DATABASE, name, rival=rival) for name, rival in RIVALS]
    for name, options in METHODS:
        questions = {"some known": suggest_sql("(SELECT DISTINCT work_id FROM test)", True, options)}
        if "work_features" in options:
            questions["none known"] = suggest_sql("newcomer", False, options)
        made.append(Job(DATABASE, name, options, questions))
    return made


def newcomers_section(bench, answers):
    truth = dict(bench.shell(bench.path(DATABASE), "SELECT work_id, subject_id FROM test;"))
    rows = []
    for name, _ in METHODS:
        found = answers.get((DATABASE, name), {"problem": "not measured"})
        if "problem" in found:
            rows.append([name, found["problem"], ""])
            continue
        recall, ndcg = one_hidden(found["rows"]["some known"], truth)
        rows.append([name, f"{recall:.3f}", f"{ndcg:.3f}"])
    return (f"## Works never seen\n{NEW_WORKS:,} works of gutenberg_loo are kept out of training "
            f"altogether. One subject of each is hidden ({len(truth):,} have three or more), and "
            "`subjrec_suggest` is given the others.\n\n"
            + table(["method", "recall@10", "nDCG@10"], rows))


def bare_section(bench, answers):
    truth = defaultdict(set)
    for work, subject in bench.shell(bench.path(DATABASE), "SELECT * FROM shown UNION SELECT * FROM test;"):
        truth[work].add(subject)
    rows = []

    def judge(name, lists_in):
        found = answers.get((DATABASE, name), {"problem": "not measured"})
        if "problem" in found:
            rows.append([name, found["problem"], ""])
        else:
            rows.append([name] + [f"{x:.3f}" for x in all_hidden(lists_in(found), truth)])

    for name, options in METHODS:
        if "work_features" in options:
            judge(name, lambda found: lists_of(found["rows"]["none known"]))
    for name, _ in RIVALS:
        judge(name, lambda found: found["lists"])
    common = [s for s, _ in Counter(s for _, s in train_rows(bench)).most_common(10)]
    f1, ndcg = all_hidden({work: common for work in truth}, truth)
    rows.append(["the commonest subjects", f"{f1:.3f}", f"{ndcg:.3f}"])
    return (f"## With no subjects at all\nThe same {len(truth):,} works, all of their subjects "
            "hidden: only their features are known. F1@5 and nDCG@10 as Annif defines them, means "
            "over the works.\n\n" + table(["method", "F1@5", "nDCG@10"], rows))
