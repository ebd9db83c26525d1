"""Memory of a live set that goes on and on: a line for each of its minutes, and how much it grew after the first.

    python benchmarks/live_soak.py set --minutes 30
    python benchmarks/live_soak.py server --minutes 30

`set` leads a set without a window at full speed, with the real pose model, on a shipped sample that never ends.
`server` sends the poses of the same sample to `formcheck serve`, as one client and as fast as one may. Minutes are of
the set at 30 pictures a second; about two of them pass in one of the clock.

Memory is the resident set of the process at work. Of its growth, `samples` is what is kept for the report's charts and
tables: so many measures of each picture, which the set needs and which goes with it. Linux only.
"""

import argparse
import itertools
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import websockets.sync.client as ws
from websockets.exceptions import ConnectionClosed

from formcheck.app.coach import LiveCoach, Shown
from formcheck.app.live import Latencies, LivePlan, LiveSet
from formcheck.app.results import SampleTable
from formcheck.body.pose import Pose
from formcheck.engine.events import CameraState, Event, RepEvent
from formcheck.estimators import models
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.language import load_language
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.shipped import shipped_file
from formcheck.video.reader import FilmReader
from formcheck.web.protocol import encode_pose

FPS: Final = 30
TIMES: Final = 2
"""The sample has 15 pictures a second: each is shown so often, as a camera of 30 does where there is little light."""
ALLOWED_MB: Final = 20.0
MESSAGES_PER_S: Final = 70.0
"""The server takes 90; the rest is for what it could not take in time and takes afterwards."""
MIB: Final = 2**20


def main() -> int:
    """Run one of the two; return 1 if it grew by more than is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("set", "server"))
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--exercise", default="deadlift")
    parser.add_argument("--record", action="store_true", help="with set: keep film, poses and report as well")
    chosen = parser.parse_args()
    if chosen.what == "set":
        memory = soak_set(chosen.exercise, chosen.minutes, record=chosen.record)
    else:
        memory = soak_server(chosen.exercise, chosen.minutes)
    return memory.judge()


class Memory:
    """The memory of a process, minute by minute."""

    def __init__(self, process: int | str) -> None:
        self._process = process
        self._mb: list[float] = []

    def note(self, **beside: float) -> None:
        """Measure now, at the end of a minute, and print it with what else there is to know."""
        self._mb.append(rss_mb(self._process))
        told = "  ".join(f"{name} {value:g}" for name, value in beside.items())
        print(f"minute {len(self._mb):3d}  RSS {self._mb[-1]:7.1f} MB  {told}", flush=True)

    def judge(self) -> int:
        """Print how it grew after the first minute; return 1 if that is too much."""
        if len(self._mb) < 2:
            print("Too short to say anything: the first minute is for warming up.")
            return 0
        grew, minutes = self._mb[-1] - self._mb[0], len(self._mb) - 1
        print(f"grew by {grew:.1f} MB in {minutes} minutes after the first, {grew / minutes:.2f} MB a minute")
        return int(grew > ALLOWED_MB)


def rss_mb(process: int | str) -> float:
    """Return the resident set of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def samples_mb(table: SampleTable) -> float:
    """Return what the samples take in MB."""
    return sum(len(column) * column.itemsize for column in (table.t, *table.columns.values())) / MIB


# -- one set in this process ------------------------------------------------------------------------------------------


