"""subjrec from Python's own sqlite3 module, and from numpy where it is installed.

    python3 examples/python/recommend.py [module [catalogue]]

Some builds of Python leave enable_load_extension out; Debian's and python.org's have it.
"""
import sqlite3
import sys
from array import array

module = sys.argv[1] if len(sys.argv) > 1 else "./build/release/subjrec"
catalogue = sys.argv[2] if len(sys.argv) > 2 else "examples/catalogue.ndjson.gz"

db = sqlite3.connect(":memory:")
db.enable_load_extension(True)
db.load_extension(module)
db.enable_load_extension(False)

db.execute("SELECT subjrec_import(?)", (catalogue,)).fetchone()
db.execute("""
    SELECT subjrec_train('rec', 'work_subjects')""").fetchone()

(title,) = db.execute("SELECT title FROM works WHERE work_id = 'cex557h4'").fetchone()
print(title)
for label, probability in db.execute("""
        SELECT label, probability
        FROM subjrec_topk('rec', 'cex557h4', 5, 'new') JOIN subjects USING (subject_id)
        ORDER BY rank"""):
    print(f"  {probability:.3f}  {label}")

(blob,) = db.execute("""
    SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
    WHERE label = 'Honey'""").fetchone()
try:
    import numpy
    honey = numpy.frombuffer(blob, "<f4")
except ImportError:
    honey = array("f", blob)
print(f"Honey is {len(honey)} numbers, the first {honey[0]:.4f}")
