"""A working week at the desk, made up: what the tests of its pages, tables and commands look at."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path

from sqlalchemy.orm import Session

from formcheck.storage.database import History, Minute, _MinuteRow

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)


def monday(zone: tzinfo | None = UTC) -> list[Minute]:
    """A day from 9:00 to 17:00.

    Sitting at the laptop from 9:00 to 10:30 with the head forward from 10:00 on; away for ten minutes; standing at the
    laptop until 11:20; walking for ten; sitting without a score until 12:00; unwatched for an hour; sitting at the
    monitor from 13:00 to 17:00 with a break of five minutes at each whole hour after.
    """
    begins = datetime.combine(MONDAY, time(), tzinfo=zone).astimezone(zone)
    return [minute for at in range(9 * 60, 17 * 60) if (minute := _minute(begins + timedelta(minutes=at), at))]


def week(zone: tzinfo | None = UTC) -> list[Minute]:
    """Five such days from Monday on, without the Wednesday."""
    return list(_week(zone))


def store(path: Path, minutes: Iterable[Minute]) -> None:
    """Store minutes, each of them once, in a single transaction: minute by minute takes seconds for a week."""
    with History(path) as history, Session(history._writer) as session, session.begin():
        session.add_all(map(_MinuteRow.of, minutes))


def _week(zone: tzinfo | None) -> Iterator[Minute]:
    for days in (0, 1, 3, 4):
        for minute in monday(zone):
            yield replace(minute, start=minute.start + timedelta(days=days))


def _minute(start: datetime, at: int) -> Minute | None:
    past = at % 60
    if at < 10 * 60:
        return _sitting(start, "laptop", score=95)
    if at < 10 * 60 + 30:
        return _sitting(start, "laptop", score=70, forward_s=45.0, alerts=int(past == 20))
    if at < 10 * 60 + 40:
        return Minute(start, "laptop", seconds_away=60.0, breaks=int(past == 39))
    if at < 11 * 60 + 20:
        return Minute(start, "laptop", seconds_standing=60.0, score=90, rules={"DF-01": (60.0, 0.0, 0.0)})
    if at < 11 * 60 + 30:
        return Minute(start, "laptop", seconds_walking=50.0, seconds_away=10.0)
    if at < 12 * 60:
        return Minute(start, "laptop", seconds_sitting=60.0)
    if at < 13 * 60:
        return None
    if at >= 14 * 60 and past < 5:
        return Minute(start, "monitor", seconds_away=60.0, breaks=int(past == 4))
    return _sitting(start, "monitor", score=85 if at < 16 * 60 else 75, down_s=0.0 if at < 16 * 60 else 20.0)


def _sitting(
    start: datetime, place: str, *, score: int, forward_s: float = 0.0, down_s: float = 0.0, alerts: int = 0
) -> Minute:
    rules = {"DF-01": (60.0 - forward_s, forward_s / 3, forward_s * 2 / 3), "DF-08": (60.0 - down_s, down_s, 0.0)}
    return Minute(start, place, seconds_sitting=60.0, score=score, rules=rules, alerts=alerts)
