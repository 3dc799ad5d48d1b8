"""What the desk's tests share: a small catalogue with a model, an app over a copy of it, and a server as a process.

The module and a folder for what is made come from the environment: SUBJREC_MODULE, DESK_FOLDER.
"""

from __future__ import annotations

import faulthandler
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import closing
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "examples" / "desk"))

from starlette.testclient import TestClient  # noqa: E402

from desk.app import make_app  # noqa: E402
from desk.settings import Settings  # noqa: E402

MODULE = Path(os.environ["SUBJREC_MODULE"]).resolve()
FOLDER = Path(os.environ.get("DESK_FOLDER") or tempfile.mkdtemp())
BEES = "cex557h4"
HANGS_AFTER = 300  # seconds: then every thread's stack is printed, and the tests end
HOSTILE = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">'

faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)


def connect(path: Path, timeout: float = 10) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    db.enable_load_extension(True)
    db.load_extension(str(MODULE))
    return db


def trained() -> Path:
    """The small catalogue, imported and trained once for all tests of a run."""
    path = FOLDER / f"trained-{os.getpid()}.db"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with closing(connect(path)) as db:
            db.execute("SELECT subjrec_import(?)", (str(PROJECT / "examples" / "catalogue.ndjson.gz"),)).fetchone()
            db.execute("SELECT subjrec_train('rec', 'work_subjects')").fetchone()
    return path


class DeskTest(unittest.TestCase):
    """Each test has a database of its own."""

    settings: dict[str, Any] = {}

    def setUp(self) -> None:
        self.ended: list[TestClient] = []
        self.path = FOLDER / f"{self.id().replace('.', '-')}.db"
        for old in FOLDER.glob(self.path.name + "*"):
            old.unlink()
        shutil.copy(trained(), self.path)
        self.addCleanup(lambda: [old.unlink() for old in FOLDER.glob(self.path.name + "*")])

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(connect(self.path)) as db:
            return db.execute(statement, values).fetchall()

    def open(self, **settings: Any) -> TestClient:
        """A client of an app over this test's database, its index of titles ready; its requests look like the page's."""
        chosen = {"busy_seconds": 20, "update_delay": 0.05, **self.settings, **settings}
        app = make_app(Settings(database=self.path, extension=MODULE, **chosen))
        client = TestClient(app, base_url="http://127.0.0.1")
        client.headers["X-Desk"] = "one"
        client.follow_redirects = False
        client.__enter__()
        self.addCleanup(self.leave, client)
        end = time.monotonic() + 60
        while client.get("/api/search?q=x").json().get("ready") is False and time.monotonic() < end:
            time.sleep(0.01)
        return client

    def leave(self, client: TestClient) -> None:
        """Ends an app, once."""
        if client not in self.ended:
            self.ended.append(client)
            client.__exit__(None, None, None)

    def subject(self, label: str) -> str:
        return str(self.sql("SELECT subject_id FROM subjects WHERE label = ?", label)[0][0])

    def carried(self, work: str = BEES) -> set[str]:
        return {row[0] for row in self.sql("SELECT label FROM work_subjects JOIN subjects USING (subject_id) "
                                           "WHERE work_id = ?", work)}

    def decide(self, client: TestClient, label: str, verdict: str, work: str = BEES) -> Any:
        return client.post("/api/decide", json={"work": work, "subject": self.subject(label), "verdict": verdict})

    def check(self, response: Any, status: int, words: str = "") -> Any:
        """The body of an answer that must have this status and, as a problem, these words."""
        self.assertEqual(response.status_code, status, response.text[:500])
        if status >= 400:
            body = response.json()
            self.assertEqual(response.headers["content-type"], "application/problem+json")
            self.assertEqual(body["status"], status)
            self.assertIn(words, body["detail"])
        return response.json() if response.content else None


class Server:
    """The desk as a process of its own, on a free port of the loopback."""

    def __init__(self, database: Path, *options: str, token: str = "") -> None:
        environment = {**os.environ, "PYTHONPATH": str(PROJECT / "examples" / "desk"), "DESK_TOKEN": token}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "desk", str(database), "--extension", str(MODULE), "--port", "0", *options],
            stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout
        self.printed = self.process.stdout.readline()
        found = re.search(r"http://\S+?:\d+", self.printed)
        assert found, f"the desk did not start: {self.printed!r}"
        self.address = found[0]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
