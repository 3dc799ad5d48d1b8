"""Connections: several threads that read, one that writes, each with subjrec loaded.

SQLite's handles stay on their thread. A read is one transaction and sees one state of the database, in
WAL mode also while somebody writes. A write is one BEGIN IMMEDIATE ... COMMIT with synchronous=FULL: when the
client hears of it, it is on the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, TypeVar
from urllib.parse import quote

from .problems import of_sqlite, read_only
from .settings import Settings

T = TypeVar("T")

IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
CANNOT_WRITE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def connect(settings: Settings, write: bool = False) -> sqlite3.Connection:
    """A connection with subjrec's functions, those that read files left out."""
    connection = _open(settings.database, write, settings.busy_seconds)
    connection.enable_load_extension(True)
    connection.execute("SELECT load_extension(?, 'sqlite3_subjrec_nofiles_init')", (str(settings.extension),))
    connection.enable_load_extension(False)
    # Nothing that somebody planted in the schema runs with what this connection may do.
    connection.execute("PRAGMA trusted_schema = off")
    connection.execute("PRAGMA synchronous = full")
    if write:
        try:
            connection.execute("PRAGMA journal_mode = wal")
        except sqlite3.OperationalError:  # in use just now; decisions are as safe with a rollback journal
            pass
    return connection


def _open(path: Path, write: bool, busy_seconds: float) -> sqlite3.Connection:
    def attempt(query: str) -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?{query}", uri=True, timeout=busy_seconds,
                                     isolation_level=None, check_same_thread=False)
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    if write:
        return attempt("mode=rw")
    try:
        return attempt("mode=ro")
    except sqlite3.OperationalError as error:
        # A WAL database in a folder that cannot be written, with no log left over: nothing changes it.
        if error.sqlite_errorcode & 0xFF not in CANNOT_WRITE or path.with_name(path.name + "-wal").exists():
            raise
        return attempt("mode=ro&immutable=1")


class Database:
    """The pool. `read` and `write` run a function of (connection, ...) on a thread that may."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._local = threading.local()
        self._open_connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(settings.readers, "reader")
        self._writer = ThreadPoolExecutor(1, "writer")
        self.writable = not settings.read_only and self._can_write()

    def _can_write(self) -> bool:
        """Asks by beginning to write. A database that is locked just now counts as one that can be."""
        connection = None
        try:
            connection = connect(self.settings, write=True)
            connection.execute("PRAGMA busy_timeout = 200")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            primary = error.sqlite_errorcode & 0xFF
            if primary not in CANNOT_WRITE and primary not in IN_USE:
                raise
            return primary in IN_USE
        finally:
            if connection:
                connection.close()
        return True

    def _connection(self, write: bool) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = connect(self.settings, write)
            self._local.connection = found
            self._open_connections.append(found)
        return found

    def _run(self, write: bool, function: Callable[..., T], *arguments: Any) -> T:
        try:
            connection = self._connection(write)
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                result = function(connection, *arguments)
                connection.execute("COMMIT")
                return result
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise of_sqlite(error) from error

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._run, False, function, *arguments)

    async def write(self, function: Callable[..., T], *arguments: Any) -> T:
        """Raises Problem, and changes nothing, where the database cannot be written or stays locked."""
        if not self.writable:
            raise read_only()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, self._run, True, function, *arguments)

    def close(self) -> None:
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
        for connection in self._open_connections:
            connection.close()


def table_exists(db: sqlite3.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = ? AND type IN ('table', 'view')",
                      (name,)).fetchone() is not None


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
