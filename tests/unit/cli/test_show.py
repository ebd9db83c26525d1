"""What an analysis looks like in a terminal: every kind of movement, in the words of those who train."""

import json

import pytest
from tests.unit.storage.report_examples import (
    cycles_report,
    deadlift_report,
    empty_report,
    plank_report,
    report_of,
    sides_report,
    watched_report,
)
from typer.testing import CliRunner

from formcheck.cli import exercises
from formcheck.cli.show import print_report
from formcheck.engine.report import Report
from formcheck.exercise.load import catalogue, load_exercise


def printed(report: Report, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "250")
    print_report(report, None, quiet=False, as_json=False)
    return capsys.readouterr().out


def cells(text: str, rule: str) -> list[str]:
    """Return the cells of the first line of a table that has `rule` in it."""
    line = next(line for line in text.splitlines() if rule in line and line.startswith("│"))
    return [cell.strip() for cell in line.strip("│").split("│")]


@pytest.mark.parametrize(
    ("report", "noun"),
    [(deadlift_report(), "reps"), (plank_report(), "holds"), (cycles_report(), "cycles"), (empty_report(), "reps")],
    ids=["reps", "hold", "flow", "nothing"],
)
def test_parts_have_their_own_word(
    report: Report, noun: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(report, capsys, monkeypatch)
    head = next(line for line in text.splitlines() if "rule" in line)
    assert head.split("┃")[4].strip() == noun


def test_cycles_are_counted_in_the_first_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Cat-cow · 2 cycles · 84 technique match" in printed(cycles_report(), capsys, monkeypatch)


def test_a_watched_posture_is_told_in_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(watched_report(), capsys, monkeypatch)
    assert "Sitting at a desk · watched for 40 s" in text
    assert cells(text, "DS-01") == ["DS-01", "Head forward", "26", "4", "10", "", "51° at 0:13", "at most 30°", ""]
    assert cells(text, "DS-03")[2:8] == ["40", "", "", "", "", "−5 to 15°"]
    assert cells(text, "DS-06") == [
        "DS-06", "Elbows too straight", "", "", "", "40", "", "at most 30°", "the wrist was hidden",
    ]  # fmt: skip


def test_sides_fading_and_the_end_of_the_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(sides_report(), capsys, monkeypatch)
    assert "Left: 2 holds, 16 s held, 14 s good, 8.2 s at a stretch\n" in text
    assert "Form that faded: Hips sink, from −4° to −16°, since hold 3.\n" in text
    assert "The set should have ended at 0:46: hips sink for the second time" in text


@pytest.mark.parametrize("name", catalogue())
def test_every_rule_of_the_catalogue_can_be_told(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise = load_exercise(name)
    text = printed(report_of(exercise), capsys, monkeypatch)
    assert all(rule.id in text for rule in exercise.rules)
    print_report(report_of(exercise), None, quiet=False, as_json=True)
    assert json.loads(capsys.readouterr().out)["exercise"]["counts"] == exercise.movement.counts


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging that finds what stands in the examples, whatever film it is given."""
    monkeypatch.setenv("COLUMNS", "250")
    reports = {"desk_side": watched_report(), "side_plank": sides_report(), "cat_cow": cycles_report()}
    monkeypatch.setattr(exercises, "_judged", lambda exercise, *_, **__: reports[exercise.id])


def test_trying_an_exercise_uses_the_same_words(tried: None) -> None:
    watched = CliRunner().invoke(exercises.app, ["try", "desk_side", "a.mp4"]).stdout
    assert "┃ when " in watched
    assert cells(watched, "DS-01")[3:5] == ["0:10–0:18", "51°"]
    assert cells(watched, "DS-03")[3:5] == ["", "6°"]
    sides = CliRunner().invoke(exercises.app, ["try", "side_plank", "a.mp4"]).stdout
    assert "┃ hold " in sides
    assert "Form that faded: Hips sink" in sides
    assert "Cat-cow · 2 cycles" in CliRunner().invoke(exercises.app, ["try", "cat_cow", "a.mp4"]).stdout


def test_trying_an_exercise_for_machines(tried: None) -> None:
    done = CliRunner().invoke(exercises.app, ["try", "desk_side", "a.mp4", "--json"])
    assert json.loads(done.stdout)["watched_s"] == 40.0
