"""The catalogue's tables, read: works, subjects, which work carries which (columns as subjrec_import makes them)."""

from __future__ import annotations

import sqlite3
from typing import Any, Iterable, Sequence

from .database import table_exists
from .ids import Id, candidates, to_key
from .problems import Problem

TABLES = ("works", "subjects", "work_subjects")


def need_tables(db: sqlite3.Connection) -> None:
    missing = [name for name in TABLES if not table_exists(db, name)]
    if missing:
        raise Problem(503, "No catalogue", f"The database has no table {' and no table '.join(missing)}. "
                      "subjrec_import makes them, or views of those names over tables of yours.")


def find_work(db: sqlite3.Connection, key: str) -> dict[str, Any]:
    """The work that `key` names, as `{"id", "key", "title", ...}`. Raises Problem 404."""
    need_tables(db)
    for identifier in candidates(key):
        cursor = db.execute("SELECT * FROM works WHERE work_id = ?", (identifier,))
        row = cursor.fetchone()
        if row is not None:
            named = {column[0]: value for column, value in zip(cursor.description, row)}
            return {"id": named["work_id"], "key": to_key(named["work_id"]), "title": named.get("title"),
                    "type": named.get("work_type"), "date": named.get("production_date")}
    raise Problem(404, "Unknown work", f"No work of this catalogue has the id '{shortened(key)}'.")


def find_subject(db: sqlite3.Connection, key: str) -> Id:
    """The id of the subject that `key` names. Raises Problem 404, with a hint where a label was given."""
    found = known_subject(db, key)
    if found is not None:
        return found
    row = db.execute("SELECT subject_id FROM subjects WHERE label = ?", (key,)).fetchone()
    hint = f" One has that label: '{to_key(row[0])}'." if row else ""
    raise Problem(404, "Unknown subject", f"No subject has the id '{shortened(key)}'.{hint}")


def known_subject(db: sqlite3.Connection, key: str) -> Id | None:
    for identifier in candidates(key):
        row = db.execute("SELECT subject_id FROM subjects WHERE subject_id = ?", (identifier,)).fetchone()
        if row is not None:
            return row[0]  # type: ignore[no-any-return]
    return None


def carried(db: sqlite3.Connection, work: Id) -> list[Id]:
    """Ids of the subjects that a work carries, in the order of their labels."""
    return [row[0] for row in db.execute(
        "SELECT ws.subject_id FROM work_subjects ws LEFT JOIN subjects s USING (subject_id) "
        "WHERE ws.work_id = ? ORDER BY s.label IS NULL, s.label, ws.subject_id", (work,))]


def carried_by(db: sqlite3.Connection, works: Sequence[Id]) -> dict[Id, list[Id]]:
    """The same of some works at once, in the order of the ids; works without subjects are left out."""
    found: dict[Id, list[Id]] = {}
    for work, subject in db.execute("SELECT work_id, subject_id FROM work_subjects WHERE work_id IN "
                                    f"({marks(works)}) ORDER BY subject_id", works):
        found.setdefault(work, []).append(subject)
    return found


def subjects(db: sqlite3.Connection, identifiers: Iterable[Id]) -> list[dict[str, Any]]:
    """`{"key", "label", "type"}` of each. A subject without a label is shown by its id."""
    wanted = list(identifiers)
    known = {row[0]: row for start in range(0, len(wanted), 500) for part in [wanted[start:start + 500]]
             for row in db.execute(f"SELECT subject_id, label, type FROM subjects WHERE subject_id IN ({marks(part)})",
                                   part)}
    found = []
    for identifier in wanted:
        row, key = known.get(identifier), to_key(identifier)
        found.append({"key": key, "label": (row and row[1]) or key, "type": row[2] if row else None})
    return found


def titles(db: sqlite3.Connection, identifiers: Iterable[Id]) -> list[dict[str, Any]]:
    """`{"key", "title"}` of each work that is there."""
    rows = (db.execute("SELECT work_id, title FROM works WHERE work_id = ?", (identifier,)).fetchone()
            for identifier in identifiers)
    return [{"key": to_key(row[0]), "title": row[1]} for row in rows if row]


def find_subjects_by_label(db: sqlite3.Connection, text: str, limit: int) -> list[Id]:
    """Subjects whose label has `text` in it: those that begin with it first, then by length."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [row[0] for row in db.execute(
        "SELECT subject_id FROM subjects WHERE label LIKE '%' || ?1 || '%' ESCAPE '\\' "
        "ORDER BY label NOT LIKE ?1 || '%' ESCAPE '\\', length(label), label LIMIT ?2", (pattern, limit))]


def marks(values: Sequence[Id]) -> str:
    """As many parameters of SQL."""
    return ", ".join("?" * len(values))


def shortened(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[:length] + "…"
