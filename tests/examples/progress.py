"""The option "progress" draws on standard error where that is a terminal, and nothing elsewhere.

    progress.py MODULE DATABASE
"""

import os
import pty
import shutil
import subprocess
import sys

module, database = sys.argv[1:]
statements = [
    """SELECT subjrec_import('examples/catalogue.ndjson.gz', '{"progress": true}') IS NULL""",
    """SELECT subjrec_train('rec', 'work_subjects', '{"recipe": "notebook", "progress": true}') IS NULL""",
    """SELECT subjrec_map('rec', 'subject', '{"epochs": 30, "progress": true}') IS NULL""",
    """SELECT subjrec_tune('work_subjects', '{"algorithm": "ials", "epochs": [2, 3]}', '{"progress": true}') IS NULL""",
]
if shutil.which("sqlite3") is None:
    print("SKIP: the sqlite3 shell is not installed")
    sys.exit(77)
if os.path.exists(database):
    os.remove(database)
command = ["sqlite3", database, "-cmd", ".load " + module] + statements
environment = {**os.environ, "LC_ALL": "C.UTF-8"}


def drawn(standard_error):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=standard_error, env=environment)
    assert run.returncode == 0 and run.stdout == b"0\n" * len(statements), run
    return run.stderr


terminal, end = pty.openpty()
text = b""
child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=end, env=environment)
os.close(end)
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # the other end is closed
        break
    if not part:
        break
    text += part
assert child.stdout.read() == b"0\n" * len(statements) and child.wait() == 0, text

lines = text.decode().replace("\r\n", "\n").split("\n")
last = [line.split("\r")[-1].rstrip() for line in lines]
print("\n".join(last))
assert len(last) == 5 and last[4] == "", last
assert last[0].startswith("importing: 2000 works [00:0"), last
assert last[1].startswith("training rec: 100%|" + 20 * "\u2588" + "| 10/10 epochs [00:0"), last
assert "/s, loss " in last[1], last
assert last[2].startswith("mapping rec: 100%|" + 20 * "\u2588" + "| 30/30 epochs [00:0"), last
assert last[3].startswith("tuning: 100%|" + 20 * "\u2588" + "| 2/2 runs [00:0"), last
assert ", best ndcg@10 0." in last[3], last
assert drawn(subprocess.PIPE) == b"", "something was drawn on what is no terminal"
