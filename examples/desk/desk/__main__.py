"""The command line: python3 -m desk DATABASE [options]. See --help."""

from __future__ import annotations

import argparse
import dataclasses
import os
import secrets
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Sequence

import uvicorn  # type: ignore[import]

from .app import make_app
from .settings import Settings, is_loopback

BUILT = Path(__file__).resolve().parents[3] / "build" / "release" / "subjrec.so"  # of the project that this lies in


def main(arguments: Sequence[str] | None = None, prog: str = "desk", extension: Path = BUILT) -> None:
    parser = argparse.ArgumentParser(prog=prog, description="A desk for cataloguers, and Annif's REST API.")
    parser.add_argument("database", type=Path, help="SQLite database with works, subjects and a model")
    parser.add_argument("--model", default="rec", help="the model's table (rec)")
    parser.add_argument("--extension", type=Path, help=f"subjrec.so ({extension})", default=extension)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1). Any that others can "
                        "reach needs a token: $DESK_TOKEN, else one is made and printed")
    parser.add_argument("--port", type=int, default=8765, help="0: any that is free (8765)")
    parser.add_argument("--token", action="store_true", help="ask for a token on the loopback too")
    parser.add_argument("--read-only", action="store_true", help="to look, not to decide")
    parser.add_argument("--language", default="en", help="of the labels, for Annif's API (en)")
    parser.add_argument("--readers", type=int, default=2, help="threads that read (2)")
    given = parser.parse_args(arguments)
    token = os.environ.get("DESK_TOKEN") or None
    if token is None and (given.token or not is_loopback(given.host)):
        token = secrets.token_urlsafe(24)
    serve(Settings(database=given.database, extension=given.extension.resolve(), model=given.model, host=given.host,
                   port=given.port, token=token, read_only=given.read_only, language=given.language,
                   readers=max(1, given.readers)))


def serve(settings: Settings) -> None:
    for path, what in ((settings.database, "database"), (settings.extension, "extension")):
        if not path.is_file():
            sys.exit(f"desk: there is no {what} {path}; examples/quickstart.sh makes one")
    try:
        listening = _listen(settings.host, settings.port)
    except OSError as error:
        sys.exit(f"desk: cannot listen on {settings.host} port {settings.port}: {error.strerror}")
    settings = dataclasses.replace(settings, port=listening.getsockname()[1])
    try:
        app = make_app(settings)
    except sqlite3.Error as error:
        sys.exit(f"desk: cannot open {settings.database} with {settings.extension}: {error}")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    query = f"?token={settings.token}" if settings.token else ""
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False,
                            timeout_keep_alive=30, limit_concurrency=512)
    Announced(config, f"The desk is at http://{host}:{settings.port}/{query}\n"
              f"Annif's API is at http://{host}:{settings.port}/v1/   (Ctrl-C ends both)").run(sockets=[listening])


class Announced(uvicorn.Server):  # type: ignore[misc]
    """Says where it is once it answers, and once it listens to Ctrl-C: whoever reads the line may send either."""

    def __init__(self, config: uvicorn.Config, line: str) -> None:
        super().__init__(config)
        self._line = line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.should_exit:
            print(self._line, flush=True)


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen(512)
    return listening


if __name__ == "__main__":
    main()
