"""How many live sessions one server process leads: latency, server CPU and what got lost.

    python benchmarks/live_sessions.py poses --clients 100 --fps 30 --seconds 10
    python benchmarks/live_sessions.py frames --clients 6 --fps 30
    python benchmarks/live_sessions.py bare --clients 100

`poses` sends poses found elsewhere, `frames` sends JPEG pictures in which the server finds them. `bare` sends the same
poses to a server that answers each with a sentence of the usual length and does nothing else: what a socket costs.
Every client keeps its own clock and sends whether or not the answer to the last message has come. Clients run in
another process than the server; the figures are only worth something while both cores are free.
"""

import argparse
import asyncio
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from formcheck import Pose, Session, load_exercise
from formcheck.estimators import models
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.shipped import shipped_file
from formcheck.video.reader import FilmReader
from formcheck.web.protocol import encode_frame, encode_pose

SERVER = """
import socket, sys
from pathlib import Path
import uvicorn
from formcheck.web.app import create_app, run
from formcheck.web.settings import Settings

settings = Settings(port={port}, data_dir=Path({folder!r}), live_clients=2000, frame_clients=100, messages_per_s=1000)

async def bare(scope, receive, send):
    await receive()
    await send({{"type": "websocket.accept"}})
    while (await receive())["type"] == "websocket.receive":
        await send({{"type": "websocket.send", "text": "x" * 330}})

run(bare if {bare} else create_app(settings), settings, socket.create_server(("127.0.0.1", {port}), backlog=2000))
"""
TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP_S = 4.0
SIZE_PX = (640, 480)
JPEG_QUALITY = 70
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
_BIG, _HUGE = 126, 127


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", choices=("poses", "frames", "bare"))
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--exercise", default="deadlift")
    chosen = parser.parse_args()
    film = list(pictures())
    with MediaPipeEstimator(models.model_path("full")) as estimator:
        poses = [estimator.estimate(frame) for frame in film]
    jpegs = [encoded(frame.image) for frame in film] if chosen.path == "frames" else []

    def message(number: int, t: float) -> bytes:
        if jpegs:
            return encode_frame(number, t, SIZE_PX, jpegs[number % len(jpegs)])
        pose = poses[number % len(poses)]
        return encode_pose(number, Pose(t, pose.xy_px, pose.world_m, pose.visibility, pose.size_px, pose.torso))

    with serving(bare=chosen.path == "bare") as (server, port):
        load = Load(message, chosen.clients, chosen.fps, chosen.exercise, chosen.path)
        figures = asyncio.run(load.measure(port, server.pid, chosen.seconds))
    if chosen.path == "poses":
        engine = engine_us(poses, chosen.exercise)
        figures |= {"engine alone, us a pose": engine, "ratio": figures["server CPU, us a message"] / engine}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=1))


def pictures() -> Iterator[Any]:
    """Return the pictures of a shipped sample, small as a browser sends them."""
    with FilmReader(shipped_file("samples", "deadlift_neutral.mp4")) as reader:
        for frame in reader:
            yield type(frame)(frame.t, np.ascontiguousarray(cv2.resize(frame.image, SIZE_PX)))


def encoded(image: Any) -> bytes:
    """Return a picture as JPEG."""
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def engine_us(poses: list[Pose], exercise: str) -> float:
    """Return what the engine alone takes for a pose, in microseconds of CPU."""
    rates, spec = [], load_exercise(exercise)
    for _ in range(5):
        session, begun = Session(spec), time.process_time()
        for pose in poses:
            session.update(pose)
        rates.append((time.process_time() - begun) / len(poses) * 1e6)
    return statistics.median(rates)


@contextmanager
def serving(*, bare: bool) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run a server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        code = SERVER.format(port=port, folder=folder, bare=bare)
        server = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code])
        try:
            wait_for(port)
            yield server, port
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


