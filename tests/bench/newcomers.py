"""Works that training has not seen: with some of their subjects known, and with none."""
import json
import math
import sys
from collections import Counter, defaultdict

import rivals
import tfidf_neighbours
from bench import FEATURED, LABELLED, PRIORS, make, sql_text, table

NEW_WORKS = 5000


def make_newcomers(bench):
    """gutenberg_loo without 5,000 of its works."""
    attach = f"ATTACH '{sql_text(bench.path('gutenberg_loo'))}' AS loo;"
    make(bench, "newcomers", attach + f"""
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


def newcomers_section(bench, with_features):
    make_newcomers(bench)
    db = bench.path("newcomers")
    truth_rows, _, _ = bench.shell(db, "SELECT work_id, subject_id FROM test;")
    truth = dict(truth_rows)
    rows = []
    for name, options in [("ials", {"algorithm": "ials"}), ("ease", {"algorithm": "ease"}),
                          ("blend (default)", {})] + with_features:
        print("newcomers ·", name, file=sys.stderr, flush=True)
        script = train_sql(options) + suggest_sql("(SELECT DISTINCT work_id FROM test)", True, options)
        found, _, _ = bench.shell(db, script)
        recall, ndcg = one_hidden(found[1:], truth)
        rows.append([name, f"{recall:.3f}", f"{ndcg:.3f}"])
    return (f"## Works never seen\n{NEW_WORKS:,} works of gutenberg_loo are kept out of training "
            f"altogether. One subject of each is hidden ({len(truth):,} have three or more), and "
            "`subjrec_suggest` is given the others.\n\n"
            + table(["method", "recall@10", "nDCG@10"], rows))


def train_sql(options):
    return (f"SELECT subjrec_train('temp.m', 'train', '{sql_text(json.dumps(options))}');"
            "CREATE UNIQUE INDEX IF NOT EXISTS temp.by_id ON m_features(feature_id);\n")


def lists_of(rows):
    lists = defaultdict(list)
    for work, _, subject in rows:
        lists[work].append(subject)
    return lists


def bare_section(bench):
    make_newcomers(bench)
    db = bench.path("newcomers")
    found, _, _ = bench.shell(
        db, "SELECT * FROM shown UNION SELECT * FROM test;")
    truth = defaultdict(set)
    for work, subject in found:
        truth[work].add(subject)
    rows = []
    for name, options in [("blend (default), features", FEATURED),
                          ("blend (default), features and labels", LABELLED),
                          ("ease, features", {"algorithm": "ease", **FEATURED}),
                          ("neighbours, features", {"algorithm": "neighbours", **FEATURED}),
                          ("composed, features", {"algorithm": "composed", **FEATURED}),
                          ("composed, features of works and subjects", PRIORS)]:
        print("no subjects ·", name, file=sys.stderr, flush=True)
        found, _, _ = bench.shell(db, train_sql(options) + suggest_sql("newcomer", False, options))
        f1, ndcg = all_hidden(lists_of(found[1:]), truth)
        rows.append([name, f"{f1:.3f}", f"{ndcg:.3f}"])
    titles, _, _ = bench.shell(db, "SELECT work_id, replace(replace(title, char(10), ' '), char(9), ' ') FROM title;")
    tags, _, _ = bench.shell(db, "SELECT work_id, subject_id FROM train;")
    known, _, _ = bench.shell(db, "SELECT work_id, feature_id FROM known_of_works;")
    for name, suggest in [
            ("nearest neighbours by TF-IDF of the title", lambda: tfidf_neighbours.suggest(titles, tags, list(truth))),
            ("one-vs-rest ridge on TF-IDF, features", lambda: rivals.ridge(known, tags, sorted(truth))),
            ("fastText, features", lambda: rivals.fasttext(known, tags, sorted(truth)))]:
        print("no subjects ·", name, file=sys.stderr, flush=True)
        lists = suggest()
        judged = ["not installed", ""] if lists is None else [f"{x:.3f}" for x in all_hidden(lists, truth)]
        rows.append([name] + judged)
    common = [s for s, _ in Counter(s for _, s in tags).most_common(10)]
    f1, ndcg = all_hidden({work: common for work in truth}, truth)
    rows.append(["the commonest subjects", f"{f1:.3f}", f"{ndcg:.3f}"])
    return (f"## With no subjects at all\nThe same {len(truth):,} works, all of their subjects "
            "hidden: only their features are known. F1@5 and nDCG@10 as Annif defines them, means "
            "over the works.\n\n" + table(["method", "F1@5", "nDCG@10"], rows))
