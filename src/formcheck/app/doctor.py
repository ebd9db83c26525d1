"""What works on this computer and what does not, and what to do about it."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from formcheck.app.desk_control import DeskFolder
from formcheck.app.settings import Settings, load_settings
from formcheck.engine.events import CameraState
from formcheck.engine.filming import DIM_BELOW
from formcheck.errors import FilmError, FormcheckError, UserError
from formcheck.estimators import models
from formcheck.frame import Frame
from formcheck.notify import desktop
from formcheck.shipped import shipped_file
from formcheck.storage.database import history_path
from formcheck.video.camera import without_password
from formcheck.video.live_camera import LiveCamera
from formcheck.video.reader import FilmReader
from formcheck.video.scene import scene_of

State = Literal["ok", "note", "broken"]

SETTLES_S: Final = 1.5
"""How long a camera may take to find its exposure."""
SHOWS_WITHIN_S: Final = 8.0
SPEAKS_WITHIN_S: Final = 30.0
FULL_BELOW_BYTES: Final = 50_000_000
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What SQLite says of a file that is no sound database; anything else may pass."""
LOCKED_S: Final = 1.0
TESTED: Final = (0, 10, 31)
REPORTS_FROM: Final = (0, 10, 35)
"""The release of mediapipe from which on it sends usage figures to Google, with no way to switch that off."""
TESTED_RELEASE: Final = "pip install 'mediapipe>=0.10.31,<0.10.32'"
CAMERA_FAULTS: Final[dict[CameraState, tuple[str, str]]] = {
    "lost": ("gives no pictures", "check its cable, and that no other program uses it"),
    "stalled": ("gives no pictures", "check its cable, and that no other program uses it"),
    "repeating": ("gives the same picture again and again", "unplug it and plug it in again"),
    "dark": ("shows nothing but darkness", "open its cover, or turn on a light"),
    "covered": ("shows nothing but a smooth surface", "take away what is in front of it"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What was looked at.
    state : str
        ``"ok"``, ``"note"`` (works, but there is something to know) or ``"broken"``.
    found : str
        What was found.
    advice : str
        What to do; empty where there is nothing.
    """

    name: str
    state: State
    found: str
    advice: str = ""


def examine(camera: str | None = "", settings_file: Path | None = None) -> Iterator[Check]:
    """Look at everything, one after the other; a few seconds.

    Parameters
    ----------
    camera : str or None
        Number of a camera, address of a stream or path of a film; empty for the one of the settings, None for none.
    settings_file : Path, optional
        As in `load_settings`.
    """
    yield check_versions()
    yield check_mediapipe(_installed("mediapipe"))
    settings, checked = check_settings(settings_file)
    yield checked
    if camera is not None:
        yield from check_camera(camera or settings.desk.camera)
    yield from check_models()
    yield check_estimator()
    yield check_notifications()
    yield check_speech(settings.desk.language)
    yield check_disk(history_path().parent)
    yield check_history(history_path())
    yield from check_network(settings)


def check_versions() -> Check:
    """Say which releases are here."""
    parts = [f"{name} {_installed(name) or 'missing'}" for name in ("formcheck", "numpy", "opencv-python", "av")]
    return Check("versions", "ok", ", ".join([parts[0], f"Python {platform.python_version()}", *parts[1:]]))


def check_mediapipe(release: str | None) -> Check:
    """Say whether a release of mediapipe, None for none, keeps to itself what it sees."""
    if release is None:
        return Check("mediapipe", "broken", "mediapipe is not installed", TESTED_RELEASE)
    numbers = tuple(int(digits) for digits in re.findall(r"\d+", release)[:3])
    if numbers >= REPORTS_FROM:
        return Check("mediapipe", "broken", f"mediapipe {release} sends usage figures to Google", TESTED_RELEASE)
    if numbers != TESTED:
        return Check("mediapipe", "note", f"formcheck is not tested with mediapipe {release}", TESTED_RELEASE)
    return Check("mediapipe", "ok", f"mediapipe {release}, which reports to nobody")


def check_settings(file: Path | None) -> tuple[Settings, Check]:
    """Return the settings, the defaults where they cannot be read, and whether they can."""
    try:
        settings = load_settings(file)
    except UserError as error:
        return Settings(), Check(
            "settings", "broken", str(error), "mend the file; formcheck desk settings shows all keys"
        )
    return settings, Check("settings", "ok", "as you set them" if settings != Settings() else "the defaults")


def check_camera(source: str) -> Iterator[Check]:
    """Say whether a camera shows something, and in what light."""
    name = without_password(source)
    try:
        with LiveCamera(source) as camera:
            frame = _settled(camera)
            state = camera.state
    except FilmError as error:
        if DeskFolder().runs():
            advice = "formcheck desk pause, then try again"
            yield Check("camera", "note", f"camera {name} was not tried: formcheck desk has it", advice)
        else:
            yield Check("camera", "broken", str(error), "try another with --camera 1, or leave it out with --no-camera")
        return
    if frame is None or state != "live":
        fault, advice = CAMERA_FAULTS["stalled" if state == "live" else state]
        yield Check("camera", "broken", f"camera {name} {fault}", advice)
        return
    height, width = frame.image.shape[:2]
    yield Check("camera", "ok", f"camera {name} shows pictures of {width} x {height}")
    yield _check_light(frame)


def check_models() -> Iterator[Check]:
    """Say which pose models, and whether the browser package, are here."""
    for model in models.listing():
        pull = f"formcheck models pull {model.name}"
        if model.state == "damaged":
            yield Check(f"model {model.name}", "broken", f"damaged: {model.path}", pull)
        elif model.state != "missing":
            yield Check(f"model {model.name}", "ok", "here and intact")
        elif model.name != "heavy":  # nothing uses it unless asked
            yield Check(
                f"model {model.name}", "note", "not here yet; it is fetched once, when it is first needed", pull
            )


def check_estimator() -> Check:
    """Say whether a person is found in a picture that comes with formcheck."""
    here = [model.path for model in models.listing() if model.path.is_file() and model.state != "damaged"]
    if not here:
        return Check("pose", "note", "not tried: there is no pose model", "formcheck models pull lite")
    from formcheck.estimators.mediapipe import MediaPipeEstimator  # noqa: PLC0415 - takes long to load

    try:
        with (
            FilmReader(shipped_file("samples", "plank_straight.mp4")) as film,
            MediaPipeEstimator(here[0]) as estimator,
        ):
            found = estimator.estimate(next(iter(film))).has_person
    except (FormcheckError, ImportError, OSError) as error:
        return Check("pose", "broken", f"the pose model does not work: {error}", "install formcheck again")
    if not found:
        return Check("pose", "broken", "the pose model misses the person in formcheck's sample", TESTED_RELEASE)
    return Check("pose", "ok", "the person in formcheck's sample is found")


def check_notifications() -> Check:
    """Say whether notifications can be shown; shows none."""
    if reason := desktop.why_unreachable():
        return Check("notifications", "note", f"none can be shown, because {reason}", desktop.how_to_get())
    return Check("notifications", "ok", "the desktop takes them")


def check_speech(language: str) -> Check:
    """Say whether there is a voice, by starting the process that would speak; it says nothing."""
    command = [sys.executable, "-m", "formcheck.notify.speech", language]
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SPEAKS_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Check("speech", "note", "the speech engine does not answer", "restart the sound of this computer")
    lines = ended.stderr.strip().splitlines()
    if ended.returncode == 0 and not lines:
        return Check("speech", "ok", f"there is a voice for {language!r}")
    found, _, advice = (
        (lines[-1] if lines else "the speech engine broke down").removeprefix("formcheck: ").partition(": ")
    )
    return Check("speech", "note", found, advice.removesuffix("; or add --no-voice.") or "run without --voice")


def check_disk(folder: Path) -> Check:
    """Say whether what is kept can be written."""
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(place, os.W_OK):
        return Check("disk", "broken", f"{place} cannot be written", f"make it yours: chown {_user()} {place}")
    free = shutil.disk_usage(place).free
    if free < FULL_BELOW_BYTES:
        return Check("disk", "broken", f"{place} has {free / 1e6:.0f} MB left", "make room there")
    return Check("disk", "ok", f"{free / 1e9:.1f} GB free for {folder}")


def check_history(path: Path) -> Check:
    """Say whether the history of the desk is whole; changes nothing."""
    if not path.exists():
        return Check("history", "ok", "none yet; formcheck desk makes one")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=LOCKED_S, uri=True)) as database:
            answers = [row[0] for row in database.execute("PRAGMA quick_check")]
            minutes = database.execute("SELECT count(*) FROM minutes").fetchone()[0]
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF not in DAMAGED:
            advice = "end what else uses it, check its rights, then try again"
            return Check("history", "note", f"{path} cannot be looked at now ({error})", advice)
        answers, minutes = [str(error)], 0
    if answers != ["ok"]:
        advice = f"move {path} away, or delete it with formcheck desk forget"
        return Check("history", "broken", f"{path} is damaged ({answers[0]})", advice)
    return Check("history", "ok", f"{minutes} minutes in {path}")


def check_network(settings: Settings) -> Iterator[Check]:
    """Say where anything would be sent, and whether what sends it is installed."""
    goals = []
    if url := settings.webhook.url:
        goals.append(f"events to {urlsplit(url).hostname} (webhook)")
        yield from _lacking("webhook", "httpx", "tenacity")
    if host := settings.mqtt.host:
        goals.append(f"states to {host}:{settings.mqtt.port} (MQTT)")
        yield from _lacking("mqtt", "paho")
    if goals:
        advice = "as you set it; to stop that, empty [webhook] url and [mqtt] host in the settings"
        yield Check("network", "note", f"formcheck desk sends {' and '.join(goals)}", advice)
    else:
        yield Check("network", "ok", "formcheck desk sends nothing: no webhook and no MQTT broker is set")


def _lacking(extra: str, *modules: str) -> Iterator[Check]:
    if not all(find_spec(module) for module in modules):
        advice = f"pip install 'formcheck[{extra}]', or take [{extra}] out of the settings"
        yield Check(extra, "broken", f"[{extra}] is set, but what sends it is not installed", advice)


def _check_light(frame: Frame) -> Check:
    brightness = scene_of(frame.image).highlights
    if brightness < DIM_BELOW:
        return Check("light", "note", f"the picture is dim ({brightness:.0f} of 255)", "turn on a lamp in front of you")
    return Check("light", "ok", "bright enough")


def _settled(camera: LiveCamera) -> Frame | None:
    """Return the newest picture once the camera has found its exposure; None if it shows none."""
    newest, until = None, time.monotonic() + SHOWS_WITHIN_S
    while time.monotonic() < until and not camera.finished and (newest is None or newest.t < SETTLES_S):
        newest = camera.next(0.5) or newest
    return newest


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _user() -> str:
    return os.environ.get("USER") or os.environ.get("USERNAME") or "you"
