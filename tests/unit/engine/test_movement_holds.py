"""Following positions that are kept, from simulated measures."""

import math
from collections.abc import Iterable

import numpy as np
import pytest
from tests.signals import FPS, Array, sample

from formcheck.engine.hold_tracker import HoldTracker
from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Step
from formcheck.engine.tracking import track
from formcheck.exercise.spec import HoldPose

SPEC = HoldPose.model_validate(
    {
        "kind": "hold",
        "enter": [
            {"measure": "trunk_inclination", "above": 60.0, "below": 120.0},
            {"measure": "body_line_deviation", "above": -0.25, "below": 0.25},
        ],
        "leave": [{"measure": "trunk_inclination", "below": 50.0}, {"measure": "body_line_deviation", "above": 0.35}],
        "steady": {"measure": "body_line_deviation", "within": 0.02},
        "settle_s": 0.5,
        "gap_s": 0.5,
        "min_s": 2.0,
    }
)


def stretch(seconds: float, trunk: float, line: float = 0.0) -> Array:
    return np.tile([trunk, line], (round(seconds * FPS), 1))


UP, DOWN = 10.0, 85.0


def run(parts: Iterable[Array], finish: bool = True) -> list[Step]:
    tracker, steps = HoldTracker(SPEC), []
    for i, (trunk, line) in enumerate(np.concatenate(list(parts))):
        steps += tracker.update(sample(i / FPS, {"trunk_inclination": trunk, "body_line_deviation": line}), "side")
    return steps + tracker.finish() if finish else steps


def holds(steps: list[Step]) -> list[Cycle]:
    return [step.cycle for step in steps if isinstance(step, Completed)]


def attempts(steps: list[Step]) -> list[Abandoned]:
    return [step for step in steps if isinstance(step, Abandoned)]


def test_a_hold_lasts_from_when_it_was_entered_until_it_was_left() -> None:
    steps = run([stretch(2.0, UP), stretch(10.0, DOWN), stretch(3.0, UP)])
    (hold,) = holds(steps)
    assert hold.t_start == pytest.approx(2.0, abs=0.05)
    assert hold.t_end == pytest.approx(12.0, abs=0.05)
    assert hold.spans["hold"] == (hold.t_start, hold.t_end)
    assert hold.spans["hold_start"] == pytest.approx((hold.t_start, hold.t_start + 3.0))
    start, end = hold.spans["hold_middle"]
    assert hold.t_start + 0.5 < start < hold.t_start + 1.5  # without the ways in and out
    assert hold.t_end - 1.5 < end < hold.t_end - 0.5
    assert hold.cut_short is None
    assert [s.phase for s in steps if isinstance(s, Entered)] == ["settle", "hold", "out"]
    assert sum(isinstance(s, Counted) for s in steps) == 1


def test_the_start_pose_lies_just_before_the_way_into_the_position() -> None:
    way_in = np.stack([np.linspace(UP, DOWN, 30), np.zeros(30)], axis=1)
    steps = run([stretch(3.0, UP), way_in, stretch(5.0, DOWN), stretch(2.0, UP)])
    (hold,) = holds(steps)
    left_at = 3.0 + (50.0 - UP) / (DOWN - UP)
    start, end = hold.spans["start_pose"]
    assert end == pytest.approx(left_at - 0.3, abs=0.05)
    assert end - start == pytest.approx(1.0)


def test_a_film_that_starts_in_the_position_has_no_start_pose() -> None:
    (hold,) = holds(run([stretch(6.0, DOWN), stretch(2.0, UP)]))
    assert "start_pose" not in hold.spans
    assert hold.missing == dict.fromkeys(("start_pose", "getting_in"), "the start position was not filmed")


def test_a_hold_begins_only_when_the_body_is_still() -> None:
    t = np.arange(round(3.0 * FPS)) / FPS
    swinging = np.stack([np.full(len(t), DOWN), 0.1 * np.sin(2 * np.pi * t / 1.0)], axis=1)
    steps = run([stretch(1.0, UP), swinging, stretch(6.0, DOWN), stretch(1.0, UP)])
    (hold,) = holds(steps)
    assert 4.0 - 0.5 <= hold.t_start <= 4.0 + 0.5
    assert holds(run([stretch(1.0, UP), swinging, swinging, stretch(1.0, UP)])) == []


