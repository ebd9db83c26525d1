"""Following positions that are visited by turns, from simulated measures."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.signals import FPS, Array, noise, sample

from formcheck.engine.flow_tracker import FlowTracker
from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Step
from formcheck.exercise.spec import Flow

SPEC = Flow.model_validate(
    {
        "kind": "flow",
        "measure": "face_to_trunk",
        "zero_within": 30.0,
        "start": [
            {"measure": "trunk_inclination", "above": 60.0},
            {"measure": "face_to_trunk", "above": -20.0, "below": 20.0},
        ],
        "min_s": 1.5,
        "max_s": 20.0,
        "counts_if": [{"measure": "trunk_inclination", "above": 60.0}],
        "positions": [
            {"name": "cat", "enter_above": 12.0, "leave_below": 5.0},
            {"name": "cow", "enter_below": -12.0, "leave_above": -5.0},
        ],
    }
)


def way(*points: tuple[float, float]) -> Array:
    """Return a signal that goes through (seconds, level), evenly from one to the next."""
    t, level = zip(*points, strict=True)
    return np.asarray(np.interp(np.arange(0.0, t[-1], 1 / FPS), t, level))


def run(signal: Sequence[float] | Array, trunk: float | Array = 80.0) -> list[Step]:
    tracker, steps = FlowTracker(SPEC), []
    for i, (value, at) in enumerate(zip(signal, np.broadcast_to(trunk, len(signal)), strict=True)):
        steps += tracker.update(sample(i / FPS, {"face_to_trunk": value, "trunk_inclination": at}), "side")
    return steps + tracker.finish()


def cycles(steps: list[Step]) -> list[Cycle]:
    return [s.cycle for s in steps if isinstance(s, Completed)]


ZERO = 9.0  # the person's own start is not the generic neutral
TWO = way(
    *[(at, ZERO + v) for at, v in [(0, 0), (2, 0), (3, 25), (4, 25), (5.5, -25), (6.5, -25), (8, 25), (9, 25)]],
    *[(at, ZERO + v) for at, v in [(10.5, -25), (11.5, -25), (12, 0), (14, 0)]],
)


def test_two_cycles_are_counted_with_their_positions() -> None:
    steps = run(TWO)
    first, second = cycles(steps)
    assert [s.phase for s in steps if isinstance(s, Entered)] == [
        *("between", "cat", "between", "cow", "between", "cat", "between", "cow", "between")
    ]
    assert sum(isinstance(s, Counted) for s in steps) == 2
    assert first.t_start == pytest.approx(2 + 6 / 25, abs=0.1)  # half-way to the level at which the cat is entered
    assert first.spans["cat"] == pytest.approx((2 + 12 / 25, 4 + 1.5 * 20 / 50), abs=0.1)
    assert first.spans["cow"] == pytest.approx((4 + 1.5 * 37 / 50, 6.5 + 1.5 * 20 / 50), abs=0.1)
    assert second.t_start == first.t_end
    assert first.range_of_motion == pytest.approx(50.0, abs=0.5)
    start, end = first.spans["start"]
    assert 0.0 <= start < end <= 2.0


def test_the_order_of_the_positions_does_not_matter() -> None:
    assert len(cycles(run(2 * ZERO - TWO))) == 2


def test_a_film_that_ends_in_the_last_position_still_counts() -> None:
    assert len(cycles(run(TWO[: round(11.3 * FPS)]))) == 2


def test_a_film_that_ends_before_it_does_not() -> None:
    steps = run(TWO[: round(9.5 * FPS)])
    assert len(cycles(steps)) == 1
    (attempt,) = [s for s in steps if isinstance(s, Abandoned)]
    assert attempt.reason == "the film ended before the cycle was complete"


def test_only_one_of_the_positions_is_no_cycle() -> None:
    assert cycles(run(np.maximum(TWO, ZERO))) == []


def test_swaying_at_the_start_is_no_cycle() -> None:
    assert run(ZERO + noise(1800, 3.0, seed=1))[1:] == []


def test_a_position_in_another_posture_is_another_exercise() -> None:
    trunk = np.where(np.arange(len(TWO)) / FPS > 2.2, 20.0, 80.0)
    steps = run(TWO, trunk)
    assert cycles(steps) == []
    reasons = {s.reason for s in steps if isinstance(s, Abandoned)}
    assert reasons == {"looks like another exercise: trunk inclination 20°, expected above 60°"}


def test_a_film_that_begins_in_the_middle_is_counted_from_everybodys_start() -> None:
    first, second = cycles(run(TWO[round(3.0 * FPS) :] - ZERO))
    assert "start" not in first.spans
    assert first.missing == second.missing == {"start": "the start position was not filmed"}


def test_another_posture_is_never_a_cycle() -> None:
    steps = run(TWO, trunk=20.0)
    assert cycles(steps) == []
    assert all("another exercise" in s.reason for s in steps if isinstance(s, Abandoned))


def test_what_was_lost_from_sight_breaks_the_cycle() -> None:
    lost = TWO.copy()
    lost[round(4.2 * FPS) : round(7.6 * FPS)] = np.nan
    steps = run(lost)
    assert len(cycles(steps)) == 1
    assert any(isinstance(s, Abandoned) and "could not be followed" in s.reason for s in steps)
