"""The history in real files: what is stored comes back, whoever else uses the file and whatever ends the program."""

import csv
import io
import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from formcheck.errors import OutputError, UserError
from formcheck.storage import database
from formcheck.storage.database import (
    DamagedHistoryError,
    History,
    Minute,
    StoredEvent,
    forget,
    mean_score,
    minutes_in,
)

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FULL = Minute(
    NINE,
    "laptop",
    seconds_sitting=50.0,
    seconds_standing=4.0,
    seconds_walking=2.5,
    seconds_away=3.5,
    score=87,
    rules={"DF-01": (40.0, 9.5, 0.5), "DF-03": (50.0, 0.0, 0.0)},
    alerts=1,
    breaks=2,
)

VERSION_1 = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001');
CREATE TABLE minutes (
    start DATETIME NOT NULL, place VARCHAR NOT NULL, seconds_sitting FLOAT NOT NULL, seconds_standing FLOAT NOT NULL,
    seconds_walking FLOAT NOT NULL, seconds_away FLOAT NOT NULL, score INTEGER, rules JSON NOT NULL,
    alerts INTEGER NOT NULL, breaks INTEGER NOT NULL, PRIMARY KEY (start, place)
) WITHOUT ROWID;
INSERT INTO minutes VALUES ('2026-03-02 09:00:00.000000', 'laptop', 50, 4, 2.5, 3.5, 87,
    '{"DF-01": [40, 9.5, 0.5], "DF-03": [50, 0, 0]}', 1, 2);
