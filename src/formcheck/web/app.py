"""The server as one ASGI application."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.web.analyses import Analyses
from formcheck.web.live import LiveSessions, live_router
from formcheck.web.metrics import Metrics
from formcheck.web.problems import add_handlers
from formcheck.web.routes import analyses, catalogue, health, pages, today
from formcheck.web.schemas import STATUSES
from formcheck.web.security import Guard
from formcheck.web.settings import Settings
from formcheck.web.state import State, load_exercises

DESCRIPTION: Final = (
    "Tells a person, from one ordinary camera, how well they move. A training aid, not a medical device. Poses or "
    "pictures of a live set go to the WebSocket /v1/live."
)
UNMATCHED: Final = "none"
FAREWELL_S: Final = 5
"""How long connections may take to end when the server is stopped."""


def create_app(settings: Settings) -> FastAPI:
    """Make a server. Its folder is taken up, and analyses are worked on, while its lifespan runs.

    Parameters
    ----------
    settings : Settings

    Raises
    ------
    ExerciseError
        If an exercise file of one's own does not validate.
    """
    state = State(settings, load_exercises(settings), Analyses(settings), Metrics())
    for status in STATUSES:
        state.metrics.watch_analyses(status, partial(state.analyses.count, status))
    live = LiveSessions(state)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with state.analyses.working():
            try:
                yield
            finally:
                await asyncio.to_thread(live.close)

    app = FastAPI(
        title="formcheck",
        version=version("formcheck"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # both pages load their scripts from elsewhere
        redoc_url=None,
    )
    app.state.formcheck = state
    add_handlers(app)
    for router in (catalogue.router, analyses.router, today.router, health.router, pages.router, live_router(live)):
        app.include_router(router)
    app.add_middleware(_Counter, metrics=state.metrics)
    app.add_middleware(Guard, settings=settings)
    return app


def run(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    """Serve at a port that is open already, until the process is asked to end."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whoever connects could claim to be on this computer
        ws="websockets-sansio",  # with uvloop half the cost of the other implementation
        ws_max_size=settings.max_message_bytes,
        ws_per_message_deflate=False,  # poses do not compress, and trying would take longer than judging them
        timeout_graceful_shutdown=FAREWELL_S,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


class _Counter:
    """Counts answers by the route that gave them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", UNMATCHED)
                self._metrics.count_request(scope["method"], route, message["status"])
            await send(message)

        await self._app(scope, receive, count if scope["type"] == "http" else send)
