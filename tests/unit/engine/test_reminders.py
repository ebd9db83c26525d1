"""Clocks and what they remind of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.engine.alerts import DeskSettings
from formcheck.engine.presence import State
from formcheck.engine.reminders import BreakTaken, Reminder, Reminders


class Day:
    """Let time pass second by second."""

    def __init__(self, **settings: float) -> None:
        self.reminders = Reminders(DeskSettings(**settings))  # type: ignore[arg-type]
        self.t = 0.0
        self.said: list[Reminder] = []
        self.breaks: list[BreakTaken] = []

    def spend(self, minutes: float, state: State | None, *, shifting: bool = True) -> list[Reminder]:
        """Be in a state, or unseen, for so many minutes."""
        before = len(self.said)
        for second in range(round(60 * minutes)):
            self.t += 1.0
            if state is None:
                self.reminders.unseen(1.0)
                continue
            self.breaks += self.reminders.passed(self.t, state, 1.0)
            if shifting and second % 300 == 0:
                self.reminders.shifted()
            due = self.reminders.due(self.t, state)
            self.said += [due] if due else []
        return self.said[before:]


def test_a_break_after_half_an_hour_of_sitting_and_again_after_half_of_that() -> None:
    day = Day(screen_break_s=0.0)
    assert day.spend(50.0, "sitting") == [Reminder(1800.0, ("break",)), Reminder(2700.0, ("break",))]


def test_a_minute_on_the_feet_is_a_break_and_less_is_none() -> None:
    day = Day()
    day.spend(25.0, "sitting")
    day.spend(0.9, "standing")
    assert day.spend(5.0, "sitting") == [Reminder(60.0 * 30 + 54.0, ("break",))]
    assert not day.breaks
    day.spend(1.5, "standing")
    day.spend(1.0, "sitting")
    assert day.breaks == [BreakTaken(day.t - 59.0, 90.0)]
    assert day.reminders.sitting_s == 60.0


def test_the_screen_asks_for_more_than_standing_up() -> None:
    day = Day(sitting_break_s=0.0)
    day.spend(40.0, "sitting")
    day.spend(15.0, "standing")
    assert day.spend(6.0, "sitting")[0].kinds == ("screen",)
    assert day.said[0].t == 3600.0
    away = Day(sitting_break_s=0.0)
    away.spend(40.0, "sitting")
    away.spend(5.0, "away")
    assert not away.spend(59.0, "sitting")


def test_standing_has_its_limit() -> None:
    day = Day(screen_break_s=0.0)
    assert day.spend(45.0, "standing") == [Reminder(2400.0, ("stand_limit",))]


def test_what_falls_due_soon_is_said_together() -> None:
    day = Day(screen_break_s=33 * 60.0, water_s=34 * 60.0)
    (said,) = day.spend(35.0, "sitting")
    assert said == Reminder(1800.0, ("break", "screen", "water"))


def test_who_does_not_move_is_asked_to_shift() -> None:
    day = Day()
    assert day.spend(21.0, "sitting", shifting=False) == [Reminder(1200.0, ("shift",))]
    assert not Day().spend(21.0, "sitting", shifting=True)


def test_nobody_is_asked_for_a_shift_and_a_break_at_once() -> None:
    day = Day(shift_s=29 * 60.0)
    assert [said.kinds for said in day.spend(31.0, "sitting", shifting=False)] == [("break",)]


def test_eyes_and_water_only_where_they_are_wanted() -> None:
    day = Day(sitting_break_s=0.0, screen_break_s=0.0, eyes_s=1200.0)
    assert [said.t for said in day.spend(65.0, "sitting")] == [1200.0, 2400.0, 3600.0]


def test_while_nobody_is_there_it_waits() -> None:
    day = Day()
    day.spend(29.5, "sitting")
    assert not day.spend(0.9, "away")
    assert [said.kinds for said in day.spend(1.0, "sitting")] == [("break",)]


@pytest.mark.parametrize(("minutes", "left"), [(4.0, 1200.0), (5.0, 0.0), (60.0, 0.0)])
def test_time_that_was_not_seen_adds_nothing_and_long_begins_anew(minutes: float, left: float) -> None:
    day = Day()
    day.spend(20.0, "sitting")
    day.spend(minutes, None)
    assert day.reminders.sitting_s == left
    assert not day.breaks


@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from(["sitting", "standing", "walking", "away", None]))))
def test_the_clock_of_sitting_never_runs_ahead(parts: list[tuple[Any, ...]]) -> None:
    day, sat = Reminders(DeskSettings()), 0.0
    t = 0.0
    for tens, state in parts:
        for _ in range(tens):
            t += 10.0
            if state is None:
                before = day.sitting_s
                day.unseen(10.0)
                assert day.sitting_s <= before
            else:
                day.passed(t, state, 10.0)
                sat += 10.0 if state == "sitting" else 0.0
            assert 0.0 <= day.sitting_s <= sat