"""
"""A history as the first version of the tables kept it."""


def in_minutes(count: int, **changes: object) -> list[Minute]:
    return [replace(FULL, start=NINE + timedelta(minutes=i), **changes) for i in range(count)]  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "desk.db"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History(path) as opened:
        yield opened


def script(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def python(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start a program of its own on a history."""
    head = "import sys\nfrom pathlib import Path\nfrom datetime import UTC, datetime, timedelta\n"
    head += "from formcheck.storage.database import History, Minute\nNINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)\n"
    command = [sys.executable, "-c", head + code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_is_stored_comes_back_as_it_was(history: History, path: Path) -> None:
    history.add_minute(FULL)
    history.add_event(NINE, "alert", "DF-01")
    with History(path) as again:
        assert list(again.minutes()) == [FULL]
        assert list(again.events()) == [StoredEvent(NINE, "alert", "DF-01")]
        assert again.extent() == (1, NINE, NINE)


def test_the_file_is_for_its_owner_alone(history: History, path: Path) -> None:
    history.add_minute(FULL)
    files = list(path.parent.iterdir())
    assert {file.name for file in files} >= {"desk.db", "desk.db-wal"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_same_minute_again_is_added_up(history: History) -> None:
    history.add_minute(replace(FULL, seconds_sitting=20.0, seconds_standing=0.0, score=50))
    history.add_minute(replace(FULL, seconds_sitting=60.0, seconds_standing=0.0, score=90, rules={"DF-01": (1, 2, 3)}))
    (minute,) = history.minutes()
    assert minute.seconds_sitting == 80.0
    assert minute.seconds_away == 7.0
    assert minute.score == 80  # (20 × 50 + 60 × 90) / 80
    assert minute.rules == {"DF-01": (41.0, 11.5, 3.5), "DF-03": (50.0, 0.0, 0.0)}
    assert (minute.alerts, minute.breaks) == (2, 4)


def test_the_same_minute_elsewhere_is_another_one(history: History) -> None:
    history.add_minute(FULL)
    history.add_minute(replace(FULL, place="monitor", score=None))
    assert [(m.place, m.score) for m in history.minutes()] == [("laptop", 87), ("monitor", None)]


def test_a_moment_is_the_same_in_every_time_zone(history: History) -> None:
    in_india = NINE.astimezone(timezone(timedelta(hours=5, minutes=30)))
    history.add_minute(replace(FULL, start=in_india, score=None))
    history.add_minute(FULL)
    (minute,) = history.minutes(since=in_india, until=in_india + timedelta(minutes=1))
    assert minute.start == NINE
    assert minute.score == 87


def test_minutes_and_events_are_given_in_order_from_the_first_to_before_the_last(history: History) -> None:
    for minute in reversed(in_minutes(5)):
        history.add_minute(minute)
        history.add_event(minute.start + timedelta(seconds=30), "break", f"{minute.start.minute}")
    until = NINE + timedelta(minutes=3)
    assert [m.start.minute for m in history.minutes(NINE + timedelta(minutes=1), until)] == [1, 2]
    assert [e.detail for e in history.events(NINE, until)] == ["0", "1", "2"]
    assert history.extent() == (5, NINE, NINE + timedelta(minutes=4))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"start": NINE.replace(tzinfo=None)}, "whole minute"),
        ({"start": NINE.replace(second=1)}, "whole minute"),
        ({"score": 101}, "from 0 to 100"),
        ({"seconds_away": -0.1}, "not negative"),
        ({"rules": {"DF-01": (1.0, float("nan"), 0.0)}}, "not negative"),
        ({"alerts": -1}, "not negative"),
    ],
)
def test_what_is_no_minute_is_refused(changes: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        replace(FULL, **changes)  # type: ignore[arg-type]


def test_an_event_needs_a_time_zone(history: History) -> None:
    with pytest.raises(ValueError, match="time zone"):
        history.add_event(NINE.replace(tzinfo=None), "break", "")


SECONDS = st.floats(0.0, 60.0).map(lambda s: round(s, 1))
MINUTES = st.builds(
    Minute,
    start=st.just(NINE),
    place=st.just("laptop"),
    seconds_sitting=SECONDS,
    seconds_standing=SECONDS,
    seconds_walking=SECONDS,
    seconds_away=SECONDS,
    score=st.none() | st.integers(0, 100),
    rules=st.dictionaries(st.sampled_from(["DF-01", "DF-02"]), st.tuples(SECONDS, SECONDS, SECONDS)),
    alerts=st.integers(0, 3),
    breaks=st.integers(0, 3),
)


@given(MINUTES, MINUTES)
def test_parts_of_a_minute_add_up_in_any_order(one: Minute, other: Minute) -> None:
    there, back = one.plus(other), other.plus(one)
    assert there == back
    assert there.posture_s == pytest.approx(one.posture_s + other.posture_s)
    if there.score is not None:
        scores = [m.score for m in (one, other) if m.score is not None]
        assert min(scores) <= there.score <= max(scores)


def test_the_mean_score_is_weighed_by_sitting_and_standing() -> None:
    short, long = replace(FULL, seconds_sitting=6.0, score=0), replace(FULL, seconds_sitting=26.0, score=100)
    assert mean_score([short, long, replace(FULL, score=None)]) == 75  # (10 × 0 + 30 × 100) / 40
    assert mean_score([replace(FULL, score=None)]) is None


def test_looking_makes_no_file(path: Path) -> None:
    assert minutes_in(path, NINE, NINE + timedelta(days=1)) == []
    assert not path.exists()


def test_two_programs_add_to_the_same_minute_and_none_is_lost(path: Path) -> None:
    code = """
with History(Path(sys.argv[1])) as history:
    for i in range(40):
        history.add_minute(Minute(NINE, "laptop", seconds_sitting=0.25))
        history.add_minute(Minute(NINE + timedelta(minutes=1 + i), sys.argv[2], seconds_away=60.0))
"""
    programs = [python(code, path, name) for name in ("one", "two", "three")]
    for program in programs:
        _, complaint = program.communicate()
        assert program.returncode == 0, complaint
    with History(path) as history:
        first, *others = history.minutes()
        assert first.seconds_sitting == 30.0
        assert len(others) == 120
        assert list(history.events()) == []


def test_reading_goes_on_while_another_writes(history: History, path: Path) -> None:
    history.add_minute(FULL)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM minutes")
        assert list(history.minutes()) == [FULL]


def test_a_locked_file_is_one_sentence_and_the_minute_can_be_stored_later(path: Path) -> None:
    with History(path, wait_s=0.0) as history, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutputError) as caught:
            history.add_minute(FULL)
        assert str(caught.value) == f"{path} is kept locked by another program; close that program, then try again."
        other.execute("ROLLBACK")
        history.add_minute(FULL)
        assert list(history.minutes()) == [FULL]


