"""`formcheck desk report | export | forget` on a made-up week; this computer's time zone is UTC here."""

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.storage.desk_examples import FRIDAY, MONDAY, monday, store, week
from typer.testing import CliRunner, Result

from formcheck.cli import desk_log, desk_report
from formcheck.cli.desk import app
from formcheck.errors import FormcheckError, OutputError, UserError
from formcheck.exercise.language import load_language
from formcheck.storage import database
from formcheck.storage.database import History
from formcheck.storage.day import overview
from formcheck.storage.day_words import DayShown, shown


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLUMNS", "100")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A history of a week."""
    path = tmp_path_factory.mktemp("home") / "desk.db"
    store(path, week())
    with History(path) as history:
        history.add_event(week()[0].start, "alert", "DF-01")
    return path.read_bytes()


@pytest.fixture
def history(filled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own history."""
    path = tmp_path / "desk.db"
    path.write_bytes(filled)
    monkeypatch.setattr(database, "history_path", lambda: path)
    monkeypatch.setattr(desk_log, "log_path", lambda: tmp_path / "desk.log")
    return path


def run(*arguments: object, answer: str = "") -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], input=answer)


def said(*arguments: object, answer: str = "") -> str:
    result = run(*arguments, answer=answer)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> FormcheckError:
    error = run(*arguments).exception
    assert isinstance(error, FormcheckError)
    return error


@pytest.mark.usefixtures("history")
def test_a_day_is_drawn_and_told() -> None:
    output = said("report", "--day", MONDAY)
    lines = output.splitlines()
    assert lines[1] == "Monday, 2 March 2026"
    assert "You sat for 5 h 45 min and stood for 40 min, with 4 breaks;" in output
    drawn = lines.index("9     10    11    12    13    14    15    16    17")
    assert lines[drawn - 2] == "██████▄▄▄ ▇▇▇▇          ▆▆▆▆▆▆ ▆▆▆▆▆ ▆▆▆▆▆ ▅▅▅▅▅"
    assert lines[drawn - 1] == "█████████·▒▒▒▒░███      ██████·█████·█████·█████"
    assert "▲ Head forward: 22 min, 6 % of what could be judged; mostly from 10:00 to 11:00." in output
    assert "monitor" in output


@pytest.mark.usefixtures("history")
def test_a_week_has_a_line_for_every_day() -> None:
    output = said("report", "--week", "--day", FRIDAY, "--language", "de")
    assert output.count("nichts da") == 3
    assert output.count("9     10    11") == 4
    assert "Donnerstag, 5. März  5 h 45 min sitzen · 40 min stehen · 8 min gehen · Haltung 84" in output


def shown_monday() -> DayShown:
    return shown(overview(monday(), MONDAY, zone=UTC), load_language("en")).days[0]


@pytest.mark.parametrize("per_hour", [2, 3, 6, 12])
def test_the_chart_is_as_wide_as_its_hours(per_hour: int) -> None:
    heights, states = desk_report.chart(shown_monday(), 8, 18, per_hour)
    assert len(states) == 9 * per_hour
    assert states[: per_hour + 1] == " " * per_hour + "█"
    assert states[4 * per_hour : 5 * per_hour] == " " * per_hour  # nobody watched from noon to one
    assert set(heights) <= {" ", *desk_report.LEVELS}


@pytest.mark.usefixtures("history")
def test_a_narrow_terminal_gets_a_narrow_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "34")
    lines = said("report", "--day", MONDAY).splitlines()
    assert "9   10  11  12  13  14  15  16  17" in lines
    assert lines[lines.index("9   10  11  12  13  14  15  16  17") - 1] == "██████·▒▒░██    ████·███·███·███"


@pytest.mark.usefixtures("history")
def test_json_is_all_of_it_and_nothing_else() -> None:
    told: dict[str, Any] = json.loads(said("report", "--day", MONDAY, "--json"))
    assert told["title"] == "Monday, 2 March 2026"
    assert told["totals"]["sitting_s"] == 345 * 60
    assert told["days"][0]["date"] == "2026-03-02"
    assert told["days"][0]["pieces"][0] == {
        "state": "sitting", "from_h": 9.0, "to_h": 9.0833, "score": 95, "height": 0.9, "alerts": 0,
    }  # fmt: skip
    assert [rule["rule"] for rule in told["rules"]] == ["DF-01", "DF-08"]
    assert [one["place"] for one in told["set_ups"]] == ["monitor", "laptop"]


@pytest.mark.usefixtures("history")
def test_a_page_is_written_beside_what_is_said(tmp_path: Path) -> None:
    page = tmp_path / "week.html"
    assert said("report", "--week", "--day", FRIDAY, "--html", page).strip().endswith(str(page))
    assert "Thursday, 5 March" in page.read_text(encoding="utf-8")
    quiet = said("report", "--day", FRIDAY, "--html", page, "--json")
    assert json.loads(quiet)["title"] == "Friday, 6 March 2026"


def test_today_is_the_day_without_another_and_looking_makes_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "history_path", lambda: tmp_path / "desk.db")
    before = date.today()
    told = json.loads(said("report", "--json"))
    assert before.isoformat() <= told["days"][0]["date"] <= date.today().isoformat()
    assert "Nothing is kept of this day" in said("report")
    assert list(tmp_path.iterdir()) == []


def test_everything_is_exported_as_a_table(history: Path, tmp_path: Path) -> None:
    table = tmp_path / "desk.csv"
    assert said("export", table) == f"1680 minutes written to {table}\n"
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert len(rows) == 1680
    assert sum(float(row["seconds_sitting"]) for row in rows) == 4 * 345 * 60
    assert said("export", table, "--since", "2026-03-05", "--until", "2026-03-05").startswith("420 minutes")
    assert said("export", table, "--events", "--history", history) == f"1 event written to {table}\n"
    assert table.read_text(encoding="utf-8") == "at,kind,detail\n2026-03-02T09:00:00+00:00,alert,DF-01\n"


def test_everything_is_deleted_after_a_question(history: Path) -> None:
    asked = f"{history} holds 1680 minutes, 2026-03-02 to 2026-03-06. Delete all of it for good? [y/N]: "
    denied = run("forget", answer="n\n")
    assert denied.exit_code == 1
    assert denied.output.startswith(asked)
    assert said("export", history.parent / "a.csv").startswith("1680 minutes")
    assert said("forget", answer="y\n").endswith("1680 minutes deleted; nothing is left.\n")
    assert said("forget", answer="y\n").startswith(f"{history} holds no minutes. Delete what else there is?")


def test_everything_is_deleted_without_a_question_if_so_told(history: Path) -> None:
    assert said("forget", "--yes") == "1680 minutes deleted; nothing is left.\n"
    assert "Nothing is kept" in said("report", "--day", MONDAY)


def test_what_was_put_aside_and_the_log_are_deleted_too(history: Path) -> None:
    for name in ("desk-damaged-20260302-090000.db", "desk-damaged-20260302-090000.db-wal", "desk.log.1", "desk.log"):
        (history.parent / name).write_text("alert DF-01")
    said("forget", "--yes", "--history", history)
    assert sorted(file.name for file in history.parent.glob("desk*.*")) == ["desk.db", "desk.log", "desk.log.1"]
    said("forget", "--yes")
    assert sorted(file.name for file in history.parent.glob("desk*.*")) == ["desk.db", "desk.log"]
    assert (history.parent / "desk.log").read_bytes() == b""


def test_a_damaged_history_is_said_and_can_be_deleted(history: Path) -> None:
    history.write_bytes(b"damaged" * 500)
    assert str(refused("report")).startswith(f"{history} is damaged; move it elsewhere to keep it, or formcheck desk")
    assert (
        said("forget", answer="y\n")
        == f"{history} is damaged. Delete the whole file? [y/N]: y\n{history} is deleted.\n"
    )
    assert not history.exists()


@pytest.mark.parametrize("command", [("export", "desk.csv"), ("forget",)])
def test_without_a_history_there_is_nothing_to_take_or_delete(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    error = refused(*command, "--history", path)
    assert isinstance(error, UserError)
    assert str(error) == f"There is no history at {path}; formcheck desk begins it."
    assert not path.exists()


def test_a_table_or_page_that_cannot_be_written_is_one_sentence(history: Path) -> None:
    nowhere = history.parent / "nowhere"
    for command in (["export", nowhere / "desk.csv"], ["report", "--html", nowhere / "day.html"]):
        assert isinstance(refused(*command), OutputError)


@pytest.mark.usefixtures("history")
def test_what_is_no_day_is_the_users_mistake() -> None:
    assert run("report", "--day", "yesterday").exit_code == 2
