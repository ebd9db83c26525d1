"""One desk at a time, and requests through files: taken once, in order, nonsense dropped."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from formcheck.app.desk_control import DeskFolder, Request, Status
from formcheck.errors import OutputError, UserError

STATUS = Status(1, "watching", "sitting", "desk-camera0", True, "2026-03-02T09:00:00+00:00")


def test_requests_arrive_in_order_and_once(tmp_path: Path) -> None:
    here, there = DeskFolder(tmp_path), DeskFolder(tmp_path)
    with here.held():
        asked = [Request("pause"), Request("snooze", math.inf), Request("resume"), Request("stop")]
        for request in asked:
            there.ask(request)
        assert here.requests() == asked
        assert here.requests() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"ask": "explode"}',
        '{"ask": "snooze", "minutes": -1}',
        '{"ask": "snooze", "minutes": 1e12}',
        '{"ask": "snooze", "minutes": NaN}',
        '{"a": 1}',
    ],
)
def test_nonsense_is_dropped(tmp_path: Path, text: str) -> None:
    folder = DeskFolder(tmp_path)
    with folder.held():
        (tmp_path / "requests" / "1.json").write_text(text, encoding="utf-8")
        assert folder.requests() == []
        assert list((tmp_path / "requests").iterdir()) == []


def test_a_second_desk_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    first, second = DeskFolder(tmp_path), DeskFolder(tmp_path)
    with first.held():
        first.publish(STATUS)
        with pytest.raises(UserError, match="already runs"), second.held():
            pass
        assert second.runs()
        assert second.status() == STATUS
    assert not second.runs()
    assert second.status() is None
    with second.held():
        assert second.requests() == []


def test_who_asks_where_none_runs_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not run"):
        DeskFolder(tmp_path).ask(Request("pause"))
    assert DeskFolder(tmp_path / "none").status() is None


def test_what_was_asked_of_a_desk_that_was_killed_is_not_asked_of_the_next(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from formcheck.app.desk_control import *\n"
        "held = DeskFolder(Path(sys.argv[1])).held(); held.__enter__()\n"
        "DeskFolder(Path(sys.argv[1])).ask(Request('pause')); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -9
    folder = DeskFolder(tmp_path)
    assert not folder.runs()
    with folder.held():
        assert folder.requests() == []


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"), DeskFolder(tmp_path / "file" / "desk").held():
        pass
