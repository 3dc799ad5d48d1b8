"""Datasette plugin: lets every connection of Datasette ask subjrec's models, and nothing else.

The module is loaded by the entry point that leaves out what reads files. SUBJREC_MODULE names it;
otherwise it is the one of the Python package, where that is installed.
"""
import os

from datasette import hookimpl

ENTRY_POINT = "sqlite3_subjrec_nofiles_init"


def module():
    if "SUBJREC_MODULE" in os.environ:
        return os.environ["SUBJREC_MODULE"]
    try:
        import subjrec
    except ImportError as problem:
        raise RuntimeError("no module of subjrec's: set SUBJREC_MODULE to the path of subjrec.so, or install the "
                           "Python package") from problem
    return subjrec.loadable_path()


@hookimpl
def prepare_connection(conn):
    """Datasette calls it for each connection that it opens."""
    conn.enable_load_extension(True)
    try:
        conn.execute("SELECT load_extension(?, ?)", (module(), ENTRY_POINT))
    finally:
        conn.enable_load_extension(False)
