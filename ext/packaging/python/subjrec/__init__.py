"""A loadable SQLite extension that recommends subjects for the works of a catalogue.

    import sqlite3, subjrec
    db = sqlite3.connect("works.db")
    subjrec.load(db)
"""
from pathlib import Path

__all__ = ["loadable_path", "load"]


def loadable_path():
    """The path of the extension, for any binding's way to load one."""
    return str(Path(__file__).with_name("subjrec.so"))


def load(conn):
    """Loads the extension into a connection of sqlite3 or APSW, and forbids loading again."""
    if hasattr(conn, "enableloadextension"):  # APSW
        enable, load_extension = conn.enableloadextension, conn.loadextension
    elif hasattr(conn, "enable_load_extension"):
        enable, load_extension = conn.enable_load_extension, conn.load_extension
    else:
        raise RuntimeError("this Python's sqlite3 was built without loading of extensions; use "
                           "another build of Python, or APSW")
    enable(True)
    try:
        load_extension(loadable_path())
    finally:
        enable(False)
