"""Who may ask: an ASGI middleware before everything else.

- Host: on the loopback without a token only names of the loopback, against DNS rebinding.
- Origin and Sec-Fetch-Site: what another site's page sends is refused (cross-site request forgery).
- Token: where there is one, by `Authorization: Bearer`, or by a cookie that /?token=... sets.
- Size: a longer body than max_body is read, thrown away and answered with 413.
- Answers carry a Content-Security-Policy that lets nothing in but the desk's own files.
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem
from .settings import Settings, is_loopback

MOST_DRAINED = 64 << 20  # bytes of a refused body that are read, so that the sender hears the answer

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                               "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
                               "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

ASK_FOR_TOKEN = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Desk: token needed</title>
<link rel="stylesheet" href="/static/desk.css"><main class="alone"><h1>This desk needs its token</h1>
<p>Open the address that it printed when it was started, or paste the token here.</p>
<form action="/" method="get"><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="off" required><button>Open</button></form></main></html>"""


class Guard:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self.cookie = f"desk_token_{settings.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await _drain(receive, headers)
            await refused(scope, receive, send_guarded)
            return
        if scope["method"] in ("POST", "PUT", "PATCH", "DELETE"):
            try:
                body = await _body(receive, headers, self._settings.max_body)
            except ClientDisconnect:  # half a request is none
                return
            if body is None:
                await self._too_large().response()(scope, receive, send_guarded)
                return
            receive = _replay(body, receive)
        await self._app(scope, receive, send_guarded)

    def _too_large(self) -> Problem:
        return Problem(413, "Payload too large", f"A request may have {self._settings.max_body:,} bytes here. "
                       "The beginning of a text, or its abstract, tells as much.")

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if self._settings.token is None and not is_loopback(_host_name(host)):
            return Problem(403, "Unknown host", "This desk answers to names of the loopback only, such as "
                           "127.0.0.1. Start it with --host and a token to be reached by others.").response()
        if not _is_same_site(scope, headers, host):
            return Problem(403, "Cross-site request", "Another site's page sent this request.").response()
        if self._settings.token is not None and not scope["path"].startswith("/static/"):
            return self._check_token(scope, headers)
        return None

    def _check_token(self, scope: Scope, headers: Headers) -> Response | None:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and given and self._is_token(given):
            response = RedirectResponse("/", 303)
            response.set_cookie(self.cookie, given, httponly=True, samesite="strict", max_age=30 * 24 * 3600)
            return response
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(bearer.strip()):
            return None
        if self._is_token(_cookie(headers, self.cookie)):
            return None
        if scope["path"] == "/":
            return HTMLResponse(ASK_FOR_TOKEN, 401)
        return Problem(401, "Token needed", "Send the desk's token as 'Authorization: Bearer ...'.").response()

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self._settings.token or "").encode())


def _is_same_site(scope: Scope, headers: Headers, host: str) -> bool:
    """A link from elsewhere may open the page; nothing else from elsewhere gets an answer."""
    opens_page = scope["method"] in ("GET", "HEAD") and scope["path"] == "/"
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and not opens_page:
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == host


def _host_name(host: str) -> str:
    """The Host header without its port; "" where it is none."""
    try:
        return urlsplit("//" + host).hostname or ""
    except ValueError:
        return ""


def _cookie(headers: Headers, name: str) -> str:
    cookies: SimpleCookie[str] = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


def _length(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


async def _body(receive: Receive, headers: Headers, most: int) -> bytes | None:
    """The whole body, or None where it is longer than `most`."""
    if _length(headers) > most:
        await _drain(receive, headers)
        return None
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            if message.get("more_body"):
                await _drain(receive, headers)
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _drain(receive: Receive, headers: Headers) -> None:
    if not _length(headers) and headers.get("transfer-encoding") is None:
        return
    size = 0
    while size < MOST_DRAINED:
        message = await receive()
        size += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
