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
        """Runs a script in a sqlite3 shell; returns its rows, seconds of processor, and peak MB."""
        with tempfile.TemporaryFile("w+") as out:
            child = subprocess.Popen(
                ["sqlite3", "-bail", "-separator", "\t", "-cmd", ".load " + self.module, db],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, text=True)
            child.stdin.write(script)
            child.stdin.close()
            problem = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                raise RuntimeError(problem.strip())
            out.seek(0)
            rows = [line.rstrip("\n").split("\t") for line in out]
        return rows, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def train_and_judge(self, catalogue, options):
        """One row of a table: what subjrec_train and subjrec_evaluate say."""
        script = f"""
            SELECT subjrec_train('temp.m', 'train', '{sql_text(json.dumps(options))}');
        """
        judge = """
            SELECT metric, value FROM subjrec_evaluate('temp.m', 'test');
        """
        try:
            rows, cpu, peak = self.shell(self.path(catalogue), script)
            judged, _, _ = self.shell(self.path(catalogue), script + judge)
        except RuntimeError as problem:
            if "max_columns" in str(problem):
                return {"problem": "more columns than max_columns"}
            return {"problem": re.sub(r"^.*?subjrec_\w+: ", "", str(problem))}
        summary = json.loads(rows[0][0])
        metrics = {row[0]: float(row[1]) for row in judged[1:]}
        return {"summary": summary, "metrics": metrics, "cpu": cpu, "peak": peak}


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
