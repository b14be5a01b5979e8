"""Who may speak to the server: this machine's own programs that know the token.

Listening on 127.0.0.1 is not enough: every page that a browser opens can send requests there, and a
name that its owner points at 127.0.0.1 (DNS rebinding) makes them look like the server's own. So the
Host and Origin of every request are checked, the token is asked always, and nothing allows other
origins (no CORS).
"""

import hmac
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sosias.language import translate as _
from sosias.server.errors import ApiError

LONGEST_BODY = 1_000_000
"""Bytes; a talk of ten thousand bubbles is shorter."""
PUBLIC = frozenset({"/health"})
"""Paths that answer without the token."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def loopback_hosts(port: int) -> tuple[str, ...]:
    """Return what a Host header may say of a server on this machine's `port`."""
    named = tuple(f"{name}:{port}" for name in LOOPBACK_NAMES)
    return named + LOOPBACK_NAMES if port == 80 else named


class SecurityHeaders:
    """Adds the headers that keep browsers from doing anything with an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, with_headers)


class HostCheck:
    """Lets a request in whose Host is allowed, and which no page of another origin sent."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self.app = app
        self.allowed = frozenset(host.lower() for host in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope))
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await _refuse(refusal, scope, receive, send)

    def _refusal(self, headers: Headers) -> ApiError | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.allowed:
            message = _("This server answers only to its own address: use {addresses}.")
            return self._forbidden(message, "host_not_allowed")
        foreign = any(
            urlsplit(origin).netloc.lower() not in self.allowed for origin in headers.getlist("origin")
        )
        if foreign or headers.get("sec-fetch-site") == "cross-site":
            message = _("Pages of other origins may not use this server; its own address is {addresses}.")
            return self._forbidden(message, "origin_not_allowed")
        return None

    def _forbidden(self, message: str, code: str) -> ApiError:
        addresses = ", ".join(sorted(self.allowed))
        return ApiError(HTTPStatus.FORBIDDEN, message.format(addresses=addresses), code=code)


class TokenCheck:
    """Lets a request in that shows the token as `Authorization: Bearer …`."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        if len(token) < 16:
            raise ValueError("a token that can be guessed is none")
        self.app = app
        self.token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PUBLIC or self._is_shown(scope):
            await self.app(scope, receive, send)
            return
        message = _("The token is missing or wrong: send it as 'Authorization: Bearer TOKEN'.")
        error = ApiError(HTTPStatus.UNAUTHORIZED, message, code="invalid_api_key")
        await _refuse(error, scope, receive, send)

    def _is_shown(self, scope: Scope) -> bool:
        shown = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(shown) != 1:
            return False
        scheme, _space, token = shown[0].partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self.token)


class BodyLimit:
    """Reads the body of a request up to `LONGEST_BODY`, and refuses a longer one."""

    def __init__(self, app: ASGIApp, longest: int = LONGEST_BODY) -> None:
        self.app = app
        self.longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.longest:
                said = _("The request is longer than {longest} bytes: send fewer messages.")
                error = ApiError(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said.format(longest=self.longest), code="too_large"
                )
                await _refuse(error, scope, receive, send)
                return
        await self.app(scope, _once(body, receive), send)


def _once(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the whole body, and then what comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await error.response()(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