def test_passing_through_the_position_is_nothing() -> None:
    assert holds(run([stretch(2.0, UP), stretch(0.4, DOWN), stretch(2.0, UP)])) == []


@pytest.mark.parametrize(("seconds", "counts"), [(1.5, False), (1.9, False), (2.2, True), (5.0, True)])
def test_a_short_hold_is_an_attempt_that_says_how_long_it_was(seconds: float, counts: bool) -> None:
    steps = run([stretch(2.0, UP), stretch(seconds, DOWN), stretch(2.0, UP)])
    assert len(holds(steps)) == counts
    if not counts:
        (attempt,) = attempts(steps)
        assert attempt.reason == f"held for {seconds:.1f} s; a hold counts from 2 s on"


@pytest.mark.parametrize(("gap_s", "expected"), [(0.3, 1), (0.5, 1), (0.8, 2)])
@pytest.mark.parametrize("how", ["left", "unseen"])
def test_gaps_of_up_to_half_a_second_are_bridged(gap_s: float, expected: int, how: str) -> None:
    gap = stretch(gap_s, UP) if how == "left" else stretch(gap_s, math.nan, math.nan)
    steps = run([stretch(2.0, UP), stretch(5.0, DOWN), gap, stretch(5.0, DOWN), stretch(2.0, UP)])
    found = holds(steps)
    assert len(found) == expected
    assert found[-1].t_end == pytest.approx(12.0 + gap_s, abs=0.05)


def test_small_gaps_do_not_add_up() -> None:
    parts = [part for _ in range(5) for part in (stretch(2.0, DOWN), stretch(0.3, UP))]
    assert len(holds(run([stretch(2.0, UP), *parts, stretch(2.0, DOWN), stretch(2.0, UP)]))) == 1


def test_between_the_limits_a_hold_goes_on() -> None:
    """60 to enter, 50 to leave: at 55 a hold that is under way lasts, and none begins."""
    assert (
        len(
            holds(run([stretch(2.0, UP), stretch(3.0, DOWN), stretch(3.0, 55.0), stretch(3.0, DOWN), stretch(1.0, UP)]))
        )
        == 1
    )
    assert holds(run([stretch(2.0, UP), stretch(5.0, 55.0), stretch(2.0, UP)])) == []


def test_the_film_ends_during_the_hold() -> None:
    (hold,) = holds(run([stretch(2.0, UP), stretch(6.0, DOWN)]))
    assert hold.t_end == pytest.approx(8.0, abs=0.05)
    assert hold.cut_short == "the film ended during the hold"
    (attempt,) = attempts(run([stretch(2.0, UP), stretch(1.0, DOWN)]))
    assert attempt.reason == "held for 1.0 s; a hold counts from 2 s on (the film ended during the hold)"


def test_who_vanishes_ends_the_hold_where_they_were_last_seen() -> None:
    (hold,) = holds(run([stretch(2.0, UP), stretch(6.0, DOWN), stretch(3.0, math.nan, math.nan)]))
    assert hold.t_end == pytest.approx(8.0, abs=0.05)
    assert hold.cut_short == "you could not be seen any more"


def test_even_a_short_hold_has_a_middle() -> None:
    (hold,) = holds(run([stretch(2.0, UP), stretch(2.1, DOWN), stretch(2.0, UP)]))
    start, end = hold.spans["hold_middle"]
    assert hold.t_start < start < end < hold.t_end
    assert end - start >= 0.5 * (hold.t_end - hold.t_start) - 1e-9


def test_two_holds_are_two() -> None:
    found = holds(run([stretch(2.0, UP), stretch(4.0, DOWN), stretch(2.0, UP), stretch(6.0, DOWN), stretch(2.0, UP)]))
    assert [round(h.t_end - h.t_start) for h in found] == [4, 6]


def test_only_outside_a_hold_the_view_may_be_decided_anew() -> None:
    tracker = track(SPEC)
    resting = []
    for i, (trunk, line) in enumerate(np.concatenate([stretch(1.0, UP), stretch(3.0, DOWN), stretch(2.0, UP)])):
        tracker.update(sample(i / FPS, {"trunk_inclination": trunk, "body_line_deviation": line}), "side")
        resting.append(tracker.resting)
    assert resting[15]
    assert not resting[round(3.0 * FPS)]
    assert resting[-1]