def test_a_full_file_is_one_sentence_and_keeps_what_it_has(history: History, path: Path) -> None:
    history.add_minute(FULL)
    with history._reader.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutputError) as caught:
        for minute in in_minutes(500, place="x" * 200):
            history.add_minute(minute)
    said = f"{path} could not be written (database or disk is full); check the free space and the rights of the folder "
    assert str(caught.value) == f"{said}{path.parent}."
    assert next(history.minutes()) == FULL


def test_a_disk_that_takes_no_more_is_one_sentence_and_keeps_what_it_has(path: Path) -> None:
    code = """
import resource
from formcheck.errors import OutputError
with History(Path(sys.argv[1])) as history:
    resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
    for i in range(10_000):
        try:
            history.add_minute(Minute(NINE + timedelta(minutes=i), "laptop", seconds_sitting=60.0))
        except OutputError as error:
            print(i, error)
            break
    assert len(list(history.minutes())) == i
"""
    said, complaint = python(code, path).communicate()
    assert complaint == ""
    stored, _, sentence = said.strip().partition(" ")
    assert sentence.startswith(f"{path} could not be written (")
    assert sentence.endswith(f"); check the free space and the rights of the folder {path.parent}.")
    with History(path) as history:
        assert len(list(history.minutes())) == int(stored) > 0


@pytest.mark.parametrize(
    "contents", [b"no database at all, but long enough to be one" * 20, b"SQLite format 3\0" * 300]
)
def test_a_damaged_file_is_one_sentence_and_stays_as_it_is(path: Path, contents: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(contents)
    with pytest.raises(DamagedHistoryError) as caught:
        History(path)
    assert str(caught.value) == (
        f"{path} is damaged; move it elsewhere to keep it, or formcheck desk forget deletes it, and a new one begins."
    )
    assert path.read_bytes() == contents


def filled(path: Path, count: int) -> bytes:
    """Store minutes; return the whole file."""
    with History(path) as history:
        for minute in in_minutes(count):
            history.add_minute(minute)
    return path.read_bytes()


def test_a_file_that_was_cut_off_is_damaged(path: Path) -> None:
    whole = filled(path, 300)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedHistoryError), History(path) as history:
        list(history.minutes())


@pytest.mark.parametrize(
    ("was", "now"), [(b"DF-01", b'DF"01'), (b"laptop", b"lap\xff\xfep"), (b"2026-03-02 09:07", b"2026-93-02 09:07")]
)
def test_text_that_was_garbled_is_damage(path: Path, was: bytes, now: bytes) -> None:
    whole = filled(path, 20)
    assert was in whole
    path.write_bytes(whole.replace(was, now, 1) if was != b"DF-01" else whole.replace(was, now))
    with pytest.raises(DamagedHistoryError), History(path) as history:
        list(history.minutes())


def test_a_file_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "desk.db", tmp_path):
        with pytest.raises(OutputError, match=r"could not be written \("):
            History(path)


def test_a_history_of_a_newer_formcheck_is_left_alone(path: Path) -> None:
    filled(path, 1)
    script(path, "UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(UserError) as caught:
        History(path)
    assert str(caught.value) == (
        f"{path} was written by a newer formcheck (version 0099 of its tables, this one knows {database.VERSION}); "
        "update formcheck."
    )
    with pytest.raises(UserError, match="newer formcheck"):
        forget(path)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    script(path, "CREATE TABLE letters (text VARCHAR); INSERT INTO letters VALUES ('dear')")
    for use in (History, forget):
        with pytest.raises(UserError) as caught:
            use(path)
        assert str(caught.value) == f"{path} belongs to another program; name another file for the history."
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("letters",)]


def test_a_history_of_the_first_version_is_brought_up_to_date_with_all_it_has(path: Path) -> None:
    path.parent.mkdir()
    script(path, VERSION_1)
    with History(path) as history:
        assert list(history.minutes()) == [FULL]
        history.add_event(NINE, "break", "120 s")
        assert list(history.events()) == [StoredEvent(NINE, "break", "120 s")]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(database.VERSION,)]


