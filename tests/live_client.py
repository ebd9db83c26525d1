"""Clients of live sessions for tests: one that speaks to the application without a network, and what they send."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.web.protocol import encode_pose


class Line:
    """A WebSocket to an ASGI application, without a network.

    Attributes
    ----------
    closed : int or None
        The code with which the application closed.
    reading : asyncio.Event
        While it is not set, the application's messages wait to be sent, as for a client that does not read.
    """

    def __init__(self) -> None:
        self.closed: int | None = None
        self.reading = asyncio.Event()
        self.reading.set()
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})

    def send(self, message: bytes | dict[str, Any] | str) -> None:
        """Send bytes as they are, text as it is, and anything else as JSON."""
        if isinstance(message, bytes):
            self._to_app.put_nowait({"type": "websocket.receive", "bytes": message})
        else:
            text = message if isinstance(message, str) else json.dumps(message)
            self._to_app.put_nowait({"type": "websocket.receive", "text": text})

    async def receive(self) -> dict[str, Any]:
        """Return the next message; an empty one when the application has closed."""
        message = await asyncio.wait_for(self._from_app.get(), 30.0)
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            return {}
        found: dict[str, Any] = json.loads(message["text"])
        return found

    async def rest(self) -> list[dict[str, Any]]:
        """Return everything up to the close."""
        messages = []
        while message := await self.receive():
            messages.append(message)
        return messages

    async def state(self) -> dict[str, Any]:
        """Return the next state."""
        message = await self.receive()
        assert message.get("type") == "state", message
        return message

    async def until(self, seq: int) -> list[dict[str, Any]]:
        """Return all states up to the one of a pose."""
        states = [await self.state()]
        while states[-1]["seq"] < seq:
            states.append(await self.state())
        return states

    async def run(self, app: Any, path: str = "/v1/live") -> None:
        """Let the application answer."""
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "subprotocols": [],
            "scheme": "ws",
            "root_path": "",
            "asgi": {"version": "3.0"},
            "extensions": {},
        }
        await app(scope, self._to_app.get, self._take)

    def leave(self) -> None:
        """Go without a word."""
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def _take(self, message: dict[str, Any]) -> None:
        await self.reading.wait()
        if message["type"] == "websocket.accept":
            return
        self._from_app.put_nowait(message)
        if message["type"] == "websocket.close":
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": message["code"]})


@asynccontextmanager
async def connected(app: Any) -> AsyncIterator[Line]:
    """Connect to the live sessions of an application; leaves at the end, and waits for the application to be done."""
    line = Line()
    running = asyncio.create_task(line.run(app))
    try:
        yield line
    finally:
        line.leave()
        line.reading.set()
        await running


def start(exercise: str = "squat", **changes: Any) -> dict[str, Any]:
    """Return a start message; the set begins with the first pose."""
    return {"type": "start", "exercise": exercise, "countdown_s": 0, **changes}


def wired(poses: Iterable[Pose], scene: Scene | None = None) -> list[bytes]:
    """Return poses as messages, numbered from 1."""
    return [encode_pose(seq, pose, scene) for seq, pose in enumerate(poses, 1)]
