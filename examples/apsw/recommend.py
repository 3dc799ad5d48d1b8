"""subjrec from APSW, which brings SQLite to Python unadorned.

    python3 examples/apsw/recommend.py [module [catalogue]]
"""
import sys
from array import array

import apsw

module = sys.argv[1] if len(sys.argv) > 1 else "./build/release/subjrec"
catalogue = sys.argv[2] if len(sys.argv) > 2 else "examples/catalogue.ndjson.gz"

db = apsw.Connection(":memory:")
db.enableloadextension(True)
db.loadextension(module)
db.enableloadextension(False)

cursor = db.cursor()
cursor.execute("SELECT subjrec_import(?)", (catalogue,)).fetchall()
cursor.execute("""
    SELECT subjrec_train('rec', 'work_subjects')""").fetchall()

for (title,) in cursor.execute("SELECT title FROM works WHERE work_id = 'cex557h4'"):
    print(title)
for label, probability in cursor.execute("""
        SELECT label, probability
        FROM subjrec_topk('rec', 'cex557h4', 5, 'new') JOIN subjects USING (subject_id)
        ORDER BY rank"""):
    print(f"  {probability:.3f}  {label}")

for (blob,) in cursor.execute("""
        SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
        WHERE label = 'Honey'"""):
    honey = array("f", blob)
    print(f"Honey is {len(honey)} numbers, the first {honey[0]:.4f}")
