"""A camera in the network: a real MJPEG stream over HTTP that ends and comes back."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from formcheck.engine.events import CameraState
from formcheck.video.live_camera import LiveCamera

WAIT_S = 0.05
MOST_WAITS = 1200  # a minute: only reached where the test fails
PICTURES_PER_S = 40.0
BOUNDARY = b"picture"
SIZE_PX = (320, 240)


class Stream(ThreadingHTTPServer):
    """Serves pictures that never repeat, as long as it is `on`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pictures)
        self.on = threading.Event()
        self.on.set()
        self.ended = threading.Event()
        self._random = np.random.default_rng(5)
        coarse = self._random.integers(40, 200, (12, 16, 3)).astype(np.uint8)
        self._backdrop = cv2.resize(coarse, SIZE_PX, interpolation=cv2.INTER_LINEAR)

    @property
    def address(self) -> str:
        return f"http://user:secret@127.0.0.1:{self.server_port}/camera"

    def picture(self) -> bytes:
        noise = self._random.integers(0, 12, self._backdrop.shape).astype(np.uint8)
        return bytes(cv2.imencode(".jpg", self._backdrop + noise)[1])


class Pictures(BaseHTTPRequestHandler):
    """One client of a stream."""

    server: Stream

    def do_GET(self) -> None:
        if not self.server.on.is_set():
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
        self.end_headers()
        try:
            while self.server.on.is_set():
                jpeg = self.server.picture()
                head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, len(jpeg))
                self.wfile.write(head + jpeg + b"\r\n")
                self.server.ended.wait(1.0 / PICTURES_PER_S)
        except (BrokenPipeError, ConnectionResetError):  # the camera is closed first
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Keep the test's output clean."""


@pytest.fixture
def stream() -> Iterator[Stream]:
    server = Stream()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.on.clear()
    server.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_stream_is_read_lost_and_found_again(stream: Stream) -> None:
    with LiveCamera(stream.address, silent_s=1.0) as camera:
        times: list[float] = []
        changes: list[CameraState] = []

        def look() -> None:
            frame = camera.next(WAIT_S)
            changes.extend(state for _, state in camera.changes())
            if frame is not None:
                assert frame.image.shape == (SIZE_PX[1], SIZE_PX[0], 3)
                times.append(frame.t)

        def until(done: Callable[[], bool], what: str) -> None:
            for _ in range(MOST_WAITS):
                look()
                if done():
                    return
            pytest.fail(f"{what}; {changes} after {len(times)} pictures")

        until(lambda: len(times) >= 10, "no pictures came")
        stream.on.clear()
        until(lambda: bool(changes), "the end of the stream was not noticed")
        seen = len(times)
        stream.on.set()
        until(lambda: changes[-1] == "live" and len(times) >= seen + 10, "the stream was not found again")
    assert changes[0] in ("lost", "stalled")
    assert times == sorted(set(times))
