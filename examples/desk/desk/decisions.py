"""Decisions on (work, subject) pairs, and what they change in `work_subjects`: made, listed, undone.

The table `decisions(work_id, subject_id, verdict, at)` is the user's. A pair has one decision at a time, and its
verdict tells what undoing has to put back:

    verdict   what it was of                      work_subjects
    accepted  a subject that the work lacked      gets the pair
    rejected  a subject that the work lacked      stays
    kept      a subject that the work carried     stays
    removed   a subject that the work carried     loses the pair
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone
from typing import Any

from . import catalogue
from .database import table_exists
from .ids import Id
from .problems import Problem

OPPOSITE = {"accepted": "rejected", "rejected": "accepted", "kept": "removed", "removed": "kept"}
WANTS_CARRIED = {"accepted": False, "rejected": False, "kept": True, "removed": True}

SCHEMA = """CREATE TABLE IF NOT EXISTS decisions(
  work_id NOT NULL, subject_id NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected', 'kept', 'removed')),
  at TEXT NOT NULL, -- UTC, ISO 8601 with milliseconds
  PRIMARY KEY (work_id, subject_id)) WITHOUT ROWID"""


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decide(db: sqlite3.Connection, work_key: str, subject_key: str, verdict: str) -> dict[str, Any]:
    """Stores a decision. The same verdict again changes nothing and says `"already": true`; another than the one
    that stands, or one that no longer fits what the work carries, is a Problem 409 that tells what stands."""
    if verdict not in OPPOSITE:
        raise Problem(400, "Bad request", f"verdict must be one of {', '.join(OPPOSITE)}, got '{verdict[:40]}'.")
    work = catalogue.find_work(db, work_key)["id"]
    subject = catalogue.find_subject(db, subject_key)
    _need_table(db)
    standing = _standing(db, work, subject)
    if standing:
        if standing["verdict"] == verdict:
            return {**standing, "already": True}
        raise Problem(409, "Decided already", f"Somebody decided on this pair before you: {standing['verdict']} "
                      f"at {standing['at']}. Undo that to decide anew.", **standing)
    carries = _carries(db, work, subject)
    if carries != WANTS_CARRIED[verdict]:
        has = "carries this subject already" if carries else "does not carry this subject any more"
        raise Problem(409, "Catalogue has changed", f"The work {has}; it was changed meanwhile.", carried=carries)
    at = now()
    db.execute("INSERT INTO decisions(work_id, subject_id, verdict, at) VALUES (?, ?, ?, ?)",
               (work, subject, verdict, at))
    if verdict == "accepted":
        db.execute("INSERT INTO work_subjects(work_id, subject_id) VALUES (?, ?)", (work, subject))
    elif verdict == "removed":
        db.execute("DELETE FROM work_subjects WHERE work_id = ? AND subject_id = ?", (work, subject))
    return {"verdict": verdict, "at": at, "already": False}


def undo(db: sqlite3.Connection, work_key: str, subject_key: str, verdict: str, at: str) -> dict[str, Any]:
    """Takes back the very decision that is named; Problem 409 where it is not the one that stands."""
    work = catalogue.find_work(db, work_key)["id"]
    subject = catalogue.find_subject(db, subject_key)
    standing = _standing(db, work, subject) if table_exists(db, "decisions") else None
    if standing is None:
        raise Problem(409, "Undone already", "This decision was undone already.")
    if (standing["verdict"], standing["at"]) != (verdict, at):
        raise Problem(409, "Decided anew", f"Since then somebody decided anew: {standing['verdict']} "
                      f"at {standing['at']}.", **standing)
    db.execute("DELETE FROM decisions WHERE work_id = ? AND subject_id = ?", (work, subject))
    if verdict == "accepted":
        db.execute("DELETE FROM work_subjects WHERE work_id = ? AND subject_id = ?", (work, subject))
    elif verdict == "removed" and not _carries(db, work, subject):
        db.execute("INSERT INTO work_subjects(work_id, subject_id) VALUES (?, ?)", (work, subject))
    return {"undone": verdict}


def of_work(db: sqlite3.Connection, work: Id) -> list[dict[str, Any]]:
    """Decisions on a work's subjects, the latest first: `{"subject", "key", "label", "type", "verdict", "at"}`."""
    if not table_exists(db, "decisions"):
        return []
    rows = db.execute("SELECT subject_id, verdict, at FROM decisions WHERE work_id = ? ORDER BY at DESC, subject_id",
                      (work,)).fetchall()
    described = catalogue.subjects(db, [row[0] for row in rows])
    return [{**subject, "subject": row[0], "verdict": row[1], "at": row[2]} for row, subject in zip(rows, described)]


def count(db: sqlite3.Connection) -> int:
    if not table_exists(db, "decisions"):
        return 0
    return int(db.execute("SELECT count(*) FROM decisions").fetchone()[0])


def _need_table(db: sqlite3.Connection) -> None:
    """Makes the table where there is none. One of that name with other columns is somebody else's, and stays."""
    db.execute(SCHEMA)
    columns = {row[1] for row in db.execute("PRAGMA table_info(decisions)")}
    if not {"work_id", "subject_id", "verdict", "at"} <= columns:
        raise Problem(409, "Table in the way", "The table 'decisions' of this database has other columns than "
                      "work_id, subject_id, verdict, at. Rename it, so that decisions can be stored.")


def _standing(db: sqlite3.Connection, work: Id, subject: Id) -> dict[str, Any] | None:
    row = db.execute("SELECT verdict, at FROM decisions WHERE work_id = ? AND subject_id = ?",
                     (work, subject)).fetchone()
    return {"verdict": row[0], "at": row[1]} if row else None


def _carries(db: sqlite3.Connection, work: Id, subject: Id) -> bool:
    return db.execute("SELECT 1 FROM work_subjects WHERE work_id = ? AND subject_id = ?",
                      (work, subject)).fetchone() is not None
