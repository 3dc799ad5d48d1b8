"""subjrec recommends subjects for the works of a catalogue, inside SQLite. From Python:

    import subjrec
    db = subjrec.connect("works.db")
    db.import_("works.json.gz")
    db.train("rec")
    for row in db.topk("rec", "cex557h4", 5, "new"):
        print(row.rank, row.label, row.probability)

or, for a connection that is there already:

    import sqlite3
    conn = sqlite3.connect("works.db")
    subjrec.load(conn)

In a notebook, `%load_ext subjrec` makes cells of SQL (magic.py).

The command `subjrec` does the same from a shell: `subjrec --help`.
"""
from .database import Database, Epochs, connect
from .loading import load, loadable_path
from .magic import load_ipython_extension
from .pictures import Page, Svg
from .rows import Rows, vector

__all__ = ["Database", "Epochs", "Page", "Rows", "Svg", "connect", "load", "load_ipython_extension",
           "loadable_path", "vector"]
