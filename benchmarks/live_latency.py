"""How long after a picture was taken a person sees what is made of it: in the window, and in the browser.

    python -m benchmarks.live_latency [window|poses|frames ...] [--seconds N] [--rounds N]

`window` is `formcheck live` on a screen, `poses` the live page with the pose model in the browser, `frames` the live
page sending its pictures to `formcheck serve`. A sample of 640x480 at twice its speed, 30 pictures a second, is the
camera of each. Beside each runs, in turn, the barest loop for the same: camera, lite pose model, lines on the picture,
and for the browser a socket; once without and once with the person mask, in which formcheck reads the back.

A picture's time begins in the window when the camera has given it (for a film: when it is due) and ends when the window
has drawn it; in the browser it begins when the page is handed the picture and ends when the answer to it is on the
page. Needs Xvfb where there is no screen, and Chromium for the pages.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect
from tests.browser.serving import ALLOWED, FAKE_CAMERA, SPEECH, Server, film_as_camera, launch, open_tab

from formcheck.estimators import models
from formcheck.shipped import shipped_file
from formcheck.video.live_camera import LiveCamera
from formcheck.video.reader import FilmReader
from formcheck.video.writer import FilmWriter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZE_PX: Final = (640, 480)
FPS: Final = 30
WARM: Final = 45
"""Pictures before the measuring begins."""
WITHIN_MS: Final = 90_000
AIMS_MS: Final = {"window": 20.0, "poses": 40.0, "frames": 30.0}
WAYS: Final = ("bare", "bare, mask", "formcheck")
BONES: Final = (
    (11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24), (23, 25), (25, 27), (24, 26),
    (26, 28),
)  # fmt: skip
LETTERS: Final = 330
"""Of an ordinary answer of the server."""

Figures = Mapping[str, float]
"""``p50``, ``p95`` in milliseconds, ``pictures`` a second, and what else there is to know."""


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="*", default=list(AIMS_MS), help="window, poses, frames; all if none is named")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "window" in chosen.places:
            with screen():
                film = film_of(folder / "film.mp4", chosen.seconds)
                measure("window", chosen.rounds, window_ways(film))
        if pages := [place for place in chosen.places if place != "window"]:
            with browser_ways(folder, chosen.seconds) as ways_of:
                for place in pages:
                    measure(place, chosen.rounds, ways_of(place))


def measure(place: str, rounds: int, ways: Mapping[str, Callable[[], Figures]]) -> None:
    """Take each way in turn, round after round; print the middle figures and the ratios, round by round."""
    print(f"\n{place}; aim: p95 at most {AIMS_MS[place]:.0f} ms; load before {os.getloadavg()[0]:.1f}", flush=True)
    found: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            found[way].append(ways[way]())
    for way, taken in found.items():
        middle = {name: statistics.median(figures[name] for figures in taken) for name in taken[0]}
        told = "  ".join(f"{name} {value:5.1f}" for name, value in middle.items())
        print(f"  {way:11s} {told}   p95 of each round {[round(figures['p95'], 1) for figures in taken]}")
    for way in WAYS[:2]:
        ratios = [ratio_of(name, found["formcheck"], found[way]) for name in ("p50", "p95")]
        print(f"  formcheck / {way:11s} p50 {ratios[0]:.2f}  p95 {ratios[1]:.2f}")
    print(f"  load after {os.getloadavg()[0]:.1f}", flush=True)


def ratio_of(name: str, ours: Sequence[Figures], theirs: Sequence[Figures]) -> float:
    """Return the middle of the ratios, round by round."""
    return statistics.median(our[name] / their[name] for our, their in zip(ours, theirs, strict=True))


def figures_of(latencies_ms: Sequence[float], seconds: float) -> dict[str, float]:
    """Return the figures of one way in one round."""
    p50, p95 = np.percentile(latencies_ms, [50, 95]).tolist()
    return {"p50": p50, "p95": p95, "pictures/s": len(latencies_ms) / seconds}


def film_of(film: Path, seconds: int) -> Path:
    """Write a film of 30 pictures a second: a sample at twice its speed, again and again."""
    with FilmReader(shipped_file("samples", "deadlift_neutral.mp4")) as reader:
        images = [frame.image for frame in reader]
    with FilmWriter(film, size_px=SIZE_PX, fps_hint=FPS) as writer:
        for number in range(seconds * FPS):
            writer.write(images[number % len(images)], number / FPS)
    return film


def landmarker_of(model: Path, *, masks: bool) -> Any:
    """Return MediaPipe's own landmarker, for films."""
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415 - the comparison, not the product

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO,
        output_segmentation_masks=masks,
    )
    return vision.PoseLandmarker.create_from_options(options)


