"""`formcheck doctor`: its lines, its JSON and its exit code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck.app import doctor
from formcheck.app.doctor import Check
from formcheck.cli.main import app

WELL = Check("disk", "ok", "75 GB free")
ODD = Check("speech", "note", "there is no voice", "install one")
ILL = Check("camera", "broken", "it shows nothing", "open its cover")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was asked of the examination, whose answers are set by `found`."""
    asked: list[object] = []

    def examine(camera: str | None, settings: Path | None) -> Iterator[Check]:
        asked.append((camera, settings))
        yield from FOUND

    monkeypatch.setattr(doctor, "examine", examine)
    FOUND[:] = [WELL, ODD]
    return asked


FOUND: list[Check] = []


def test_a_line_for_each_and_what_to_do_below(asked: list[object]) -> None:
    ran = CliRunner().invoke(app, ["doctor"])
    assert ran.exit_code == 0
    assert ran.stdout.splitlines() == [
        "ok      disk           75 GB free",
        "note    speech         there is no voice",
        "                       to do: install one",
        "Nothing is broken.",
    ]
    assert asked == [("", None)]


def test_something_broken_ends_with_1(asked: list[object]) -> None:
    FOUND.append(ILL)
    ran = CliRunner().invoke(app, ["doctor", "--no-camera"])
    assert ran.exit_code == 1
    assert ran.stdout.splitlines()[-1] == "1 broken."
    assert asked == [(None, None)]


def test_json_is_the_only_thing_printed(asked: list[object], tmp_path: Path) -> None:
    FOUND.append(ILL)
    ran = CliRunner().invoke(app, ["doctor", "--json", "--camera", "1", "--settings", str(tmp_path)])
    assert ran.exit_code == 1
    told = json.loads(ran.stdout)
    assert told["broken"] == 1
    assert told["checks"][2] == {
        "name": "camera",
        "state": "broken",
        "found": "it shows nothing",
        "advice": "open its cover",
    }
    assert asked == [("1", tmp_path)]
