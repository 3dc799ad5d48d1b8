"""The desk's own endpoints under /api, which its page speaks to: JSON in, JSON out, errors as problem details."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from . import catalogue, decisions, evidence, model, suggestions
from .database import Database
from .ids import candidates, to_key
from .problems import Problem
from .queue import KINDS, Queue
from .titles import TitleIndex
from .updater import Updater

SEARCH_RESULTS = 20
SUBJECT_RESULTS = 12


class Api:
    def __init__(self, database: Database, index: TitleIndex, queue: Queue, updater: Updater) -> None:
        self._database, self._index, self._queue, self._updater = database, index, queue, updater
        self._settings = database.settings

    def routes(self) -> list[Route]:
        return [Route("/api/state", self.state), Route("/api/search", self.search),
                Route("/api/subjects", self.subjects), Route("/api/work", self.work),
                Route("/api/outliers", self.outliers), Route("/api/explain", self.explain),
                Route("/api/text", self.text, methods=["POST"]),
                Route("/api/next", self.next, methods=["POST"]),
                Route("/api/decide", self.decide, methods=["POST"]),
                Route("/api/undo", self.undo, methods=["POST"])]

    async def state(self, _: Request) -> JSONResponse:
        """What the page says at its top and bottom: the database, the model, what is the matter."""
        def look(db: sqlite3.Connection) -> dict[str, Any]:
            found = model.find(db, self._settings.model)
            return {
                "database": self._settings.database.name, "writable": self._database.writable,
                "model": found and {"name": found.name, "algorithm": found.algorithm, "works": found.works,
                                    "subjects": found.subjects, "text": found.text_method},
                "how_to_train": model.how_to_train(self._settings.model),
                "titles": self._index.size, "decisions": decisions.count(db),
                "update": self._updater.state, "queue": self._queue.state()}
        return JSONResponse(await self._database.read(look))

    async def search(self, request: Request) -> JSONResponse:
        """Works whose titles have these words, or whose id this is."""
        query = request.query_params.get("q", "").strip()

        def look(db: sqlite3.Connection) -> list[dict[str, Any]]:
            catalogue.need_tables(db)
            by_id = catalogue.titles(db, candidates(query)) if query else []
            return (by_id + catalogue.titles(db, self._index.search(query, SEARCH_RESULTS)))[:SEARCH_RESULTS]
        return JSONResponse({"works": await self._database.read(look), "ready": self._index.is_built})

    async def subjects(self, request: Request) -> JSONResponse:
        """Subjects by a part of their label, to accept one that was not suggested."""
        query = request.query_params.get("q", "").strip()[:200]

        def look(db: sqlite3.Connection) -> list[dict[str, Any]]:
            catalogue.need_tables(db)
            return catalogue.subjects(db, catalogue.find_subjects_by_label(db, query, SUBJECT_RESULTS))
        return JSONResponse({"subjects": await self._database.read(look) if query else []})

    async def work(self, request: Request) -> JSONResponse:
        return JSONResponse(await self._database.read(self._describe, _needed(request, "id")))

    def _describe(self, db: sqlite3.Connection, key: str) -> dict[str, Any]:
        work = catalogue.find_work(db, key)
        found = model.find(db, self._settings.model)
        answer: dict[str, Any] = {
            "work": {name: value for name, value in work.items() if name != "id"},
            "carried": catalogue.subjects(db, catalogue.carried(db, work["id"])),
            "decisions": [{name: value for name, value in row.items() if name != "subject"}
                          for row in decisions.of_work(db, work["id"])],
            "suggestions": [], "similar": [], "method": None, "note": ""}
        if found is None:
            answer["note"] = (f"There is no trained model '{self._settings.model}' yet, so nothing is suggested. "
                              + model.how_to_train(self._settings.model))
            return answer
        suggested = suggestions.for_work(db, self._index, found, work, self._settings.suggestions)
        answer.update(method=suggested.method, note=suggestions.NOTES[suggested.method],
                      suggestions=suggested.described(db),
                      similar=evidence.nearest_works(db, self._index, found, work, self._settings.similar))
        return answer

    async def outliers(self, request: Request) -> JSONResponse:
        """Which of a work's own subjects look out of place. Apart from the suggestions, since it takes longer."""
        def look(db: sqlite3.Connection) -> list[dict[str, Any]]:
            work = catalogue.find_work(db, _needed(request, "id"))
            found = model.find(db, self._settings.model)
            return evidence.outliers(db, found, work["id"]) if found else []
        return JSONResponse({"outliers": await self._database.read(look)})

    async def explain(self, request: Request) -> JSONResponse:
        def look(db: sqlite3.Connection) -> dict[str, Any]:
            work = catalogue.find_work(db, _needed(request, "work"))
            subject = catalogue.find_subject(db, _needed(request, "subject"))
            return evidence.explain(db, self._index, model.need(db, self._settings.model), work, subject)
        return JSONResponse(await self._database.read(look))

    async def text(self, request: Request) -> JSONResponse:
        """Suggestions for a title or an abstract that is no work of the catalogue."""
        text = _text(await _posted(request), "text")

        def look(db: sqlite3.Connection) -> dict[str, Any]:
            catalogue.need_tables(db)
            found = model.need(db, self._settings.model)
            suggested = suggestions.for_text(db, self._index, found, text, self._settings.suggestions)
            note = suggestions.TEXT_NOTES.get(suggested.method, "")
            return {"method": suggested.method, "note": note, "suggestions": suggested.described(db),
                    "similar": evidence.nearest_to_text(db, self._index, text, self._settings.similar)}
        return JSONResponse(await self._database.read(look))

    async def next(self, request: Request) -> JSONResponse:
        """Hands out the next work of a queue: `{"queue", "left"}` to `{"work": key or null}`."""
        posted = await _posted(request)
        kind, left = _text(posted, "queue"), posted.get("left")
        if kind not in KINDS:
            raise Problem(400, "Bad request", f"queue must be one of {', '.join(KINDS)}, got '{kind[:40]}'.")

        def look(db: sqlite3.Connection) -> Any:
            catalogue.need_tables(db)
            return catalogue.find_work(db, str(left))["id"] if left else None
        try:
            left_id = await self._database.read(look)
        except Problem as problem:
            if problem.status != 404:
                raise
            left_id = None  # it was deleted meanwhile
        found = await self._queue.next(request.headers["x-desk"], kind, left_id)
        if found is None:
            return JSONResponse({"work": None})
        return JSONResponse({"work": to_key(found)})

    async def decide(self, request: Request) -> JSONResponse:
        posted = await _posted(request)
        stored = await self._database.write(decisions.decide, _text(posted, "work"), _text(posted, "subject"),
                                            _text(posted, "verdict"))
        self._updater.notify()
        return JSONResponse(stored)

    async def undo(self, request: Request) -> JSONResponse:
        posted = await _posted(request)
        undone = await self._database.write(decisions.undo, _text(posted, "work"), _text(posted, "subject"),
                                            _text(posted, "verdict"), _text(posted, "at"))
        self._updater.notify()
        return JSONResponse(undone)


async def _posted(request: Request) -> dict[str, Any]:
    """The JSON object of a request. The header X-Desk, which no form of another site can send, must be there."""
    if not request.headers.get("x-desk"):
        raise Problem(403, "Header needed", "Requests that change something need the header X-Desk.")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Problem(400, "Bad request", f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise Problem(400, "Bad request", "The body must be a JSON object.")
    return body


def _text(posted: dict[str, Any], name: str) -> str:
    value = posted.get(name)
    if not isinstance(value, str):
        raise Problem(400, "Bad request", f"'{name}' must be a text, got {json.dumps(value)[:40]}.")
    return value


def _needed(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise Problem(400, "Bad request", f"The parameter '{name}' is missing.")
    return value
