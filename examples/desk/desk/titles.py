"""An FTS5 index of the works' titles: to find works by words, and the titles that are nearest to a text (bm25).

It lies in a private temporary database of SQLite's that goes when the process does, so that the catalogue gets no
table and a read-only one can be searched. One connection, one lock.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
import unicodedata
from typing import Iterable, Iterator, Sequence

from .ids import Id
from .problems import Problem

PLAIN = "unicode61 remove_diacritics 2"
TOKENIZERS = {"en": "porter " + PLAIN}  # by language: comets are a comet
MAX_TEXT = 20_000  # characters of a text that are looked at
MAX_COUNTS = 200_000  # words whose counts are remembered
WAIT_SECONDS = 3.0  # for an index that is being made
MAX_TERMS = 16  # of them the rarest this many words
MAX_MATCHES = 1_500  # that together are in so many titles at the most
MAX_WORDS = 400  # distinct words of a text that are looked at
MAX_RANKED = 5_000  # matches that are put in order

INSERT = "INSERT INTO titles(work_id, title) VALUES (?, ?)"


def words(text: str) -> list[str]:
    """The first distinct words of a text, as FTS5's unicode61 cuts them: lower case, without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text[:MAX_TEXT].lower())
                    if not unicodedata.combining(c))
    return list(dict.fromkeys(re.findall(r"[^\W_]+", plain)))[:MAX_WORDS]


def phrase(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


class TitleIndex:
    def __init__(self, language: str = "") -> None:
        self._tokenizer = TOKENIZERS.get(language, PLAIN)
        self._counts: dict[str, int] = {}  # of titles that have a word
        self._lock = threading.Lock()
        self._db = self._empty()
        self.size = 0
        self.fingerprint: tuple[int, int] | None = None  # of the titles that are in it
        self._built = threading.Event()
        self._recent: dict[Id, str] = {}  # added since the last build, which may not have seen them

    def _empty(self) -> sqlite3.Connection:
        db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA journal_mode = off")
        db.execute("PRAGMA cache_size = -65536")
        db.execute(f"CREATE VIRTUAL TABLE titles USING fts5(title, work_id UNINDEXED, "
                   f"tokenize='{self._tokenizer}', prefix='2 3')")
        return db

    def build(self, works: Iterable[tuple[Id, str]], fingerprint: tuple[int, int]) -> None:
        """Replaces what is there; the old index answers until the new one is done."""
        seen: set[Id] = set()

        def noted() -> Iterator[tuple[Id, str]]:
            for work in works:
                if work[0] in self._recent:
                    seen.add(work[0])
                yield work
        db = self._empty()
        db.execute("BEGIN")
        db.executemany(INSERT, noted())
        db.execute("COMMIT")
        size = db.execute("SELECT count(*) FROM titles").fetchone()[0]
        with self._lock:
            old, self._db = self._db, db
            self.size, self.fingerprint = size, fingerprint
            self._counts.clear()
            recent, self._recent = self._recent, {}
            self._db.executemany(INSERT, [row for row in recent.items() if row[0] not in seen])
        old.close()
        self._built.set()

    @property
    def is_built(self) -> bool:
        return self._built.is_set()

    def add(self, works: Sequence[tuple[Id, str]]) -> None:
        """New works that were stored just now, for who asks before the next refresh."""
        with self._lock:
            self._recent.update(works)
            self._counts.clear()
            self._db.executemany(INSERT, works)

    def search(self, query: str, limit: int) -> list[Id]:
        """Works whose titles have all the words, the last of them perhaps unfinished; else any of the words."""
        terms = words(query)[-MAX_TERMS:]
        if not terms:
            return []
        found = self._match(" ".join(map(phrase, terms)) + "*", limit)
        return [work for work, _ in found or self._match(" OR ".join(map(phrase, self._telling(terms))) or '""', limit)]

    def nearest(self, text: str, limit: int) -> list[tuple[Id, float]]:
        """Works by the words that their titles share with a text, and how alike they are (-bm25, positive)."""
        if not self._built.wait(WAIT_SECONDS):
            raise Problem(503, "Not ready yet", "The index of titles is being made. Try again in a moment.",
                          retry=True)
        terms = self._telling(words(text))
        return self._match(" OR ".join(map(phrase, terms)), limit) if terms else []

    def _telling(self, terms: list[str]) -> list[str]:
        """The rarest of the words that are in titles at all: one, and more as long as few titles have them. What a tenth
        of all titles have tells nothing."""
        counted = sorted((count, term) for term, count in ((term, self._count(term)) for term in terms) if count)
        matches = itertools.accumulate(count for count, _ in counted)
        most = self.size // 10
        return [term for n, ((count, term), together) in enumerate(zip(counted, matches))
                if n == 0 or n < MAX_TERMS and together <= MAX_MATCHES and count <= most]

    def _count(self, term: str) -> int:
        """How many titles have a word; remembered, since texts have many words in common."""
        count = self._counts.get(term)
        if count is None:
            with self._lock:
                (count,) = self._db.execute("SELECT count(*) FROM titles WHERE titles MATCH ?",
                                            (phrase(term),)).fetchone()
                if len(self._counts) >= MAX_COUNTS:
                    self._counts.clear()
                self._counts[term] = count
        return count

    def _match(self, expression: str, limit: int) -> list[tuple[Id, float]]:
        """The best matches; where there are too many to rank while somebody waits, the first of them."""
        with self._lock:
            (count,) = self._db.execute("SELECT count(*) FROM (SELECT 1 FROM titles WHERE titles MATCH ? LIMIT ?)",
                                        (expression, MAX_RANKED)).fetchone()
            rank, order = ("rank", "ORDER BY rank, rowid") if count < MAX_RANKED else ("-1.0", "")
            found = {work: -near for work, near in self._db.execute(
                f"SELECT work_id, {rank} FROM titles WHERE titles MATCH ? {order} LIMIT ?", (expression, limit))}
        return list(found.items())


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
