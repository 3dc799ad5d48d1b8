"""Which work comes next: the least complete first, or those with the most unlikely subjects (outliers) first.

Two people are never handed the same work at once: a work is lent to whoever got it for a quarter of an hour. A work
that was left without a decision does not come again before the desk is started anew; one with a decision never does.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

from .database import Database, table_exists
from .ids import Id
from .model import find

LEAST, OUTLIERS = "least", "outliers"
KINDS = (LEAST, OUTLIERS)
LENT_SECONDS = 15 * 60
FRESH_SECONDS = 60
AT_ONCE = 500  # works that are looked up at a time


def least_complete(db: sqlite3.Connection, skipped: int) -> list[Id]:
    """Works without a decision, those with the fewest subjects first."""
    undecided = ("WHERE NOT EXISTS (SELECT 1 FROM decisions d WHERE d.work_id = w.work_id) "
                 if table_exists(db, "decisions") else "")
    return [row[0] for row in db.execute(
        "SELECT w.work_id FROM works w LEFT JOIN work_subjects ws ON ws.work_id = w.work_id "
        f"{undecided}GROUP BY w.work_id ORDER BY count(ws.subject_id), w.work_id LIMIT ?", (AT_ONCE + skipped,))]


def outliers(db: sqlite3.Connection, model_name: str, skipped: int) -> list[Id]:
    """Works by their most unlikely subject that nobody has decided on."""
    model = find(db, model_name)
    if model is None:
        return []
    decided = set(db.execute("SELECT work_id, subject_id FROM decisions")) if table_exists(db, "decisions") else set()
    found = db.execute("SELECT work_id, subject_id FROM subjrec_outliers(?, ?) ORDER BY rank",
                       (model.name, 2 * (AT_ONCE + skipped) + len(decided)))
    return list(dict.fromkeys(work for work, subject in found if (work, subject) not in decided))


class Queue:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._lists: dict[str, tuple[float, list[Id]]] = {}
        self._lent: dict[Id, tuple[str, float]] = {}  # to which client, when
        self._passed: dict[str, set[Id]] = {kind: set() for kind in KINDS}

    async def next(self, client: str, kind: str, left: Id | None) -> Id | None:
        """The next work for `client`, who is done with the work `left`. None: there is none any more."""
        with self._lock:
            if left is not None:
                self._passed[kind].add(left)
                if self._lent.get(left, ("", 0.0))[0] == client:
                    del self._lent[left]
            made, works = self._lists.get(kind, (0.0, []))
            found = self._lend(client, kind, works) if time.monotonic() - made < FRESH_SECONDS else None
            skipped = len(self._passed[kind]) + len(self._lent)
        if found is not None:
            return found
        works = await self._database.read(self._look_up, kind, skipped)
        with self._lock:
            self._lists[kind] = (time.monotonic(), works)
            return self._lend(client, kind, works)

    def _look_up(self, db: sqlite3.Connection, kind: str, skipped: int) -> list[Id]:
        if kind == LEAST:
            return least_complete(db, skipped)
        return outliers(db, self._database.settings.model, skipped)

    def _lend(self, client: str, kind: str, works: list[Id]) -> Id | None:
        """The first of the list that is neither passed nor lent to somebody else."""
        now = time.monotonic()
        self._lent = {work: lent for work, lent in self._lent.items() if now - lent[1] < LENT_SECONDS}
        for work in works:
            holder = self._lent.get(work, (client, now))[0]
            if work not in self._passed[kind] and holder == client:
                self._lent[work] = (client, now)
                return work
        return None

    def state(self) -> dict[str, Any]:
        with self._lock:
            return {"lent": len(self._lent), "passed": {kind: len(works) for kind, works in self._passed.items()}}
