"""Runs a script, one statement a line, and prints the first column: run.py MODULE SCRIPT."""
import sqlite3
import sys

db = sqlite3.connect(":memory:")
db.enable_load_extension(True)
db.load_extension(sys.argv[1])
for statement in open(sys.argv[2], encoding="utf-8"):
    for row in db.execute(statement):
        print(row[0])
