"""As run.py, with APSW."""
import sys

import apsw

db = apsw.Connection(":memory:")
db.enableloadextension(True)
db.loadextension(sys.argv[1])
for statement in open(sys.argv[2], encoding="utf-8"):
    for row in db.cursor().execute(statement):
        print(row[0])
