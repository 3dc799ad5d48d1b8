"""Section of what is found where: by how common the hidden subject is, and by how much is known of the work."""
from bench import table
from catalogues import GUTENBERG

ASKED = 10_000
METHODS = ("ials", "ease", "neighbours", "composed", "blend (default)", "ease, features", "composed, features",
           "default, features", "default, features and labels")
ON_WORKS = [(1, 4), (5, 9), (10, 19), (20, 99), (100, 999), (1000, None)]
KNOWN = [(1, 2), (3, 3), (4, 5), (6, 9), (10, None)]


def bin_of(column, bins):
    """SQL for the number of a value's bin."""
    return "CASE " + " ".join(f"WHEN {column} >= {least} THEN {number}"
                              for number, (least, _) in reversed(list(enumerate(bins)))) + " END"


def found_sql(column, bins):
    return f"SELECT {bin_of(column, bins)} AS bin, count(*), avg(hit) FROM found GROUP BY bin ORDER BY bin"


# A row for each of so many works: whether its hidden subject is among ten.
FOUND = f"""CREATE TEMP TABLE found AS
    WITH asked AS (SELECT work_id, subject_id FROM test WHERE work_id IN (SELECT work_id FROM train)
                   ORDER BY substr(work_id, 3), work_id LIMIT {ASKED}),
         on_works AS (SELECT subject_id, count(*) AS n FROM train GROUP BY subject_id),
         known AS (SELECT work_id, count(*) AS n FROM train GROUP BY work_id)
    SELECT max(a.subject_id = s.subject_id) AS hit, w.n AS on_works, k.n AS known
    FROM asked AS a JOIN on_works AS w USING (subject_id) JOIN known AS k USING (work_id),
         subjrec_topk('temp.m', a.work_id, 10, 'new') AS s
    GROUP BY a.work_id, a.subject_id;
    """
QUESTIONS = {"by works": FOUND + found_sql("on_works", ON_WORKS), "by known": found_sql("known", KNOWN)}


def is_split(name):
    return name in METHODS


def named(bins):
    return [str(least) if least == most else f"{least:,} or more" if most is None else f"{least}-{most}"
            for least, most in bins]


def split_table(answers, question, bins):
    counts, rows = {}, []
    for name in METHODS:
        found = answers.get((GUTENBERG, name), {"problem": "not measured"})
        if "problem" in found:
            rows.append([name, found["problem"]] + [""] * (len(bins) - 1))
            continue
        of = {int(number): (int(count), float(hit)) for number, count, hit in found["rows"][question]}
        counts.update({number: count for number, (count, _) in of.items()})
        rows.append([name] + [f"{of[number][1]:.3f}" if number in of else "" for number in range(len(bins))])
    asked = ["hidden subjects"] + [f"{counts.get(number, 0):,}" for number in range(len(bins))]
    return table(["recall@10"] + named(bins), [asked] + rows)


def parts_section(bench, answers):
    return (f"## What is found where\nHidden subjects of {ASKED:,} works of gutenberg_loo, by how many works carry them "
            "in training:\n\n" + split_table(answers, "by works", ON_WORKS)
            + "\nThe same by how many subjects of the work are known:\n\n" + split_table(answers, "by known", KNOWN))
