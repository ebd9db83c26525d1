"""A server to ask in tests, and what its answers must never hold."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
from fastapi import FastAPI

from formcheck.web.app import create_app
from formcheck.web.settings import Settings

with warnings.catch_warnings():  # starlette would rather have the successor of httpx
    warnings.filterwarnings("ignore", message=".*httpx2")
    from starlette.testclient import TestClient

__all__ = ["HOME", "TestClient", "client_of", "served", "settings_in", "wait_for"]

HOME = "http://127.0.0.1:8000"


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Return settings of a server that keeps everything in one folder."""
    own = {"data_dir": folder / "analyses", "profiles": folder / "profiles", "history": folder / "desk.db"}
    return Settings(**{**own, **changes})


def client_of(app: FastAPI, **options: Any) -> TestClient:
    """Return a client on this computer; errors of the server are answers, as they are outside tests."""
    return TestClient(
        app, **{"base_url": HOME, "raise_server_exceptions": False, "client": ("127.0.0.1", 9), **options}
    )


@contextmanager
def served(settings: Settings, **options: Any) -> Iterator[TestClient]:
    """Give a client of a server that works within the block."""
    with client_of(create_app(settings), **options) as client:
        yield client


def wait_for(client: TestClient, url: str, *statuses: str) -> dict[str, Any]:
    """Ask until an analysis has one of these statuses."""
    while True:
        found: dict[str, Any] = client.get(url).json()
        if found["status"] in statuses:
            return found
        assert found["status"] in ("queued", "running"), found
        assert client.portal is not None
        client.portal.call(anyio.sleep, 0.02)