def cpu_s(pid: int) -> float:
    """Return the CPU time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def masked(kind: int, payload: bytes) -> bytes:
    """Return a WebSocket frame of a client; its mask is 0, which leaves the payload as it is."""
    size = len(payload)
    if size < _BIG:
        head = bytes((0x80 | kind, 0x80 | size))
    elif size < 2**16:
        head = bytes((0x80 | kind, 0x80 | _BIG)) + size.to_bytes(2)
    else:
        head = bytes((0x80 | kind, 0x80 | _HUGE)) + size.to_bytes(8)
    return head + bytes(4) + payload


class Client(asyncio.Protocol):
    """One client: just enough of a WebSocket to cost little beside the server."""

    def __init__(self, port: int, on_answer: Callable[["Client", bytes], None]) -> None:
        self.sent: dict[int, float] = {}
        self.number = 0
        self.answers = 0
        self.opened = asyncio.get_running_loop().create_future()
        self.refused: bytes | None = None
        self._port = port
        self._on_answer = on_answer
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = secrets.token_bytes(16).hex()[:22] + "=="
        self.transport.write(
            f"GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if not self.opened.done():
            head, found, rest = self._unread.partition(b"\r\n\r\n")
            if not found:
                return
            self.opened.set_result(head.startswith(b"HTTP/1.1 101"))
            self._unread = rest
        while (taken := self._frame()) is not None:
            kind, payload = taken
            if kind == TEXT:
                self._on_answer(self, payload)
            elif kind == PING:
                self.transport.write(masked(10, payload))
            elif kind == CLOSE:
                self.refused = payload

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._unread
        if len(data) < 2:
            return None
        size, at = data[1], 2
        if size in (_BIG, _HUGE):
            at = 4 if size == _BIG else 10
            size = int.from_bytes(data[2:at])
        if len(data) < at + size:
            return None
        self._unread = data[at + size :]
        return data[0] & 15, data[at : at + size]


class Load:
    """Many clients at once, and what they saw."""

    def __init__(
        self, message: Callable[[int, float], bytes], clients: int, fps: float, exercise: str, path: str
    ) -> None:
        self._message = message
        self._clients = clients
        self._fps = fps
        self._start = {"type": "start", "exercise": exercise, "countdown_s": 0, "source": path}
        self._bare = path == "bare"
        self._latencies: list[float] = []
        self._measuring = False
        self._late = 0

    async def measure(self, port: int, pid: int, seconds: float) -> dict[str, float]:
        """Connect everybody, wait until all are warm, and measure."""
        loop = asyncio.get_running_loop()
        clients = []
        for _ in range(self._clients):
            _, client = await loop.create_connection(lambda: Client(port, self._answered), "127.0.0.1", port)
            clients.append(client)
            if not await client.opened:
                raise SystemExit("The server refused a connection.")
            if not self._bare:
                client.transport.write(masked(TEXT, json.dumps(self._start).encode()))
        sending = [asyncio.create_task(self._send(client, i)) for i, client in enumerate(clients)]
        await asyncio.sleep(WARM_UP_S + (0.15 * self._clients if self._start["source"] == "frames" else 0.0))
        self._measuring, before, own, begun = True, cpu_s(pid), time.process_time(), time.perf_counter()
        answers = sum(client.answers for client in clients)
        sent = sum(client.number for client in clients)
        await asyncio.sleep(seconds)
        took = time.perf_counter() - begun
        answers = sum(client.answers for client in clients) - answers
        sent = sum(client.number for client in clients) - sent
        used, own = cpu_s(pid) - before, time.process_time() - own
        for task in sending:
            task.cancel()
        closed = [client.refused for client in clients if client.refused is not None]
        for client in clients:
            client.transport.abort()
        p50, p95, p99 = np.percentile(self._latencies or [np.nan], [50, 95, 99]) * 1e3
        return {
            "clients": self._clients,
            "fps sent": sent / took / self._clients,
            "fps answered": answers / took / self._clients,
            "latency p50, ms": p50,
            "latency p95, ms": p95,
            "latency p99, ms": p99,
            "server CPU, cores": used / took,
            "server CPU, us a message": used / max(1, sent) * 1e6,
            "clients' CPU, cores": own / took,
            "sent late": self._late,
            "closed by the server": len(closed),
            "load of the machine": os.getloadavg()[0],
        }

    async def _send(self, client: Client, index: int) -> None:
        due = time.perf_counter() + index / self._clients / self._fps
        begun = due - 1.0
        while True:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._late += self._measuring and time.perf_counter() - due > 1.0 / self._fps
            client.number += 1
            now = time.perf_counter()
            client.sent[client.number] = now
            client.transport.write(masked(BINARY, self._message(client.number, due - begun)))
            due += 1.0 / self._fps

    def _answered(self, client: Client, payload: bytes) -> None:
        if self._bare:
            number = min(client.sent, default=0)
        elif payload.startswith(b'{"type":"state","seq":'):
            number = int(payload[22 : payload.index(b",", 22)])
        else:
            if payload.startswith(b'{"type":"error"'):
                print(payload.decode(), file=sys.stderr)
            return
        now = time.perf_counter()
        begun = client.sent.pop(number, None)
        for older in [other for other in client.sent if other < number]:
            del client.sent[older]
        if begun is not None and self._measuring:
            self._latencies.append(now - begun)
        client.answers += 1


if __name__ == "__main__":
    main()