def landmarks_in(landmarker: Any, image: Any, t_ms: int) -> list[tuple[float, float]]:
    """Return where the landmarks are, as shares of the picture; none without a person. A mask is fetched, too."""
    from mediapipe import Image, ImageFormat  # noqa: PLC0415 - as above

    picture = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    found = landmarker.detect_for_video(picture, t_ms)
    if found.segmentation_masks:
        found.segmentation_masks[0].numpy_view()
    return [(point.x, point.y) for point in found.pose_landmarks[0]] if found.pose_landmarks else []


# -- the window -------------------------------------------------------------------------------------------------------


@contextmanager
def screen() -> Iterator[None]:
    """Use the screen there is, or else one that exists only in memory."""
    if os.environ.get("DISPLAY"):
        yield
        return
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                os.environ["DISPLAY"] = f":{told.readline().strip()}"
            yield
        finally:
            del os.environ["DISPLAY"]
            server.terminate()


def window_ways(film: Path) -> dict[str, Callable[[], Figures]]:
    """Return the ways from a camera to a window."""
    return {
        "bare": partial(bare_window, film, masks=False),
        "bare, mask": partial(bare_window, film, masks=True),
        "formcheck": partial(own_window, film),
    }


def bare_window(film: Path, *, masks: bool) -> Figures:
    """Show a film in a window, with the pose drawn on it, and nothing else."""
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
    cv2.namedWindow("bare", cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL)
    cv2.resizeWindow("bare", *SIZE_PX)
    taken = []
    with landmarker_of(models.model_path("lite"), masks=masks) as landmarker, LiveCamera(str(film)) as camera:
        begun = time.monotonic()
        while not camera.finished:
            frame = camera.next(0.1)
            if frame is None:
                continue
            points = landmarks_in(landmarker, frame.image, round(1000 * frame.t))
            cv2.imshow("bare", with_bones(frame.image, points))
            cv2.waitKey(1)
            taken.append(1000 * (time.monotonic() - begun - frame.t))
    cv2.destroyWindow("bare")
    return figures_of(taken, time.monotonic() - begun)


def with_bones(image: Any, points: Sequence[tuple[float, float]]) -> Any:
    """Return the picture with the body drawn on it."""
    drawn = image.copy()
    at = [(round(x * SIZE_PX[0]), round(y * SIZE_PX[1])) for x, y in points]
    for one, other in BONES if at else ():
        cv2.line(drawn, at[one], at[other], (0, 255, 0), 2)
    return drawn


def own_window(film: Path) -> Figures:
    """Run `formcheck live` on a film until its end; return what it says of itself."""
    command = [sys.executable, "-m", "formcheck", "live", "-e", "deadlift", "--camera", str(film)]
    done = subprocess.run(
        [*command, "--countdown", "0", "--no-voice", "--json"], check=True, capture_output=True, text=True
    )
    report, summary = map(json.loads, done.stdout.splitlines())
    told_ms, lasted_s = summary["latency_ms"], report["report"]["quality"]["duration_s"]
    return {"p50": told_ms["p50"], "p95": told_ms["p95"], "pictures/s": told_ms["pictures"] / lasted_s}


# -- the browser ------------------------------------------------------------------------------------------------------

PROBE: Final = """
window.measured = [];
const underWay = new Map();
let atHand = null, picture = null;
const ask = HTMLVideoElement.prototype.requestVideoFrameCallback;
HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
  return ask.call(this, (now, about) => {
    atHand = { given: now, captured: about.captureTime ?? now };
    callback(now, about);
    atHand = null;
  });
};
for (const [owner, name] of [[window, "createImageBitmap"], [CanvasRenderingContext2D.prototype, "drawImage"]]) {
  const call = owner[name];
  owner[name] = function (source, ...rest) {
    if (atHand && source instanceof HTMLVideoElement) picture = atHand;
    return call.call(this, source, ...rest);
  };
}
window.VideoFrame = new Proxy(VideoFrame, {
  construct(kind, [source, ...rest]) {
    if (atHand && source instanceof HTMLVideoElement) picture = atHand;
    return new kind(source, ...rest);
  },
});
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const numbered = data instanceof ArrayBuffer;
  if (numbered) underWay.set(new DataView(data).getUint32(4, true), { ...picture, sent: performance.now() });
  send.call(this, data);
};
function answered(text) {
  const found = /^{"type":"state","seq":([0-9]+)/.exec(text);
  if (!found) return;
  const [seq, now] = [Number(found[1]), performance.now()];
  const begun = underWay.get(seq);
  for (const older of underWay.keys()) if (older <= seq) underWay.delete(older);
  if (begun) window.measured.push([now - begun.given, now - begun.captured, now - begun.sent]);
}
const heard = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", { ...heard, set(handler) {
  heard.set.call(this, (event) => { handler(event); answered(event.data); });
} });
"""
"""Notes, in any page that takes pictures from a video and sends numbered messages, when each was answered."""