class EndlessCamera:
    """Shows the same pictures again and again, as fast as they are taken. A `Pictures`."""

    finished = False

    def __init__(self, images: Sequence[Any]) -> None:
        self.given = 0
        self._images = images

    def next(self, timeout_s: float) -> Frame:
        """Return the next picture."""
        frame = Frame(self.now(), self._images[self.given // TIMES % len(self._images)])
        self.given += 1
        return frame

    def changes(self) -> list[tuple[float, CameraState]]:
        """Return what changed about the camera: nothing ever does."""
        return []

    def now(self) -> float:
        """Return the time by the camera's clock, in seconds."""
        return self.given / FPS


class EveryMinute:
    """Notes the memory of this process, and ends the set when it has lasted long enough. A `Listener`."""

    def __init__(self, memory: Memory, minutes: int, coach: LiveCoach, end: Callable[[], None]) -> None:
        self._memory = memory
        self._minutes = minutes
        self._coach = coach
        self._end = end
        self._pictures = self._reps = 0
        self._begun = time.monotonic()

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        """See `formcheck.app.live.Listener.on`."""
        self._reps += sum(isinstance(event, RepEvent) for event in events)
        self._pictures += 1
        if self._pictures % (60 * FPS) == 0:
            took_s = round(time.monotonic() - self._begun)
            self._memory.note(took_s=took_s, reps=self._reps, samples=round(samples_mb(self._coach.samples), 2))
        if self._pictures == 60 * FPS * self._minutes:
            self._end()


def soak_set(exercise: str, minutes: int, *, record: bool) -> Memory:
    """Lead one set at full speed."""
    model, memory = models.model_path("lite"), Memory("self")
    camera = EndlessCamera([frame.image for frame in sample()])
    plan = LivePlan(load_exercise(exercise), load_language("en"), model, "endless", countdown_s=0)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "record" if record else None
        live_set = LiveSet(plan, camera, partial(MediaPipeEstimator, model), out=out)
        live_set.listen(Latencies(camera.now))
        live_set.listen(EveryMinute(memory, minutes, live_set.coach, live_set.stop))
        report = live_set.run()
    print(f"report: {len(report.reps)} reps; with it RSS {rss_mb('self'):.1f} MB")
    return memory


def sample() -> Iterator[Frame]:
    """Return the pictures of a shipped sample."""
    with FilmReader(shipped_file("samples", "deadlift_neutral.mp4")) as reader:
        yield from reader


# -- one session of a server ------------------------------------------------------------------------------------------


def soak_server(exercise: str, minutes: int) -> Memory:
    """Send one set's poses to a server."""
    with MediaPipeEstimator(models.model_path("full")) as estimator:
        poses = [estimator.estimate(frame) for frame in sample()]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (server, port):
        memory = Memory(server.pid)
        print(f"before the session: RSS {rss_mb(server.pid):.1f} MB")
        with ws.connect(f"ws://127.0.0.1:{port}/v1/live", max_size=None) as socket:
            report = lead(socket, exercise, poses, minutes, memory)
        print(f"report: {len(report['reps'])} reps; with it RSS {rss_mb(server.pid):.1f} MB")
    return memory


def lead(
    socket: ws.ClientConnection, exercise: str, poses: Sequence[Pose], minutes: int, memory: Memory
) -> dict[str, Any]:
    """Send poses for so many minutes of the set, then finish it; return its report."""
    heard = Heard(socket)
    socket.send(json.dumps({"type": "start", "exercise": exercise, "source": "poses", "countdown_s": 0}))
    heard.start()
    endless = itertools.cycle([pose for pose in poses for _ in range(TIMES)])
    with suppress(ConnectionClosed):
        for number in range(minutes * 60 * FPS):
            socket.send(encode_pose(number, replace(next(endless), t=number / FPS)))
            time.sleep(1.0 / MESSAGES_PER_S)
            if (number + 1) % (60 * FPS) == 0:
                memory.note(sent=number + 1, states=heard.states, reps=heard.reps)
        socket.send('{"type": "finish"}')
    heard.join()
    if heard.last["type"] != "report":
        raise SystemExit(f"The server ended the session: {heard.last['text']}")
    report: dict[str, Any] = heard.last["report"]
    return report


class Heard(threading.Thread):
    """Reads what the server says, to the last message."""

    def __init__(self, socket: ws.ClientConnection) -> None:
        super().__init__(daemon=True)
        self.states = self.reps = 0
        self.last: dict[str, Any] = {}
        self._socket = socket

    def run(self) -> None:
        """Read until the connection is closed."""
        with suppress(ConnectionClosed):
            for text in self._socket:
                self.last = json.loads(text)
                if self.last["type"] == "state":
                    self.states += 1
                    self.reps += sum(event["event"] == "rep" for event in self.last["events"])


@contextmanager
def serving(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run `formcheck serve` in a process of its own."""
    command = [sys.executable, "-m", "formcheck", "serve", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        try:
            assert server.stdout
            said = re.search(r":(\d+)/", server.stdout.readline())
            assert said, "the server did not say where it is"
            yield server, int(said[1])
        finally:
            server.terminate()


if __name__ == "__main__":
    raise SystemExit(main())
