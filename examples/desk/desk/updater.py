"""Brings the model (subjrec_update) and the index of titles up to the catalogue, behind the decisions.

A thread of its own, with its own connection. It waits until decisions have paused for a moment, so that a run of
them costs one update; subjrec_update locks the database only while it writes its result. What fails is tried again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from typing import Any

from .database import Database, connect, table_exists
from .model import bag, find
from .problems import of_sqlite
from .suggestions import is_current
from .titles import TitleIndex, refresh

REST = 5  # times as long as the last update took, nothing is updated: readers have to read the model anew
MOST_SECONDS = 30.0  # that decisions which do not pause can put an update off
LOOK_SECONDS = 5.0  # between looks at whether other programs have changed the database


def is_behind(db: sqlite3.Connection, name: str) -> bool:
    """Whether the model lacks a decision, as after a run that ended before its update."""
    model = find(db, name)
    if model is None or not table_exists(db, "decisions"):
        return False
    for (work,) in db.execute("SELECT DISTINCT work_id FROM decisions"):
        stored = bag(db, model, work)
        if not is_current(db, model, work, stored[0] if stored else None):
            return True
    return False


class Updater:
    def __init__(self, database: Database, index: TitleIndex) -> None:
        self._database, self._index = database, index
        self._settings = database.settings
        self._wake = threading.Condition()
        self._first: float | None = None  # when the oldest decision came that the model lacks, and the latest
        self._last = 0.0
        self._took = 0.0  # seconds of the last update
        self._stop = False
        self._db: sqlite3.Connection | None = None
        self._thread = threading.Thread(target=self._run, name="updater", daemon=True)
        self.state: dict[str, Any] = {"updates": 0, "pending": False, "error": None}

    def start(self) -> None:
        self._thread.start()

    def notify(self) -> None:
        """The catalogue has changed."""
        with self._wake:
            self._last = time.monotonic()
            self._first = self._first or self._last
            self.state["pending"] = True
            self._wake.notify()

    def stop(self) -> None:
        with self._wake:
            self._stop = True
            self._wake.notify()
        if self._db:
            self._db.interrupt()
        self._thread.join()

    def _run(self) -> None:
        seen, first = None, True
        while not self._stop:
            try:
                self._db = self._db or connect(self._settings, write=self._database.writable)
                version = self._db.execute("PRAGMA data_version").fetchone()[0]
                if version != seen:
                    refresh(self._db, self._index)
                    seen = version
                if first and is_behind(self._db, self._settings.model):
                    self.notify()
                first = False
                if self._due():
                    self._update(self._db)
            except sqlite3.Error as error:
                self.state["error"] = of_sqlite(error).detail
                self._wait(self._settings.update_delay)
            self._wait(min(LOOK_SECONDS, self._settings.update_delay))
        if self._db:
            self._db.close()

    def _wait(self, seconds: float) -> None:
        with self._wake:
            if not self._stop:
                self._wake.wait(seconds)

    def _due(self) -> bool:
        with self._wake:
            now = time.monotonic()
            pause = max(self._settings.update_delay, REST * self._took)
            return self._first is not None and (now - self._last >= pause
                                                or now - self._first >= max(MOST_SECONDS, pause))

    def _update(self, db: sqlite3.Connection) -> None:
        if not self._database.writable or find(db, self._settings.model) is None:
            self._first, self.state["pending"] = None, False
            return
        with self._wake:
            first, self._first = self._first, None
        start = time.monotonic()
        try:
            summary = json.loads(db.execute("SELECT subjrec_update(?)", (self._settings.model,)).fetchone()[0])
        except sqlite3.Error as error:
            if of_sqlite(error).status == 503:  # locked: again later
                self._first = self._first or first
            else:
                self.state["pending"] = False  # it would fail again, as a model of work_vectors does
            raise
        self._took = time.monotonic() - start
        self.state["updates"] += 1
        self.state["pending"] = self._first is not None
        self.state["error"] = None
        self.state["summary"] = {name: summary.get(name) for name in
                                 ("works_added", "works_changed", "works_removed", "unknown_subjects")}
