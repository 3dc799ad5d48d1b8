"""Annif's REST API over the model: /v1, /v1/projects, suggest, suggest-batch, learn, vocabs.

The one project is the model; a subject's uri is its id (ids.py). Paths, parameters, defaults, bounds and shapes are
those of Annif's OpenAPI description; errors are problem details, as there. What a text is understood by
(suggestions.py) is the project's backend: subjrec-text, subjrec-words or subjrec-titles.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import annif_input, catalogue, learning, model, suggestions
from .annif_input import Filter
from .database import Database
from .problems import Problem
from .titles import TitleIndex
from .updater import Updater


class Annif:
    def __init__(self, database: Database, index: TitleIndex, updater: Updater) -> None:
        self._database, self._index, self._updater = database, index, updater
        self._settings = database.settings

    def routes(self) -> list[Route]:
        project = "/v1/projects/{project_id}"
        return [Route("/v1", self.info), Route("/v1/", self.info), Route("/v1/vocabs", self.vocabs),
                Route("/v1/projects", self.projects), Route(project, self.project),
                Route(project + "/suggest", self.suggest, methods=["POST"]),
                Route(project + "/suggest-batch", self.suggest_batch, methods=["POST"]),
                Route(project + "/learn", self.learn, methods=["POST"]),
                Route("/v1/detect-language", self.detect_language, methods=["POST"])]

    async def info(self, _: Request) -> JSONResponse:
        def look(db: sqlite3.Connection) -> str:
            return str(db.execute("SELECT subjrec_version()").fetchone()[0])
        version = await self._database.read(look)
        return JSONResponse({"title": "Annif REST API, answered by subjrec", "version": version})

    async def vocabs(self, _: Request) -> JSONResponse:
        return JSONResponse({"vocabs": [await self._database.read(self._vocabulary)]})

    async def projects(self, _: Request) -> JSONResponse:
        return JSONResponse({"projects": [await self._database.read(self._describe)]})

    async def project(self, request: Request) -> JSONResponse:
        self._need_project(request)
        return JSONResponse(await self._database.read(self._describe))

    async def suggest(self, request: Request) -> JSONResponse:
        self._need_project(request)
        text, wanted = annif_input.suggest(await request.body(), request.headers.get("content-type", ""))
        self._need_language(wanted)
        results = await self._database.read(self._suggest, text, wanted)
        return JSONResponse({"results": results})

    async def suggest_batch(self, request: Request) -> JSONResponse:
        self._need_project(request)
        documents, wanted = annif_input.suggest_batch(await request.body(), request.query_params)
        self._need_language(wanted)
        answers = []
        for text, document_id in documents:  # one by one, so that others get their turn
            results = await self._database.read(self._suggest, text, wanted)
            answers.append({"results": results, "document_id": document_id})
        return JSONResponse(answers)

    async def learn(self, request: Request) -> Response:
        """Documents become works of the catalogue, and the model is updated with them."""
        self._need_project(request)
        documents = annif_input.learn(await request.body())
        if not self._database.writable:
            raise Problem(403, "Operation is not allowed", "This database cannot be written here.")
        learnt = await self._database.write(learning.learn, documents)
        self._index.add(learnt)
        self._updater.notify()
        return Response(status_code=204)

    async def detect_language(self, _: Request) -> Response:
        raise Problem(501, "Not implemented", "The desk does not detect languages.")

    def _need_project(self, request: Request) -> None:
        project = request.path_params["project_id"]
        if project != self._settings.model:
            raise Problem(404, "Project not found", f"Project '{catalogue.shortened(project)}' not found")

    def _need_language(self, wanted: Filter) -> None:
        if wanted.language not in (None, self._settings.language):
            raise Problem(400, "Bad Request", f"language '{catalogue.shortened(wanted.language or '')}' is not that "
                          f"of the labels, '{self._settings.language}'")

    def _suggest(self, db: sqlite3.Connection, text: str, wanted: Filter) -> list[dict[str, Any]]:
        catalogue.need_tables(db)
        found = model.need(db, self._settings.model)
        suggested = suggestions.for_text(db, self._index, found, text, min(wanted.limit, found.subjects))
        suggested.found = [row for row in suggested.found if row[1] >= wanted.threshold]
        suggested.because.clear()
        return [{"uri": row["key"], "label": row["label"], "notation": None, "score": row["probability"]}
                for row in suggested.described(db)]

    def _describe(self, db: sqlite3.Connection) -> dict[str, Any]:
        found = model.find(db, self._settings.model)
        method = found.text_method if found else model.BY_TITLES
        changed = self._settings.database.stat().st_mtime
        algorithm = f" ({found.algorithm})" if found else ""
        return {"project_id": self._settings.model, "name": f"{self._settings.model}{algorithm}",
                "language": self._settings.language, "backend": {"backend_id": f"subjrec-{method}"},
                "vocab": self._vocabulary(db), "vocab_language": self._settings.language,
                "is_trained": found is not None,
                "modification_time": datetime.fromtimestamp(int(changed), timezone.utc).isoformat()}

    def _vocabulary(self, db: sqlite3.Connection) -> dict[str, Any]:
        catalogue.need_tables(db)
        size = db.execute("SELECT count(*) FROM subjects").fetchone()[0]
        return {"vocab_id": "subjects", "languages": [self._settings.language], "size": size, "loaded": True}
