"""Whether there is a screen; windows themselves are opened by the integration test, each in a program of its own."""

import socket
from pathlib import Path

import pytest

from formcheck.drawing import window
from formcheck.drawing.window import Window, screen_there
from formcheck.errors import UserError


@pytest.mark.parametrize("display", ["", ":", ":x", "nonsense", ":987654"])
def test_without_a_display_there_is_no_screen(display: str) -> None:
    assert not screen_there({"DISPLAY": display}, "linux")
    assert not screen_there({}, "linux")


def test_a_display_that_listens_is_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_X_SOCKETS", tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "X7"))
        assert not screen_there({"DISPLAY": ":7"}, "linux")  # nobody listens yet
        server.listen()
        assert screen_there({"DISPLAY": ":7"}, "linux")
        assert screen_there({"DISPLAY": ":7.0"}, "linux")
    assert not screen_there({"DISPLAY": ":7"}, "linux")


def test_a_display_elsewhere_and_other_systems_are_taken_at_their_word() -> None:
    assert screen_there({"DISPLAY": "desk:10.0"}, "linux")
    assert screen_there({}, "darwin")
    assert screen_there({}, "win32")


def test_no_screen_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(UserError, match=r"no screen.*--headless"):
        Window("formcheck")
