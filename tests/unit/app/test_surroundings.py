"""Battery, locks, screens and sets: what the platforms print, read right; who is gone is not waited for."""

import json
import os
import plistlib
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from formcheck.app import surroundings
from formcheck.app.surroundings import Surroundings, exercising, set_under_way


@pytest.mark.parametrize(
    ("battery", "wanted"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=False), True),
        (SimpleNamespace(power_plugged=None), False),
    ],
)
def test_battery(battery: object, wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    with Surroundings("0") as around:
        assert around.on_battery() is wanted


LOGINCTL = """#!/bin/sh
case "$*" in
"show-user "*) echo 7;;
"show-session 7 --property=LockedHint --value") cat "$(dirname "$0")/hint";;
esac
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for logind")
def test_logind_is_asked_for_the_session_with_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tmp_path / "loginctl"
    client.write_text(LOGINCTL)
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with Surroundings("0") as around:
        for hint, locked in (("no", False), ("yes", True), ("", False)):
            (tmp_path / "hint").write_text(f"{hint}\n")
            assert around.locked() is locked


def test_without_logind_nothing_is_taken_to_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    with Surroundings("0") as around:
        assert around.locked() is False
    assert surroundings.can_see_locks("linux") is False
    assert surroundings.can_see_locks("darwin") is True


@pytest.mark.parametrize(
    ("users", "locked"),
    [([{"CGSSessionScreenIsLocked": True}], True), ([{"kCGSSessionOnConsoleKey": True}], False), ([], False)],
)
def test_the_lock_of_a_mac(users: list[object], locked: bool) -> None:
    assert surroundings._locked_on_mac(plistlib.dumps({"IOConsoleUsers": users})) is locked
    assert surroundings._locked_on_mac(b"") is False


def test_screens_of_linux_are_the_connected_ones(tmp_path: Path) -> None:
    for name, status, modes in (
        ("card0-eDP-1", "connected", "1920x1080\n1280x720\n"),
        ("card0-DP-2", "disconnected", ""),
        ("card1-HDMI-A-1", "connected", "2560x1440\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(f"{status}\n")
        (tmp_path / name / "modes").write_text(modes)
    (tmp_path / "card0-DP-9").mkdir()  # a dock that is unplugged just now: its files are gone
    assert surroundings._screens_of_linux(tmp_path) == ("eDP-1 1920x1080", "HDMI-A-1 2560x1440")
    assert surroundings._screens_of_linux(tmp_path / "none") == ()


def test_screens_of_a_mac() -> None:
    cards = [{"spdisplays_ndrvs": [{"_name": "Color LCD", "_spdisplays_pixels": "3024 x 1964"}]}, {}]
    printed = json.dumps({"SPDisplaysDataType": cards}).encode()
    assert surroundings._screens_of_mac(printed) == ("Color LCD 3024 x 1964",)
    assert surroundings._screens_of_mac(b"") == ()


def test_a_set_is_under_way_as_long_as_its_program(tmp_path: Path) -> None:
    assert not set_under_way(tmp_path)
    with exercising(tmp_path):
        assert set_under_way(tmp_path)
    assert not set_under_way(tmp_path)


def test_the_set_of_a_program_that_was_killed_is_over(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from formcheck.app.surroundings import exercising\n"
        "held = exercising(Path(sys.argv[1])); held.__enter__(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    assert not set_under_way(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_program_with_the_same_number_does_no_set(tmp_path: Path) -> None:
    (tmp_path / f"{os.getpid()}.set").write_text("12345.000")
    assert not set_under_way(tmp_path)
