"""Errors as OpenAI's API writes them: a status and {"error": {message, type, param, code}}.

No message of a talk is ever part of one: what was wrong is named by its field, never quoted.
"""

import logging
import traceback
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sosias.errors import SosiasError
from sosias.language import translate as _

logger = logging.getLogger("sosias.server")

TYPES = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.NOT_FOUND: "not_found_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "server_error",
}
"""OpenAI's type of an error by status; everything else is `invalid_request_error`."""


class ApiError(Exception):
    """What is wrong with a request, as the client reads it."""

    def __init__(
        self, status: HTTPStatus, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code

    def body(self) -> dict[str, dict[str, str | None]]:
        """Return the error as JSON."""
        kind = TYPES.get(self.status, "invalid_request_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}

    def response(self) -> JSONResponse:
        """Return the error as a response; 401 says which credentials are wanted, 429 when to return."""
        headers = {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            headers["Retry-After"] = "5"
        return JSONResponse(self.body(), status_code=self.status, headers=headers)


def as_api_error(error: BaseException) -> ApiError:
    """Return what a client may know of any error."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, SosiasError):
        return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, str(error), code="not_available")
    log_fault(error)
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, _("A fault of the program; its log says where."))


def log_fault(error: BaseException) -> None:
    """Log what kind of fault it was and where, but not its words: they may quote a message."""
    places = traceback.extract_tb(error.__traceback__)[-5:]
    where = " < ".join(f"{Path(place.filename).name}:{place.lineno}" for place in reversed(places))
    logger.error("%s at %s", type(error).__name__, where)


def install_errors(app: FastAPI) -> None:
    """Give every error of the app OpenAI's shape."""

    async def known(_request: Request, error: Exception) -> JSONResponse:
        return as_api_error(error).response()

    async def http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return ApiError(HTTPStatus(error.status_code), HTTPStatus(error.status_code).phrase).response()

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        param = ".".join(str(part) for part in first["loc"] if part != "body") or None
        if first["type"] == "json_invalid":
            param = None
        message = f"{param}: {first['msg']}" if param else first["msg"]
        return ApiError(HTTPStatus.BAD_REQUEST, message, param=param, code=first["type"]).response()

    app.add_exception_handler(ApiError, known)
    app.add_exception_handler(SosiasError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


class Faults:
    """The last catch: a fault of ours becomes a plain 500, and its words stay out of every log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            answer = as_api_error(error).response()
            if scope["type"] == "http" and not started:
                await answer(scope, receive, send)