BARE_PAGE: Final = """<!doctype html><meta charset="utf-8"><video muted playsinline width="640" height="480"></video>
<canvas width="640" height="480"></canvas><script type="module" src="/bare.js"></script>"""

BARE_SCRIPT: Final = """
const BONES = %(bones)s;
const asked = new URLSearchParams(location.search);
const video = document.querySelector("video");
const pen = document.querySelector("canvas").getContext("2d");
const socket = new WebSocket(`ws://${location.host}/bare${location.search}`);
socket.binaryType = "arraybuffer";
let seq = 0, busy = false, waiting = 0, latest = 0;

function draw(points) {
  pen.clearRect(0, 0, 640, 480);
  pen.strokeStyle = "lime";
  pen.lineWidth = 3;
  pen.beginPath();
  for (const [one, other] of points.length ? BONES : []) {
    pen.moveTo(640 * points[one][0], 480 * points[one][1]);
    pen.lineTo(640 * points[other][0], 480 * points[other][1]);
  }
  pen.stroke();
}

function post(content) {
  const message = new Uint8Array(8 + content.byteLength);
  new DataView(message.buffer).setUint32(4, ++seq, true);
  message.set(new Uint8Array(content), 8);
  socket.send(message.buffer);
}

async function sendPicture(now) {
  if (busy || waiting >= 2 || now - latest < 1000 / 15 - 4) return;
  [busy, latest] = [true, now];
  small.drawImage(video, 0, 0, 640, 480);
  const jpeg = await (await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.7))).arrayBuffer();
  [busy, waiting] = [false, waiting + 1];
  post(jpeg);
}

async function lookHere(now) {
  if (busy) return;
  busy = true;
  const bitmap = await createImageBitmap(video);
  worker.postMessage({ bitmap, now }, [bitmap]);
}

const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
const small = canvas.getContext("2d", { alpha: false });
let worker = null;
if (asked.get("place") === "poses") {
  worker = new Worker(`/worker.js${location.search}`, { type: "module" });
  await new Promise((resolve) => (worker.onmessage = resolve));
  worker.onmessage = ({ data }) => {
    busy = false;
    draw(Array.from({ length: data.length / 2 }, (_, i) => [data[2 * i], data[2 * i + 1]]));
    post(data.buffer);
  };
}
socket.onmessage = ({ data }) => {
  const answer = JSON.parse(data);
  waiting = Math.max(0, waiting - 1);
  if (answer.landmarks) draw(answer.landmarks);
};
video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 30 } });
await video.play();
const next = (now) => {
  (worker ? lookHere : sendPicture)(now);
  video.requestVideoFrameCallback(next);
};
video.requestVideoFrameCallback(next);
"""

BARE_WORKER: Final = """
import { FilesetResolver, PoseLandmarker } from "/pose/vision_bundle.mjs";
const landmarker = await PoseLandmarker.createFromOptions(await FilesetResolver.forVisionTasks("/pose/wasm", true), {
  baseOptions: { modelAssetPath: "/models/lite.task", delegate: "CPU" },
  runningMode: "VIDEO",
  outputSegmentationMasks: new URL(self.location).searchParams.has("masks"),
});
self.onmessage = ({ data: { bitmap, now } }) => {
  let points = new Float32Array();
  landmarker.detectForVideo(bitmap, now, ({ landmarks, segmentationMasks }) => {
    segmentationMasks?.[0]?.getAsFloat32Array();
    points = Float32Array.from((landmarks[0] ?? []).flatMap(({ x, y }) => [x, y]));
  });
  bitmap.close();
  self.postMessage(points, [points.buffer]);
};
self.postMessage("ready");
"""


