"""Where the extension is, and how a connection gets it."""
from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

SUFFIXES = {"win32": ".dll", "darwin": ".dylib"}


def loadable_path() -> str:
    """The path of the extension, for any binding's way to load one.

    It is the module that came with this package; $SUBJREC_MODULE names another, such as one of a build.
    """
    named = os.environ.get("SUBJREC_MODULE")
    if named:
        return str(Path(named).resolve())
    return str(Path(__file__).resolve().with_name("subjrec" + SUFFIXES.get(sys.platform, ".so")))


def load(conn: Any) -> None:
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
