"""Problem details (RFC 7807): how an error is said to a client, by the desk and by Annif's API alike."""

from __future__ import annotations

import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse


class Problem(Exception):
    """An error that the client is told of. `extra` goes into the JSON object beside the usual members."""

    def __init__(self, status: int, title: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.extra = status, title, detail, extra

    def response(self) -> JSONResponse:
        body = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        headers = {"Retry-After": "2"} if self.status == 503 else {}
        return JSONResponse({**body, **self.extra}, self.status, headers, "application/problem+json")


def of_sqlite(error: sqlite3.Error) -> Problem:
    """The problem that an error of SQLite is to a client. Its own words are kept: they name the cause."""
    said = str(error)
    primary = getattr(error, "sqlite_errorcode", 1) & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Problem(503, "Database is locked",
                       "Another program holds the database locked. Nothing was changed; try again.", retry=True)
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return read_only()
    if said.startswith("cannot modify"):  # work_subjects is a view
        return Problem(403, "Cannot be changed", f"SQLite says: {said}. Nothing was changed.")
    if primary == sqlite3.SQLITE_FULL:
        return Problem(507, "Disk is full", "The disk is full. Nothing was changed.")
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        return Problem(503, "Database cannot be read", f"SQLite says: {said}")
    if "there is no model" in said or "has not been trained" in said or "is not trained" in said:
        return Problem(503, "No model", said, no_model=True)
    return Problem(500, "SQL error", said)


def read_only() -> Problem:
    return Problem(403, "Database is read-only", "This database cannot be written here. Nothing was changed.")


async def answer_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def answer_sqlite(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, sqlite3.Error)
    return of_sqlite(error).response()


async def answer_not_found(request: Request, _: Exception) -> JSONResponse:
    return Problem(404, "Not found", f"There is nothing at {request.url.path}.").response()


async def answer_wrong_method(request: Request, _: Exception) -> JSONResponse:
    return Problem(405, "Method not allowed", f"{request.url.path} does not take {request.method}.").response()
