"""The application: its parts put together, and the page's files."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import problems
from .annif import Annif
from .api import Api
from .database import Database
from .guard import Guard
from .problems import Problem
from .queue import Queue
from .settings import Settings
from .titles import TitleIndex
from .updater import Updater

STATIC = Path(__file__).parent / "static"


def make_app(settings: Settings) -> Starlette:
    """An ASGI application. Opens the database at once, so that what is wrong with it is said before serving."""
    database = Database(settings)
    index = TitleIndex(settings.language)
    updater = Updater(database, index)
    queue = Queue(database)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        updater.start()
        yield
        updater.stop()
        database.close()

    async def page(_: Request) -> FileResponse:
        return FileResponse(STATIC / "index.html")

    routes = [Route("/", page), *Api(database, index, queue, updater).routes(),
              *Annif(database, index, updater).routes(), Mount("/static", StaticFiles(directory=STATIC))]
    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(Guard, settings=settings)],
                     exception_handlers={Problem: problems.answer_problem, sqlite3.Error: problems.answer_sqlite,
                                         404: problems.answer_not_found, 405: problems.answer_wrong_method})
