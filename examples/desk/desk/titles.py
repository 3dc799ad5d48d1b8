"""An FTS5 index of the works' titles: to find works by words, and the titles that are nearest to a text (bm25).

It lies in a private temporary database of SQLite's that goes when the process does, so that the catalogue gets no
table and a read-only one can be searched. One connection, one lock.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import unicodedata
from typing import Iterable

from .ids import Id
from .problems import Problem

PLAIN = "unicode61 remove_diacritics 2"
TOKENIZERS = {"en": "porter " + PLAIN}  # by language: comets are a comet
MAX_TEXT = 20_000  # characters of a text that are looked at
MOST_STEMS = 200_000  # words that are remembered
WAIT_SECONDS = 3.0  # for an index that is being made
MAX_TERMS = 16  # of them the rarest this many words


def words(text: str) -> list[str]:
    """The distinct words of a text, as FTS5's unicode61 cuts them: lower case, without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text[:MAX_TEXT].lower())
                    if not unicodedata.combining(c))
    return list(dict.fromkeys(re.findall(r"[^\W_]+", plain)))


def phrase(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


class TitleIndex:
    def __init__(self, language: str = "") -> None:
        self._tokenizer = TOKENIZERS.get(language, PLAIN)
        self._stems: dict[str, str] = {}
        self._lock = threading.Lock()
        self._db = self._empty()
        self.size = 0
        self.fingerprint: tuple[int, int] | None = None  # of the titles that are in it
        self._built = threading.Event()

    def _empty(self) -> sqlite3.Connection:
        db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA journal_mode = off")
        db.execute("PRAGMA cache_size = -65536")
        db.execute(f"CREATE VIRTUAL TABLE titles USING fts5(title, work_id UNINDEXED, "
                   f"tokenize='{self._tokenizer}', prefix='2 3')")
        db.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(titles, row)")
        # To learn what the tokenizer makes of a word.
        db.execute(f"CREATE VIRTUAL TABLE words USING fts5(word, content='', tokenize='{self._tokenizer}')")
        db.execute("CREATE VIRTUAL TABLE word_terms USING fts5vocab(words, instance)")
        return db

    def build(self, works: Iterable[tuple[Id, str]], fingerprint: tuple[int, int]) -> None:
        """Replaces what is there; the old index answers until the new one is done."""
        db = self._empty()
        db.execute("BEGIN")
        db.executemany("INSERT INTO titles(work_id, title) VALUES (?, ?)", works)
        db.execute("COMMIT")
        size = db.execute("SELECT count(*) FROM titles").fetchone()[0]
        with self._lock:
            old, self._db = self._db, db
            self.size, self.fingerprint = size, fingerprint
        old.close()
        self._built.set()

    @property
    def is_built(self) -> bool:
        return self._built.is_set()

    def add(self, works: Iterable[tuple[Id, str]]) -> None:
        """Works that were stored just now, for who asks before the next refresh."""
        with self._lock:
            for work, title in works:
                if not self._db.execute("SELECT 1 FROM titles WHERE work_id = ?", (work,)).fetchone():
                    self._db.execute("INSERT INTO titles(work_id, title) VALUES (?, ?)", (work, title))

    def search(self, query: str, limit: int) -> list[Id]:
        """Works whose titles have all the words, the last of them perhaps unfinished; else any of the words."""
        terms = words(query)[-MAX_TERMS:]
        if not terms:
            return []
        every = " ".join(phrase(term) for term in terms) + "*"
        found = self._match(every, limit)
        return [work for work, _ in found or self._match(" OR ".join(map(phrase, terms)), limit)]

    def nearest(self, text: str, limit: int) -> list[tuple[Id, float]]:
        """Works by the words that their titles share with a text, and how alike they are (-bm25, positive)."""
        if not self._built.wait(WAIT_SECONDS):
            raise Problem(503, "Not ready yet", "The index of titles is being made. Try again in a moment.", retry=True)
        terms = self._telling(words(text))
        return self._match(" OR ".join(map(phrase, terms)), limit) if terms else []

    def _telling(self, terms: list[str]) -> list[str]:
        """The rarest of the words that are in titles at all; those of a tenth of the titles only if need be."""
        counted = []
        with self._lock:
            self._learn_stems(terms)
            for term in terms:
                row = self._db.execute("SELECT doc FROM terms WHERE term = ?", (self._stems[term],)).fetchone()
                if row:
                    counted.append((row[0], term))
        counted.sort()
        rare = [term for count, term in counted if count * 10 <= self.size]
        return (rare or [term for _, term in counted])[:MAX_TERMS]

    def _learn_stems(self, terms: list[str]) -> None:
        """Looks up what the tokenizer makes of words, which the vocabulary has them by."""
        if len(self._stems) > MOST_STEMS:
            self._stems.clear()
        unknown = [term for term in terms if term not in self._stems]
        if not unknown:
            return
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO words(rowid, word) VALUES (?, ?)", enumerate(unknown))
        stems = dict(self._db.execute("SELECT doc, term FROM word_terms"))
        self._db.execute("INSERT INTO words(words) VALUES ('delete-all')")
        self._db.execute("COMMIT")
        self._stems.update((term, stems.get(n, term)) for n, term in enumerate(unknown))

    def _match(self, expression: str, limit: int) -> list[tuple[Id, float]]:
        with self._lock:
            return [(work, -rank) for work, rank in self._db.execute(
                "SELECT work_id, rank FROM titles WHERE titles MATCH ? ORDER BY rank, rowid LIMIT ?",
                (expression, limit))]


def fingerprint(db: sqlite3.Connection) -> tuple[int, int]:
    """Changes when works are added, removed or renamed to another length."""
    count, length = db.execute("SELECT count(title), coalesce(sum(length(title)), 0) FROM works").fetchone()
    return count, length


def refresh(db: sqlite3.Connection, index: TitleIndex) -> bool:
    """Builds the index anew where the works have changed since. Returns whether it did."""
    now = fingerprint(db)
    if now == index.fingerprint:
        return False
    index.build(db.execute("SELECT work_id, title FROM works WHERE title IS NOT NULL ORDER BY work_id"), now)
    return True
