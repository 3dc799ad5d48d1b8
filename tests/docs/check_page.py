#!/usr/bin/env python3
"""Runs the examples of a Markdown page and compares what they print with what the page shows.

    check_page.py PAGE.md --module build/release/subjrec.so [--update]

Every ```sql block runs in the stock sqlite3 shell, in a process of its own, on one database file that the
page's blocks share; relative paths start at the repository's root. A ```text block right after it is
what it must print, errors included. --update writes the real output into the page instead.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sql\n(.*?)^```\n(?:(\n?)```text\n(.*?)^```\n)?", re.S | re.M)
PRELUDE = ".mode box --wordwrap on --wrap 72\n.nullvalue NULL\n"


def run(module, database, sql, root):
    """What the shell prints for `sql`: results and errors in the order they come."""
    script = f".load {module}\n{PRELUDE}{sql}"
    done = subprocess.run(["sqlite3", "-batch", database], input=script, text=True, cwd=root,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    out = re.sub(r"(Parse|Runtime) error near line \d+: ", r"\1 error: ", done.stdout)
    return re.sub(r" \(\d+\)$", "", out, flags=re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page")
    parser.add_argument("--module", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    module = os.path.abspath(options.module)
    with open(options.page, encoding="utf-8") as page:
        text = page.read()
    failures = 0
    blocks = 0
    pieces = []
    end = 0
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "works.db")
        for block in BLOCK.finditer(text):
            blocks += 1
            sql, gap, expected = block.group(1), block.group(2), block.group(3)
            got = run(module, database, sql, root)
            pieces.append(text[end:block.start()])
            pieces.append(f"```sql\n{sql}```\n")
            if expected is not None or got:
                pieces.append(f"{gap or ''}```text\n{got}```\n")
            end = block.end()
            if got != (expected or "") and not options.update:
                failures += 1
                print(f"--- {options.page}: this example\n{sql}--- shows\n{expected or ''}"
                      f"--- and prints\n{got}")
    if options.update:
        pieces.append(text[end:])
        with open(options.page, "w", encoding="utf-8") as page:
            page.write("".join(pieces))
    print(f"{options.page}: {blocks} examples, {failures} wrong")
    return 1 if failures or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