def test_a_step_that_fails_changes_nothing(path: Path) -> None:
    path.parent.mkdir()
    script(path, VERSION_1 + "CREATE TABLE events_at (x); CREATE INDEX events_x ON events_at (x);")
    script(path, "CREATE TABLE events (x)")
    with pytest.raises(DamagedHistoryError):
        History(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_the_steps_lead_to_the_tables_that_the_program_uses(path: Path) -> None:
    with History(path):
        pass
    engine = create_engine(URL.create("sqlite", database=str(path)))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == database.VERSION
        assert compare_metadata(context, database._Tables.metadata) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [database.VERSION]


def test_killed_at_any_moment_loses_nothing_that_was_stored(path: Path) -> None:
    code = """
with History(Path(sys.argv[1])) as history:
    after = len(list(history.minutes()))
    for i in range(after, after + 5000):
        history.add_minute(Minute(NINE + timedelta(minutes=i), "laptop", 30.0, 30.0, rules={"R": (1, 2, 3)}))
        print(i, flush=True)
"""
    chance = random.Random(7)
    stored = 0
    for _ in range(5):
        with python(code, path) as program:
            assert program.stdout
            for _ in range(chance.randrange(1, 60)):
                stored = int(program.stdout.readline()) + 1
            program.kill()
            stored += program.stdout.read().count("\n")  # `communicate` would miss what has been read ahead
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with History(path) as history:
            minutes = list(history.minutes())
        assert stored <= len(minutes) <= stored + 1
        assert {(m.posture_s, m.rules["R"]) for m in minutes} == {(60.0, (1, 2, 3))}
        stored = len(minutes)


def test_the_table_has_a_line_for_every_minute_and_three_columns_for_every_rule(
    history: History, tmp_path: Path
) -> None:
    history.add_minute(FULL)
    history.add_minute(Minute(NINE + timedelta(minutes=1), "monitor, big", rules={"DS-01": (1.0, 0.0, 0.0)}))
    target = tmp_path / "desk.csv"
    assert history.export_csv(target) == 2
    one, other = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8")))
    assert datetime.fromisoformat(one["start"]) == NINE
    assert {key: float(value) for key, value in one.items() if key not in ("start", "place") and value} == {
        "seconds_sitting": 50.0, "seconds_standing": 4.0, "seconds_walking": 2.5, "seconds_away": 3.5, "score": 87.0,
        "alerts": 1.0, "breaks": 2.0, "DF-01 met_s": 40.0, "DF-01 warning_s": 9.5, "DF-01 fault_s": 0.5,
        "DF-03 met_s": 50.0, "DF-03 warning_s": 0.0, "DF-03 fault_s": 0.0,
    }  # fmt: skip
    assert (other["place"], other["score"], other["DF-01 met_s"], other["DS-01 met_s"]) == (
        "monitor, big",
        "",
        "",
        "1.0",
    )
    assert history.export_csv(stream := io.StringIO(), since=NINE + timedelta(minutes=1)) == 1
    assert stream.getvalue().count("\n") == 2


def test_the_events_are_a_table_too(history: History) -> None:
    history.add_event(NINE, "alert", 'DF-01, "head"')
    history.export_events_csv(stream := io.StringIO())
    (row,) = csv.DictReader(io.StringIO(stream.getvalue()))
    assert (datetime.fromisoformat(row["at"]), row["kind"], row["detail"]) == (NINE, "alert", 'DF-01, "head"')


def test_a_table_that_cannot_be_written_is_one_sentence(history: History, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        history.export_csv(tmp_path / "nowhere" / "desk.csv")


def test_nothing_of_what_was_deleted_stays_on_the_disk(history: History, path: Path) -> None:
    for minute in in_minutes(50, place="secretplace"):
        history.add_minute(minute)
    history.add_event(NINE, "alert", "secretdetail")
    with History(path) as other:  # the program that watches goes on
        assert other.delete_all() == 50
        history.add_minute(FULL)
        assert list(other.minutes()) == [FULL]
        assert list(other.events()) == []
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"secret" not in files


def test_a_damaged_history_is_forgotten_whole(path: Path) -> None:
    filled(path, 3)
    path.write_bytes(b"damaged" * 1000)
    assert forget(path) is None
    assert list(path.parent.iterdir()) == []
    filled(path, 2)
    assert forget(path) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_only_be_read_is_one_sentence(path: Path) -> None:
    filled(path, 1)
    path.chmod(0o400)
    with pytest.raises(OutputError, match=r"could not be written \("), History(path) as history:
        history.add_minute(FULL)
