"""Sections of what the default suggests for works that everybody knows, and of whether probabilities are true."""
from bench import FEATURED, make, sql_text, table
from catalogues import GUTENBERG, NEARLY_WHOLE, SMALL
from jobs import Job
from newcomers import BCE

DATABASE = "lists to read"
KNOWN_WORKS = ["Pride and Prejudice", "Moby Dick", "The Origin of Species by", "Frankenstein", "The Republic",
               "Alice's Adventures in Wonderland", "The Adventures of Sherlock Holmes", "Walden",
               "The Time Machine", "Dracula"]
HIDDEN_WORKS = ["Treasure Island", "The Prince", "A Christmas Carol", "Great Expectations", "The Art of War"]


def make_read(bench):
    """The whole catalogue, but for the subjects of the works of the second list."""
    titles = ", ".join(f"({number}, '{sql_text(title)}', {int(title in HIDDEN_WORKS)})"
                       for number, title in enumerate(KNOWN_WORKS + HIDDEN_WORKS))
    make(bench, DATABASE, f"""ATTACH '{sql_text(bench.path("gutenberg"))}' AS g;
        CREATE TEMP TABLE wanted(number, title, hidden);
        INSERT INTO wanted VALUES {titles};
        CREATE TABLE shown AS SELECT number, hidden, (SELECT work_id FROM g.works JOIN g.work_subjects USING (work_id)
            WHERE g.works.title LIKE wanted.title || '%' ORDER BY length(g.works.title), work_id LIMIT 1) AS work_id
          FROM wanted;
        CREATE TABLE subjects AS SELECT subject_id, label FROM g.subjects;
        CREATE TABLE carried AS SELECT work_id, subject_id FROM g.work_subjects WHERE work_id IN (SELECT work_id FROM shown);
        CREATE TABLE titles AS SELECT work_id, title FROM g.works WHERE work_id IN (SELECT work_id FROM shown);
        CREATE TABLE train AS SELECT work_id, subject_id FROM g.work_subjects
          WHERE work_id NOT IN (SELECT work_id FROM shown WHERE hidden);
        CREATE TABLE known_of_works AS SELECT * FROM g.known_of_works;
        CREATE INDEX known_by_work ON known_of_works(work_id);""")


LISTS = """SELECT hidden, (SELECT title FROM titles WHERE titles.work_id = w.work_id),
    (SELECT group_concat(label, ' · ') FROM (SELECT label FROM carried JOIN subjects USING (subject_id)
     WHERE carried.work_id = w.work_id ORDER BY label)),
    CASE WHEN hidden THEN
      (SELECT group_concat(label || printf(' %.2f', probability), ' · ') FROM (SELECT label, probability
       FROM subjrec_suggest('temp.m', '[]', 8, (SELECT json_group_array(feature_id) FROM known_of_works
         WHERE work_id = w.work_id AND feature_id IN (SELECT feature_id FROM m_features)))
       JOIN subjects USING (subject_id) ORDER BY rank))
    ELSE
      (SELECT group_concat(label || printf(' %.2f', probability), ' · ') FROM (SELECT label, probability
       FROM subjrec_topk('temp.m', w.work_id, 8, 'new') JOIN subjects USING (subject_id) ORDER BY rank))
    END FROM shown AS w ORDER BY number"""


def lists_jobs():
    return [Job(DATABASE, "default, features", FEATURED, {"lists": LISTS})]


def lists_section(bench, answers):
    found = answers.get((DATABASE, "default, features"), {"problem": "not measured"})
    if "problem" in found:
        return f"## Lists to read\n{found['problem']}\n"
    lines = {hidden: [row[1:] for row in found["rows"]["lists"] if row[0] == hidden] for hidden in "01"}
    head = ["work", "carries", "suggested, with probability"]
    return ("## Lists to read\nThe default with features, on the whole of Gutenberg's catalogue: eight new subjects for "
            "ten works that everybody knows.\n\n" + table(head, lines["0"]) +
            "\nFive works of whose subjects training has seen none, by their features alone.\n\n" +
            table(head, lines["1"]))


