"""How a refusal looks: one sentence, as JSON for programs and as a small page for people."""

import html
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from formcheck.errors import OperationError, UserError
from formcheck.web.schemas import Problem

PROBLEM_TYPE: Final = "application/problem+json"
UNEXPECTED: Final = "Something went wrong inside formcheck; what it was stands in the server's log."
BROKEN_OFF: Final = "The request broke off before it was complete; send it again."
_PLAIN: Final = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address; the pages are /, /film, /exercises and /today.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not do that; /openapi.json says what each can do.",
}
"""Sentences for what the web framework refuses by itself, in one or two words."""

RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "Refused; the detail says why in one sentence.",
        "model": Problem,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def refusal(accept: str, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return one sentence in the form that was asked for: a page where the client accepts pages, or else JSON."""
    title = HTTPStatus(status).phrase
    if "text/html" in accept:
        page = (
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>formcheck: {title}</title>\n'
            f"<h1>{title}</h1>\n<p>{html.escape(detail)}</p>\n</html>\n"
        )
        return HTMLResponse(page, status, headers)
    body = Problem(title=title, status=status, detail=detail).model_dump()
    return JSONResponse(body, status, headers, media_type=PROBLEM_TYPE)


def first_problem(errors: Sequence[Mapping[str, Any]]) -> str:
    """Say what is wrong with the first value that did not validate."""
    first = errors[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    message = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{where}: {message}." if where else f"{message}."


def add_handlers(app: FastAPI) -> None:
    """Turn every error of a request into a refusal."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        plain = HTTPStatus(error.status_code)
        detail = _PLAIN.get(plain, error.detail) if error.detail == plain.phrase else error.detail
        return _answer(request, error.status_code, detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, first_problem(error.errors()))

    @app.exception_handler(UserError)
    async def mistaken(request: Request, error: UserError) -> Response:
        return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, str(error))

    @app.exception_handler(OperationError)
    async def failed(request: Request, error: OperationError) -> Response:
        return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, _: ClientDisconnect) -> Response:
        return _answer(request, HTTPStatus.BAD_REQUEST, BROKEN_OFF)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _: Exception) -> Response:
        return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED)


def _answer(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return refusal(request.headers.get("accept", ""), status, detail, headers)
