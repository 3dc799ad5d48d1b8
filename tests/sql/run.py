#!/usr/bin/env python3
"""Runs tests that are written in SQL: a statement, and what it gives.

    tests/sql/run.py MODULE [FILE.sql ...] [--update]

A file is a list of cases in the order in which they run, in one sqlite3 shell, on a database of their own that is
empty at first:

    -- The words before a statement say what is right.
    SELECT rank, subject_id FROM subjrec_topk('rec', 'w1', 2);
    --> 1|bees
    --> 2|honey

What a case prints are the lines that begin with "-->": columns between bars, NULL as NULL, and an error as
"error: ..." in whole. A statement without such lines must print nothing. With "..." a line may end, or begin,
where the rest does not matter. --update writes what is printed into the file, for the eyes of whoever adds a case.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "-->"
END = "=== end of the case ==="


class Case:
    def __init__(self, line):
        self.line = line    # of the file, from 1
        self.text = []      # words and statements, as they stand
        self.wanted = []


def read_cases(path):
    """A case ends with its wanted lines, or with a blank line behind a statement."""
    cases, case = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        wanted = line.startswith(MARK)
        ended = case and (case.wanted if not wanted else not case.text)
        if case is None or ended or (not line and has_statement(case)):
            case = None if not line else Case(number)
            if case:
                cases.append(case)
        if case and wanted:
            case.wanted.append(line[len(MARK):].strip())
        elif case:
            case.text.append(line)
    return cases


def has_statement(case):
    return any(line and not line.startswith("--") for line in case.text)


def run(module, folder, cases):
    """What each case prints, line by line."""
    script = [f".load {module}", ".mode list", ".separator |", ".nullvalue NULL"]
    for case in cases:
        script += case.text + [f".print {END}"]
    done = subprocess.run(["sqlite3", "-batch", ":memory:"], input="\n".join(script) + "\n", text=True, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    printed = re.sub(r"^(?:Parse|Runtime) error near line \d+: (.*?)(?: \(\d+\))?$", r"error: \1", done.stdout, flags=re.M)
    parts = [part.strip("\n").splitlines() for part in printed.split(END)]
    return parts[:len(cases)] + [["(the shell ended before this case)"]] * (len(cases) - len(parts) + 1)


def fits(found, wanted):
    if wanted.startswith("..."):
        return found.endswith(wanted[3:])
    if wanted.endswith("..."):
        return found.startswith(wanted[:-3])
    return found == wanted


def check(module, path, update):
    """The number of cases that fail."""
    cases = read_cases(path)
    if not cases:
        print(f"{path}: no case")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(ROOT / "examples", Path(folder) / "examples")
        printed = run(module, folder, cases)
    failed = 0
    for case, found in zip(cases, printed):
        if len(found) == len(case.wanted) and all(map(fits, found, case.wanted)):
            continue
        failed += 1
        words = next((line for line in case.text if line.startswith("--")), case.text[0])
        print(f"{path}:{case.line}: {words.lstrip('- ')}\n  wanted:", *case.wanted, "  found:", *found, sep="\n    ")
        case.wanted = found
    if update:
        blocks = ["\n".join(case.text + [f"{MARK} {line}" for line in case.wanted]) for case in cases]
        path.write_text("\n\n".join(blocks) + "\n")
    print(f"{path.name}: {len(cases) - failed} of {len(cases)} cases")
    return failed


def main():
    arguments = [word for word in sys.argv[1:] if word != "--update"]
    if not arguments:
        sys.exit(__doc__)
    module = os.path.abspath(arguments[0])
    files = [Path(name) for name in arguments[1:]] or sorted(Path(__file__).parent.glob("*.sql"))
    sys.exit(1 if sum(check(module, path, "--update" in sys.argv) for path in files) else 0)


if __name__ == "__main__":
    main()
