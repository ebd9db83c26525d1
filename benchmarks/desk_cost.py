"""What `formcheck desk` costs while nothing happens: share of one core, and resident memory. See `desk_soak`, too.

    python benchmarks/desk_cost.py [--minutes 1] [--film FILE]

A camera that is a pipe gives 15 JPEG pictures a second of somebody who sits, with the noise of a webcam added. Without
a film the person is rendered. Each way of looking runs in a process of its own, which then tells its processor time:

- as shipped: twice a second, and the pose is kept while nothing in the picture has changed
- always found: twice a second, the pose found anew each time
- full rate: every picture looked at
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import psutil
from numpy.typing import NDArray

from formcheck.app import desk as desk_module
from formcheck.app.desk import CAMERA_FPS, SIZE_PX, Desk, DeskCamera, DeskPace, spare_memory
from formcheck.app.desk_control import DeskFolder
from formcheck.app.desk_messages import Reach
from formcheck.app.desk_minutes import HistoryWriter
from formcheck.app.desk_setup import FRONT, SIDE, SetUps
from formcheck.app.settings import DeskTable
from formcheck.app.surroundings import Surroundings
from formcheck.body.pose import Pose
from formcheck.estimators import models
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.language import load_language
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.video.live_camera import LiveCamera

Image = NDArray[np.uint8]

WAYS = {"as shipped": (2.0, True), "always found": (2.0, False), "full rate": (CAMERA_FPS, False)}
NOISE = 5.0
"""Standard deviation of a pixel, of 255: a webcam by the light of a room."""
PICTURES = 90
WARM_S = 10.0
MB = 1e6


def pictures(film: Path | None) -> list[Image]:
    """Return a few seconds of somebody who sits, without noise."""
    return rendered() if film is None else filmed(film)


def filmed(film: Path) -> list[Image]:
    capture = cv2.VideoCapture(str(film))
    found: list[Image] = []
    while len(found) < PICTURES and (read := capture.read())[0]:
        found.append(np.asarray(cv2.resize(read[1], SIZE_PX, interpolation=cv2.INTER_AREA), np.uint8))
    return found


def rendered() -> list[Image]:
    from formcheck.synth.clip import render_clip  # noqa: PLC0415 - not for the process that is measured

    clip = islice(render_clip("desk_front", yaw_deg=90.0, size_px=(640, 480)), PICTURES)
    return [np.asarray(cv2.resize(frame.image, SIZE_PX, interpolation=cv2.INTER_AREA), np.uint8) for frame, _ in clip]


def noisy(clean: list[Image]) -> list[Image]:
    """Return the pictures there and back again, with noise."""
    rng = np.random.default_rng(0)
    there_and_back = clean + clean[::-1]
    return [np.clip(image + rng.normal(0.0, NOISE, image.shape), 0, 255).astype(np.uint8) for image in there_and_back]


@contextmanager
def camera_pipe(folder: Path, images: list[Image], fps: float) -> Iterator[Path]:
    """Write JPEG pictures into a pipe, in a thread of this process, which is not the one that is measured."""
    path, ended = folder / "camera", threading.Event()
    os.mkfifo(path)
    jpegs = [cv2.imencode(".jpg", image)[1].tobytes() for image in images]

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            begun, sent = time.monotonic(), 0
            while not ended.wait(max(0.0, begun + sent / fps - time.monotonic())):
                pipe.write(jpegs[sent % len(jpegs)])
                sent += 1

    def guarded() -> None:
        try:
            write()
        except BrokenPipeError:
            return

    threading.Thread(target=guarded, daemon=True).start()
    try:
        yield path
    finally:
        ended.set()


def cost(way: str, camera: Path, seconds: float, folder: Path) -> dict[str, float]:
    """Measure one way of looking, in a fresh process."""
    command = [sys.executable, __file__, "--way", way, "--camera", str(camera), "--seconds", str(seconds)]
    done = subprocess.run([*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def work(way: str, camera: str, seconds: float, folder: Path) -> dict[str, float]:
    """Run the desk for a while, and return what it cost once it was warm."""
    rate, still = WAYS[way]
    spare_memory()
    if not still:
        desk_module.STILL_S = -1.0  # type: ignore[misc]
    open_camera = partial(LiveCamera, camera, size=SIZE_PX, fps=CAMERA_FPS, silent_s=4.0)
    process = psutil.Process()
    with ExitStack() as stack:
        estimator = Counting()
        desk = a_desk(stack, folder, open_camera, estimator, DeskPace(pictures_per_second=rate, burst_per_second=rate))
        thread = threading.Thread(target=desk.run)
        thread.start()
        time.sleep(WARM_S)
        begun, used, found = time.perf_counter(), time.process_time(), estimator.found
        time.sleep(seconds)
        share = (time.process_time() - used) / (time.perf_counter() - begun)
        memory = process.memory_info().rss
        found = estimator.found - found
        desk.stop()
        thread.join()
    return {"share": 100.0 * share, "rss_mb": memory / MB, "found_per_s": found / seconds}


class Counting:
    """The real estimator, counting how often it is asked."""

    def __init__(self) -> None:
        self.found = 0

    @contextmanager
    def opened(self) -> Iterator["Counting"]:
        with MediaPipeEstimator(models.model_path("lite"), masks=False) as self.estimator:
            yield self

    def estimate(self, frame: Frame) -> Pose:
        self.found += 1
        return self.estimator.estimate(frame)


def a_desk(
    stack: ExitStack,
    folder: Path,
    open_camera: Callable[[], AbstractContextManager[DeskCamera]],
    estimator: Counting,
    pace: DeskPace,
) -> Desk:
    """Return a desk as `formcheck desk` makes it, with folders of its own and nobody to tell."""
    state = DeskFolder(folder / "desk")
    stack.enter_context(state.held())
    told = stack.enter_context(Reach(load_language("en"), [load_exercise(name) for name in (FRONT, SIDE)]))
    history = HistoryWriter(folder / "desk.db")
    stack.callback(history.close)
    set_up = SetUps(DeskTable(), "0", folder / "profiles", told.say)
    return Desk(
        state,
        open_camera=open_camera,
        open_estimator=estimator.opened,
        set_up=set_up,
        keep=history.add,
        told=told,
        around=stack.enter_context(Surroundings("0")),
        pace=pace,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--film", type=Path)
    for hidden in ("--way", "--camera", "--seconds", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(work(given.way, given.camera, float(given.seconds), Path(given.folder))))
        return
    images = noisy(pictures(given.film))
    shares = {}
    for way in WAYS:
        with tempfile.TemporaryDirectory() as name, camera_pipe(Path(name), images, CAMERA_FPS) as pipe:
            found = cost(way, pipe, 60.0 * given.minutes, Path(name))
        shares[way] = found["share"]
        print(
            f"{way:13} {found['share']:5.2f} % of a core, {found['rss_mb']:.0f} MB, {found['found_per_s']:.2f} poses/s"
        )
    print(f"full rate : as shipped = {shares['full rate'] / shares['as shipped']:.1f} : 1")


if __name__ == "__main__":
    main()
