"""A small window that shows one thing, hands back what is pressed, and never holds up who asked for it."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.heard import WITHIN_S, Pressed

from formcheck.notify import hint
from formcheck.notify.hint import Hint

ECHO = "import json, sys\nfor line in sys.stdin: print(*json.loads(line)['actions'], flush=True)"


def test_what_is_pressed_in_the_window_comes_back() -> None:
    pressed = Pressed()
    window = Hint(pressed, [sys.executable, "-c", ECHO])
    window.show("Sit tall", "Für dich", {"snooze_30": "30 min"})
    assert pressed.wait() == "snooze_30"
    window.close()
    window.close()
    window.show("late", "", {})


def test_a_window_that_has_ended_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    window = Hint(Pressed(), [sys.executable, "-c", "pass"])
    window._process.wait(WITHIN_S)
    for _ in range(3):
        window.show("Sit tall", "", {})
    window.close()
    assert [record.getMessage() for record in caplog.records] == [
        "No hints are shown any more: their window has ended."
    ]


def test_without_a_screen_one_sentence_says_so() -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "formcheck.notify.hint"]
    run = subprocess.run(
        command, input='{"title": "a"}\n', env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0
    assert run.stderr.startswith("formcheck: no hints are shown, because ")
    assert run.stderr.count("\n") == 1


def test_reading_on_ends_with_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    hint._read_on(io.StringIO("{}\n"), "of a test")
    assert capsys.readouterr().err == (
        "formcheck: no hints are shown, because of a test; or turn them off in the settings.\n"
    )


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    pytest.importorskip("tkinter")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        yield {**os.environ, "DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait()


def xdotool(display: dict[str, str], *words: str) -> str:
    run = subprocess.run(["xdotool", *words], env=display, capture_output=True, text=True, check=True, timeout=WITHIN_S)
    return run.stdout


def test_the_real_window_is_at_the_edge_and_its_button_works(
    display: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display["DISPLAY"])
    pressed = Pressed()
    window = Hint(pressed)
    try:
        window.show("Head back over your shoulders", "Two minutes now.", {"snooze_30": "30 min"})
        found = xdotool(display, "search", "--sync", "--onlyvisible", "--name", "^formcheck$").split()[-1]
        lines = xdotool(display, "getwindowgeometry", "--shell", found).splitlines()
        where = {key: int(value) for key, _, value in (line.partition("=") for line in lines)}
        assert where["X"] + where["WIDTH"] == 800 - hint.EDGE_PX
        assert where["Y"] == hint.EDGE_PX
        button = [str(where["X"] + 45), str(where["Y"] + where["HEIGHT"] - 28)]
        xdotool(display, "mousemove", *button, "click", "1")
        assert pressed.wait() == "snooze_30"
    finally:
        window.close()
    assert window._process.returncode == 0
