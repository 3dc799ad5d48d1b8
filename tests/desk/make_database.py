"""The database of the browser's tests: make_database.py <file>. One subject's label and one work's title are hostile."""

import shutil
import sys
from contextlib import closing
from pathlib import Path

from support import HOSTILE, connect, trained

path = Path(sys.argv[1])
shutil.copy(trained(), path)
with closing(connect(path)) as db:
    db.execute("UPDATE subjects SET label = ? WHERE label = 'Swarming'", (HOSTILE,))
    db.execute("UPDATE works SET title = ? WHERE title = 'The story of swarms'", ("Swarms told: " + HOSTILE,))
