"""A real server, a real Chromium, and films in the place of its camera."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.request import urlopen

import av
import numpy as np

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

WAIT_MS: Final = 30_000
FLAGS: Final = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
FAKE_CAMERA: Final = "--use-fake-device-for-media-stream"
ALLOWED: Final = "--use-fake-ui-for-media-stream"

SPEECH: Final = """
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => ["en-US", "de-DE"].map((lang) => ({ lang, name: lang, localService: true })),
  speak: (words) => window.spoken.push(words.text),
  cancel: () => {},
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""Headless browsers have no voices: these two write down what they are given."""
SILENCE: Final = 'Object.defineProperty(window, "speechSynthesis", { value: { getVoices: () => [] } });'


class Server:
    """`formcheck serve` in a process of its own, as long as the block lasts."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        folders = ["--data", str(self._data), "--history", str(self._data / "desk.db")]
        command = [sys.executable, "-m", "formcheck", "serve", "--port", str(self._port), *folders]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        assert self._process.stdout
        said = re.search(r"http://127\.0\.0\.1:(\d+)/", self._process.stdout.readline())
        assert said, "the server did not say where it is"
        self._port = int(said[1])

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    def ask(self, path: str) -> Any:
        with urlopen(self.address + path) as answer:
            return json.load(answer)

    def newest_report(self) -> Any:
        return self.ask(self.ask("/v1/analyses")[0]["url"] + "/report.json")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass
class Tab:
    """A page, what it asked for and what it complained about."""

    page: "Page"
    context: "BrowserContext"
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text().strip()

    def wait(self, expression: str, within_ms: int = WAIT_MS) -> None:
        """Wait for an expression to become true; `wait_for_function` would need `eval`, which the pages forbid."""
        self.page.evaluate(f"""() => new Promise((resolve, reject) => {{
            const look = setInterval(() => {{ if ({expression}) {{ clearInterval(look); resolve(); }} }}, 20);
            setTimeout(() => reject(new Error("never came true")), {within_ms});
        }})""")

    def wait_for_stage(self, stage: str, within_ms: int = WAIT_MS) -> None:
        self.wait(f"document.querySelector('#live').dataset.stage === '{stage}'", within_ms)

    def shows(self, selector: str, within_ms: int = WAIT_MS) -> None:
        self.page.locator(selector).wait_for(state="visible", timeout=within_ms)

    def only_asked(self, address: str) -> bool:
        """Whether every request went to this server."""
        ours = (address + "/", address.replace("http", "ws", 1) + "/", "blob:" + address, "data:")
        return bool(self.requests) and all(url.startswith(ours) for url in self.requests)


def launch(driver: "Playwright", *flags: str) -> "Browser":
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path
    return driver.chromium.launch(executable_path=path, headless=False, args=[*FLAGS, *flags])


def open_tab(browser: "Browser", address: str, *, script: str = SPEECH, **options: Any) -> Tab:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options})
    context.add_init_script(script)
    tab = Tab(context.new_page(), context)
    tab.page.on("request", lambda request: tab.requests.append(request.url))
    tab.page.on("websocket", lambda socket: tab.requests.append(socket.url))
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.page.goto(address)
    return tab


def film_as_camera(film: Path, camera: Path, *, lead_s: float, trail_s: float) -> float:
    """Write a film as Chromium takes it for a camera, its first and last picture standing still for a while.

    Returns
    -------
    float
        How long it is, in seconds; it is played again and again.
    """
    with av.open(str(film)) as container:
        rate = container.streams.video[0].average_rate
        pictures = [picture.to_ndarray(format="yuv420p") for picture in container.decode(video=0)]
    assert rate
    size = pictures[0].shape[1], pictures[0].shape[0] * 2 // 3
    still = [pictures[0]] * round(lead_s * rate), [pictures[-1]] * round(trail_s * rate)
    with camera.open("wb") as file:
        header = f"YUV4MPEG2 W{size[0]} H{size[1]} F{rate.numerator}:{rate.denominator} Ip A1:1 C420mpeg2\n"
        file.write(header.encode())
        for picture in (*still[0], *pictures, *still[1]):
            file.write(b"FRAME\n" + np.ascontiguousarray(picture).tobytes())
    return (len(still[0]) + len(pictures) + len(still[1])) / float(rate)