JUDGED = 10_000  # works whose probabilities are judged
RELIABLE = ("notebook", "bce, lr 0.03, 40 epochs", "ials", "ease", "neighbours", "composed", "blend (default)",
            "ials, d 256, features", "ease, features", "composed, features", "default, features")
SMALL_METHODS = [("notebook", {"recipe": "notebook"}), ("bce, lr 0.03, 40 epochs", BCE)] + [
    (name, {"algorithm": name}) for name in ("ials", "ease", "neighbours", "composed")] + [
    ("blend (default)", {})] + [
    (f"{name}, features", {"algorithm": name, **FEATURED}) for name in ("ials", "ease", "composed")] + [
    ("default, features", FEATURED)]
WHOLE_METHODS = [("ease", {"algorithm": "ease"}), ("neighbours", {"algorithm": "neighbours"}), ("blend (default)", {}),
                 ("default, features", FEATURED)]
# Of ten suggestions for each work, over twenty bins of equal width: how many, their mean probability, and hits.
RELIABILITY = f"""SELECT min(19, CAST(probability * 20 AS INTEGER)) AS bin, count(*), avg(probability), avg(hit) FROM (
    SELECT probability, t.subject_id = s.subject_id AS hit
    FROM (SELECT * FROM test WHERE work_id IN (SELECT work_id FROM train)
          ORDER BY substr(work_id, 3), work_id LIMIT {JUDGED}) AS t,
         subjrec_topk('temp.m', t.work_id, 10, 'new') AS s)
    GROUP BY bin ORDER BY bin"""


def is_judged(name):
    return name in RELIABLE


def reliability_jobs():
    return [Job(catalogue, name, options, {"reliability": RELIABILITY})
            for catalogue, methods in ((SMALL, SMALL_METHODS), (NEARLY_WHOLE, WHOLE_METHODS)) for name, options in methods]


def reliability_section(bench, answers):
    """The expected calibration error (Naeini et al. 2015), and the rows of the reliability diagram."""
    errors, rows = [], {GUTENBERG: [], NEARLY_WHOLE: []}
    for catalogue, names in ((GUTENBERG, RELIABLE), (NEARLY_WHOLE, [name for name, _ in WHOLE_METHODS]),
                             (SMALL, [name for name, _ in SMALL_METHODS])):
        for name in names:
            found = answers.get((catalogue, name), {"problem": "not measured"})
            if "problem" in found:
                errors.append([catalogue, name, found["problem"]])
                continue
            bins = [(int(count), float(mean), float(hit)) for _, count, mean, hit in found["rows"]["reliability"]]
            total = max(sum(count for count, _, _ in bins), 1)
            error = sum(count * abs(mean - hit) for count, mean, hit in bins) / total
            errors.append([catalogue, name, f"{error:.3f}"])
            if catalogue in rows:
                rows[catalogue] += [[name, f"{count:,}", f"{mean:.3f}", f"{hit:.3f}", "#" * round(40 * hit)]
                                    for count, mean, hit in bins]
    columns = ["suggestions", "mean probability", "held out", "diagram"]
    return (f"## Are the probabilities true?\nTen new subjects for each of {JUDGED:,} works, by the probability that the "
            "model gives them, and how many of them are the one that was held out. The expected calibration "
            "error is the mean distance of the two over twenty bins of equal width.\n\n"
            + table(["catalogue", "method", "expected calibration error"], errors) + "\n"
            + table([GUTENBERG, *columns], rows[GUTENBERG])
            + "\nThat split takes a subject from each work, so that training, which hides one more to calibrate by, takes the "
            "first for one that does not belong there: what is said of the best suggestions is too little. Where one work in "
            "twenty lacks a subject, as in a catalogue that is nearly whole, probabilities are true to the top.\n\n"
            + table([NEARLY_WHOLE, *columns], rows[NEARLY_WHOLE]))
