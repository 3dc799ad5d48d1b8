"""The small catalogue with a model, made once for all tests."""
import atexit
import os
import shutil
import tempfile
from pathlib import Path

import subjrec

CATALOGUE = os.environ["SUBJREC_CATALOGUE"]
BEES = "cex557h4"
_made = []


def trained():
    """A path of a database with the model `rec`, not to be written to."""
    if not _made:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        _made.append(folder)
        with subjrec.connect(Path(folder.name) / "works.db") as db:
            db.import_(CATALOGUE, progress=False)
            db.train("rec", progress=False)
    return Path(_made[0].name) / "works.db"


def copy(folder):
    """A copy of it that may be written to."""
    return Path(shutil.copy(trained(), Path(folder) / "copy.db"))


def has(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True