@contextmanager
def browser_ways(folder: Path, seconds: int) -> Iterator[Callable[[str], dict[str, Callable[[], Figures]]]]:
    """Give the ways from a camera to a page and back."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the window needs none

    camera = folder / "camera.y4m"
    film_as_camera(film_of(folder / "short.mp4", 8), camera, lead_s=0.0, trail_s=0.0)
    with ExitStack() as stack:
        browser = launch(
            stack.enter_context(sync_playwright()), FAKE_CAMERA, ALLOWED, f"--use-file-for-fake-video-capture={camera}"
        )
        stack.callback(browser.close)
        bare = stack.enter_context(bare_server())
        own = stack.enter_context(Server(folder / "analyses")).address

        def ways_of(place: str) -> dict[str, Callable[[], Figures]]:
            path = {"poses": "", "frames": "&path=a"}[place]
            addresses = (
                f"{bare}/?place={place}",
                f"{bare}/?place={place}&masks=1",
                f"{own}/?countdown=0{path}#deadlift",
            )
            return {
                way: partial(on_page, browser, address, seconds) for way, address in zip(WAYS, addresses, strict=True)
            }

        yield ways_of


def on_page(browser: "Browser", address: str, seconds: int) -> Figures:
    """Open a page, wait until all is warm, and measure."""
    tab = open_tab(browser, address, script=SPEECH + PROBE)
    try:
        tab.wait(f"window.measured.length >= {WARM}", WITHIN_MS)
        tab.page.evaluate("window.measured.length = 0")
        begun = time.monotonic()
        tab.page.wait_for_timeout(1000 * seconds)
        rows = tab.page.evaluate("window.measured")
        took_s = time.monotonic() - begun
    finally:
        tab.context.close()
    given, captured, wire = zip(*rows, strict=True)
    beside = {"since capture p95": captured, "on the wire p95": wire}
    return figures_of(given, took_s) | {name: float(np.percentile(ms, 95)) for name, ms in beside.items()}


@contextmanager
def bare_server() -> Iterator[str]:
    """Serve the barest page in a process of its own; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.get_context("spawn").Process(target=serve_bare, args=(listener,))
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()


def serve_bare(listener: socket.socket) -> None:
    """Serve the barest page, and answer what it sends."""
    uvicorn.Server(uvicorn.Config(bare_app(), log_level="warning")).run(sockets=[listener])


def bare_app() -> Starlette:
    """Return the barest page and its socket."""
    model = models.model_path("lite")

    async def lite(_: Request) -> Response:
        return FileResponse(model)

    return Starlette(
        routes=[
            Route("/", text_of(BARE_PAGE, "text/html")),
            Route("/bare.js", text_of(BARE_SCRIPT % {"bones": json.dumps(BONES)}, "text/javascript")),
            Route("/worker.js", text_of(BARE_WORKER, "text/javascript")),
            Route("/models/lite.task", lite),
            Mount("/pose", StaticFiles(directory=models.browser_dir())),
            WebSocketRoute("/bare", answer_all),
        ]
    )


def text_of(text: str, kind: str) -> Callable[[Request], Response]:
    """Return what answers with a text."""
    return lambda _: Response(text, media_type=kind)


async def answer_all(client: WebSocket) -> None:
    """Answer each message: pictures with the landmarks in them, anything else with as much as a server would say."""
    await client.accept()
    asked = client.query_params
    looking: AbstractContextManager[Any] = nullcontext()
    if asked["place"] == "frames":
        looking = landmarker_of(models.model_path("lite"), masks="masks" in asked)
    with suppress(WebSocketDisconnect), ThreadPoolExecutor(1) as thread, looking as landmarker:
        while True:
            data = await client.receive_bytes()
            number = int.from_bytes(data[4:8], "little")
            if landmarker is None:
                rest = f'"rest":"{"x" * LETTERS}"'
            else:
                rest = await asyncio.get_running_loop().run_in_executor(thread, seen_in, landmarker, number, data[8:])
            await client.send_text(f'{{"type":"state","seq":{number},{rest}}}')


def seen_in(landmarker: Any, number: int, jpeg: bytes) -> str:
    """Return what is seen in a picture."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    points = landmarks_in(landmarker, image, 50 * number)
    return '"landmarks":' + json.dumps([(round(x, 4), round(y, 4)) for x, y in points])


if __name__ == "__main__":
    main()