def test_what_a_hold_asks_for_is_announced_as_needed() -> None:
    tracker, needed, found = HoldTracker(SPEC), -math.inf, 0
    parts = [stretch(60.0, UP), stretch(30.0, DOWN), stretch(60.0, UP), stretch(10.0, DOWN), stretch(3.0, UP)]
    for i, (trunk, line) in enumerate(np.concatenate(parts)):
        values = {"trunk_inclination": trunk, "body_line_deviation": line}
        for step in tracker.update(sample(i / FPS, values), "side"):
            if isinstance(step, Completed):
                found += 1
                assert min(a for a, _ in step.cycle.spans.values()) >= needed - 1.0
        needed = max(needed, tracker.needs_since)
        if tracker.phase == "out":
            assert i / FPS - tracker.needs_since < 10.0
    assert found == 2


def test_nobody_at_all_is_nothing() -> None:
    assert run([stretch(10.0, math.nan, math.nan)]) == []


def dated(trunk: Array) -> Cycle:
    """Return the one hold of a trunk that moves like this; it counts as still within 1 degree."""
    spec = SPEC.model_copy(
        update={"steady": SPEC.steady.model_copy(update={"measure": "trunk_inclination", "within": 1.0})}
    )
    tracker, steps = HoldTracker(spec), []
    for i, value in enumerate(trunk):
        steps += tracker.update(sample(i / FPS, {"trunk_inclination": value, "body_line_deviation": 0.0}), "side")
    (hold,) = holds(steps + tracker.finish())
    return hold


def kept(seconds: float, at: float = DOWN) -> Array:
    return np.full(round(seconds * FPS), at)


def eased(seconds: float, start: float, end: float) -> Array:
    """Move as people do: slowly at first and at last."""
    share = (1.0 - np.cos(np.linspace(0.0, np.pi, round(seconds * FPS), endpoint=False))) / 2.0
    return start + share * (end - start)


@pytest.mark.parametrize("way_s", [0.5, 1.5, 2.5])
def test_the_slow_ways_in_and_out_are_no_part_of_the_hold(way_s: float) -> None:
    """The position is entered and left far out: at 60 and 50 degrees of the 85 that are kept."""
    hold = dated(
        np.concatenate([kept(2.0, UP), eased(way_s, UP, DOWN), kept(6.0), eased(way_s, DOWN, UP), kept(1.0, UP)])
    )
    assert hold.t_start == pytest.approx(2.0 + way_s, abs=0.05 + 0.08 * way_s)
    assert hold.t_end == pytest.approx(8.0 + way_s, abs=0.05 + 0.08 * way_s)


def test_who_creeps_into_place_holds_from_their_arrival_on() -> None:
    """At 6 degrees a second the last 9 degrees look still; they are part of the way all the same."""
    creeping = np.linspace(76.0, DOWN, round(1.5 * FPS))
    hold = dated(np.concatenate([kept(2.0, UP), creeping, kept(8.0), kept(2.0, UP)]))
    assert hold.t_start == pytest.approx(3.5, abs=0.3)
    assert hold.t_end == pytest.approx(11.5, abs=0.05)


def test_a_long_hold_that_sinks_slowly_is_one_from_end_to_end() -> None:
    """Ten degrees in a minute are far beyond what a hold wanders; neither end may be cut for it."""
    sinking = np.linspace(DOWN, DOWN - 10.0, round(60.0 * FPS))
    hold = dated(np.concatenate([kept(2.0, UP), sinking, kept(2.0, UP)]))
    assert hold.t_start == pytest.approx(2.0, abs=0.6)
    assert hold.t_end == pytest.approx(62.0, abs=0.6)


@pytest.mark.parametrize("shake_deg", [0.3, 0.8])
def test_trembling_does_not_shorten_a_hold(shake_deg: float) -> None:
    trembling = kept(6.0) + np.random.default_rng(1).normal(0.0, shake_deg, round(6.0 * FPS))
    trembling[[4, 90, 174]] += 15.0  # single pictures that were misread
    hold = dated(np.concatenate([kept(2.0, UP), trembling, kept(2.0, UP)]))
    assert hold.t_start == pytest.approx(2.0, abs=0.35)
    assert hold.t_end == pytest.approx(8.0, abs=0.35)
