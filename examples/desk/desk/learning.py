"""Learning from indexed documents, as Annif's /learn gives them: each becomes a work with its subjects.

Its id is a hash of the text, so that the same document again changes its subjects and is no second work. Subjects that
the catalogue does not know are left out, as Annif does.
"""

from __future__ import annotations

import hashlib
import sqlite3

from . import catalogue
from .annif_input import IndexedDocument, bad
from .ids import Id

MOST_TITLE = 1_000  # characters of a text that become the work's title


def learn(db: sqlite3.Connection, documents: list[IndexedDocument]) -> list[tuple[Id, str]]:
    """Stores them and returns (work, title) of those that are new. Problem 400 where there was something to learn, but
    all of its subjects are unknown."""
    catalogue.need_tables(db)
    new: list[tuple[Id, str]] = []
    learnt = 0
    for document in documents:
        subjects = {subject for subject in (catalogue.known_subject(db, uri) for uri in document.subjects)
                    if subject is not None}
        if subjects:
            new += _store(db, document.text, subjects)
            learnt += 1
    if documents and not learnt:
        raise bad("none of the documents has a subject whose uri is the id of a subject here")
    return new


def _store(db: sqlite3.Connection, text: str, subjects: set[Id]) -> list[tuple[Id, str]]:
    work = "learnt-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
    title = " ".join(text.split())
    title = title if len(title) <= MOST_TITLE else title[:MOST_TITLE] + "…"
    is_old = db.execute("SELECT 1 FROM works WHERE work_id = ?", (work,)).fetchone() is not None
    if is_old:
        db.execute("DELETE FROM work_subjects WHERE work_id = ?", (work,))
    else:
        db.execute("INSERT INTO works(work_id, title) VALUES (?, ?)", (work, title))
    db.executemany("INSERT INTO work_subjects(work_id, subject_id) VALUES (?, ?)",
                   [(work, subject) for subject in subjects])
    return [] if is_old else [(work, title)]
