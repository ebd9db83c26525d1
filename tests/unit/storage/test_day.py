"""Minutes added up to days: figures of a made-up week, computed by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.storage.desk_examples import FRIDAY, MONDAY, monday, week

from formcheck.storage.database import Minute
from formcheck.storage.day import FLOOR, Overview, bounds, overview, state_of, totals

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def sitting(count: int, score: int | None = 90, start: datetime = NINE, **changes: object) -> list[Minute]:
    one = Minute(start, "laptop", seconds_sitting=60.0, score=score)
    return [replace(one, start=start + timedelta(minutes=i), **changes) for i in range(count)]  # type: ignore[arg-type]


@pytest.fixture
def day() -> Overview:
    return overview(monday(), MONDAY, zone=UTC)


def test_the_times_of_a_day_add_up(day: Overview) -> None:
    found = day.totals
    assert found.sitting_s == (90 + 30 + 240 - 15) * 60
    assert found.standing_s == 40 * 60
    assert found.walking_s == 500
    assert found.away_s == (10 + 15) * 60 + 100
    assert found.watched_s == 7 * 3600  # of eight hours, one was not watched
    assert (found.alerts, found.breaks) == (1, 4)
    assert found.longest_sitting_s == 90 * 60


def test_the_score_of_a_day_is_the_mean_over_what_was_judged(day: Overview) -> None:
    judged = {95: 60, 70: 30, 90: 40, 85: 170, 75: 55}
    assert day.totals.judged == pytest.approx(355 / 385)
    assert day.totals.score == round(sum(score * count for score, count in judged.items()) / 355) == 84


@pytest.mark.parametrize(("judged", "score"), [(5, 80), (4, None)])
def test_there_is_no_score_where_less_than_half_was_judged(judged: int, score: int | None) -> None:
    minutes = sitting(judged, 80) + sitting(10 - judged, None, NINE + timedelta(hours=1))
    assert totals(minutes).score == score


def test_the_ribbon_has_a_piece_for_every_stretch_and_none_for_what_was_not_watched(day: Overview) -> None:
    (only,) = day.days
    merged: list[list[float | str | None]] = []
    for piece in only.pieces:
        same = (
            merged and merged[-1][0] == piece.state and merged[-1][2] == piece.from_h and merged[-1][3] == piece.score
        )
        if same:
            merged[-1][2] = piece.to_h
        else:
            merged.append([piece.state, piece.from_h, piece.to_h, piece.score])
    assert merged == [
        ["sitting", 9.0, 10.0, 95],
        ["sitting", 10.0, 10.5, 70],
        ["away", 10.5, 10.6667, None],
        ["standing", 10.6667, 11.3333, 90],
        ["walking", 11.3333, 11.5, None],
        ["sitting", 11.5, 12.0, None],
        ["sitting", 13.0, 14.0, 85],
        ["away", 14.0, 14.0833, None],
        ["sitting", 14.0833, 15.0, 85],
        ["away", 15.0, 15.0833, None],
        ["sitting", 15.0833, 16.0, 85],
        ["away", 16.0, 16.0833, None],
        ["sitting", 16.0833, 17.0, 75],
    ]
    judged = [piece for piece in only.pieces if piece.score is not None]
    assert max(piece.to_h - piece.from_h for piece in judged) == pytest.approx(5 / 60, abs=1e-3)
    assert sum(piece.alerts for piece in only.pieces) == 1


@pytest.mark.parametrize(("score", "height"), [(100, 1.0), (75, 0.5), (50, FLOOR), (0, FLOOR), (None, None)])
def test_posture_is_the_height_of_a_piece(score: int | None, height: float | None) -> None:
    (piece,) = overview(sitting(5, score), MONDAY, zone=UTC).days[0].pieces
    assert piece.height == height


def test_a_minute_is_what_most_of_it_was() -> None:
    one = Minute(NINE, "laptop", seconds_sitting=25.0, seconds_standing=31.0)
    assert state_of(one) == "standing"
    assert state_of(replace(one, seconds_standing=20.0)) == "sitting"
    assert state_of(replace(one, seconds_standing=5.0)) is None  # half of it was not watched


def test_sitting_is_broken_by_a_minute_of_anything_else_or_unwatched() -> None:
    hour = sitting(60)
    assert totals(hour).longest_sitting_s == 3600.0
    assert totals([*hour[:20], *hour[21:]]).longest_sitting_s == 39 * 60.0
    stood = replace(hour[20], seconds_sitting=0.0, seconds_standing=60.0)
    assert totals([*hour[:20], stood, *hour[21:]]).longest_sitting_s == 39 * 60.0


def test_a_minute_at_two_set_ups_is_one_minute_of_the_day() -> None:
    halves = [replace(m, place=place, seconds_sitting=30.0) for m in sitting(10) for place in ("laptop", "monitor")]
    found = overview(halves, MONDAY, zone=UTC)
    assert found.totals.longest_sitting_s == 600.0
    assert [(p.from_h, p.to_h) for p in found.days[0].pieces] == [(9.0, 9.0833), (9.0833, 9.1667)]
    assert [(one.place, one.totals.sitting_s) for one in found.set_ups] == [("laptop", 300.0), ("monitor", 300.0)]


def test_what_was_off_longest_comes_first_with_when(day: Overview) -> None:
    forward, down = day.rules
    assert (forward.rule, forward.off_s, forward.mostly) == ("DF-01", 30 * 45.0, (10, 11))
    assert (down.rule, down.off_s, down.mostly) == ("DF-08", 55 * 20.0, (16, 17))
    assert forward.judged_s == (90 + 40 + 225) * 60.0
    assert down.by_hour[16] == 1100.0
    assert sum(down.by_hour) == 1100.0


def test_what_is_off_all_day_has_no_hour() -> None:
    rules = {"DF-01": (40.0, 10.0, 10.0)}
    minutes = [m for hour in range(8) for m in sitting(10, start=NINE + timedelta(hours=hour), rules=rules)]
    (rule,) = overview(minutes, MONDAY, zone=UTC).rules
    assert rule.mostly is None
    assert rule.share == pytest.approx(1 / 3)


@pytest.mark.parametrize(("off_s", "met_s"), [(1.9, 20.0), (2.9, 57.1)])
def test_what_is_off_for_a_moment_is_not_worth_a_line(off_s: float, met_s: float) -> None:
    minutes = sitting(60, rules={"DF-01": (met_s, off_s, 0.0)})
    assert overview(minutes, MONDAY, zone=UTC).rules == ()


def test_set_ups_are_compared(day: Overview) -> None:
    monitor, laptop = day.set_ups
    assert (monitor.place, monitor.totals.sitting_s, monitor.most_off) == ("monitor", 225 * 60.0, "DF-08")
    assert (laptop.place, laptop.totals.standing_s, laptop.most_off) == ("laptop", 40 * 60.0, "DF-01")
    assert laptop.totals.score == round((60 * 95 + 30 * 70 + 40 * 90) / 130)


def test_a_week_is_seven_days_with_the_empty_ones() -> None:
    found = overview(week(), FRIDAY, 7, UTC)
    assert [day.date for day in found.days] == [date(2026, 2, 28) + timedelta(days=i) for i in range(7)]
    assert [bool(day.pieces) for day in found.days] == [False, False, True, True, False, True, True]
    assert found.totals.sitting_s == 4 * 345 * 60
    assert found.totals.longest_sitting_s == 90 * 60


def test_the_hours_hold_all_pieces_and_at_least_a_working_day() -> None:
    assert (overview([], MONDAY, zone=UTC).first_hour, overview([], MONDAY, zone=UTC).last_hour) == (9, 17)
    early = sitting(1, start=NINE - timedelta(hours=3, minutes=1))
    late = sitting(30, start=NINE + timedelta(hours=10, minutes=31))
    found = overview(early + late, MONDAY, zone=UTC)
    assert (found.first_hour, found.last_hour) == (5, 21)


def test_a_day_is_that_of_the_clock_on_the_wall() -> None:
    assert bounds(MONDAY, 1, BERLIN)[0] == datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert overview(monday(UTC), MONDAY, zone=BERLIN).days[0].pieces[0].from_h == 10.0


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (MONDAY, 24), (date(2026, 10, 25), 25)])
def test_days_on_which_the_clock_changes_are_shorter_or_longer(day: date, hours: int) -> None:
    since, until = bounds(day, 1, BERLIN)
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=hours)
    minutes = sitting(hours * 60, start=since.astimezone(UTC))
    found = overview(minutes, day, zone=BERLIN)
    assert found.totals.sitting_s == hours * 3600.0
    assert all(0.0 <= piece.from_h < piece.to_h <= 24.0 for piece in found.days[0].pieces)
    assert sum(len(one.pieces) for one in found.days) >= hours * 12


PARTS = st.lists(st.sampled_from([0.0, 5.0, 15.0, 30.0, 60.0]), min_size=4, max_size=4)


@given(st.lists(st.tuples(st.integers(0, 1439), PARTS, st.none() | st.integers(0, 100)), max_size=60))
def test_pieces_never_overlap_and_times_are_never_lost(found: list[tuple[int, list[float], int | None]]) -> None:
    midnight = NINE.replace(hour=0)
    minutes = [
        Minute(midnight + timedelta(minutes=at), f"{i}", sat, stood, walked, gone, score)
        for i, (at, (sat, stood, walked, gone), score) in enumerate(found)
    ]
    day = overview(minutes, MONDAY, zone=UTC)
    pieces = day.days[0].pieces
    assert all(before.to_h <= after.from_h for before, after in pairwise(pieces))
    assert all(day.first_hour <= piece.from_h < piece.to_h <= day.last_hour for piece in pieces)
    assert day.totals.watched_s == sum(sum(parts) for _, parts, _ in found)
    assert day.totals.longest_sitting_s <= day.totals.sitting_s
