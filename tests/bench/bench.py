"""What the sections of QUALITY.md have in common: a sqlite3 shell with the module for each training, databases
that are made once, and tables of Markdown."""
import json
import os
import re
import subprocess
import tempfile

FEATURED = {"work_features": "known_of_works"}
# The same, but the title as text, in which the words of labels are looked for.
LABELLED = {"work_features": "SELECT * FROM known_of_works WHERE feature_id NOT LIKE 'title:%'",
            "work_text": "SELECT * FROM title", "subject_labels": "SELECT * FROM labels"}
PRIORS = {**FEATURED, "subject_features": "known_of_subjects"}


class Bench:
    def __init__(self, args):
        self.args = args
        self.module = os.path.join(args.build, "subjrec.so")
        os.makedirs(args.work, exist_ok=True)

    def path(self, name):
        return os.path.join(self.args.work, name + ".db")

    def shell(self, db, script):
        """Runs a script in a sqlite3 shell; returns its rows."""
        with tempfile.TemporaryFile("w+") as out:
            child = subprocess.Popen(
                ["sqlite3", "-bail", "-separator", "\t", "-cmd", ".load " + self.module, db],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, text=True)
            _, problem = child.communicate(script)
            if child.returncode != 0:
                raise RuntimeError(problem.strip())
            out.seek(0)
            return [line.rstrip("\n").split("\t") for line in out]

    def train_and_ask(self, catalogue, options, questions):
        """Trains temp.m from the table train, and asks it: {question: SQL}. Returns the summary of training, its seconds
        of processor and its peak of memory (MB) before anything is asked, and the rows of each question."""
        with tempfile.TemporaryDirectory() as folder:
            taken = os.path.join(folder, "taken")
            script = (f"SELECT subjrec_train('temp.m', 'train', '{sql_text(json.dumps(options))}');\n"
                      f".shell cat /proc/$PPID/stat /proc/$PPID/status > {taken}\n"
                      "CREATE UNIQUE INDEX temp.by_id ON m_features(feature_id);\n")
            for number, sql in enumerate(questions.values()):
                script += f"SELECT '{MARK}', {number};\n{sql.strip().rstrip(';')};\n"
            try:
                rows = self.shell(self.path(catalogue), script)
            except RuntimeError as problem:
                return {"problem": last_line(str(problem))}
            cpu, peak = cost_of(taken)
        answers = []
        for row in rows[1:]:
            if row[0] == MARK:
                answers.append([])
            else:
                answers[-1].append(row)
        return {"summary": json.loads(rows[0][0]), "cpu": cpu, "peak": peak,
                "rows": dict(zip(questions, answers))}


MARK = "the next question"


def cost_of(path):
    """Seconds of processor and peak MB from a process's files in /proc."""
    with open(path) as file:
        text = file.read()
    used = text[text.rindex(")", 0, text.index("\n")) + 2:].split()
    ticks = int(used[11]) + int(used[12])
    return ticks / os.sysconf("SC_CLK_TCK"), int(re.search(r"VmHWM:\s*(\d+) kB", text).group(1)) / 1024


def last_line(problem):
    """What it says of itself, without where it was said."""
    lines = problem.strip().splitlines() or ["it said nothing"]
    return re.sub(r"^.*?subjrec_\w+: ", "", lines[-1]).replace("|", "\\|")


def sql_text(text):
    return text.replace("'", "''")


def make(bench, name, script):
    """Makes a database, unless an earlier run left it."""
    path = bench.path(name)
    if os.path.exists(path) and not bench.args.fresh:
        return
    if os.path.exists(path):
        os.remove(path)
    bench.shell(path, script)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"
