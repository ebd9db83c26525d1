"""When a hold lapses, how long it was done well, and when it slips for good."""

import numpy as np
import pytest
from tests.findings import finding
from tests.signals import FPS, samples, times

from formcheck.engine.holding import SlipWatch, held_well, lapses, side_totals
from formcheck.engine.judging import OwnReferences, Window
from formcheck.engine.movement import Cycle
from formcheck.engine.report import Hold, Lapse
from formcheck.exercise.spec import Rule

RULE = Rule.model_validate(
    {
        "id": "XX-01",
        "name": "Hips sag",
        "measure": "trunk_inclination",
        "over": "hold",
        "reduce": "median",
        "ideal_max": 10.0,
        "fault_above": 20.0,
        "severity": "safety",
        "cue": "Hips up",
        "why": "It is so.",
        "sources": ["coaching-consensus"],
    }
)


def lapses_of(levels: list[tuple[float, float]], rule: Rule = RULE) -> tuple[Lapse, ...]:
    """Return the lapses of a hold whose measure keeps each level for so many seconds."""
    values = np.concatenate([np.full(round(seconds * FPS), level) for seconds, level in levels])
    seen = samples(times(len(values)), trunk_inclination=values)
    cycle = Cycle(0.0, 0.0, seen[-1].t, 0.0, {"hold": (0.0, seen[-1].t)})
    return lapses([rule], cycle, Window(seen), baseline=None, own=OwnReferences())


def test_what_is_clearly_broken_for_a_while_does_not_count() -> None:
    (lapse,) = lapses_of([(4.0, 5.0), (3.0, 30.0), (3.0, 5.0)])
    assert (lapse.t_start, lapse.t_end) == pytest.approx((4.0, 7.0), abs=0.1)
    assert lapse.rules == ("XX-01",)
    cycle = Cycle(0.0, 0.0, 10.0, 0.0, {})
    good, streak = held_well(cycle, (lapse,))
    assert good == pytest.approx(7.0, abs=0.1)
    assert streak == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(
    "levels",
    [
        [(4.0, 5.0), (0.4, 30.0), (4.0, 5.0)],  # too short
        [(4.0, 5.0), (3.0, 22.0), (3.0, 5.0)],  # beyond the edge by less than half an error budget of 5 degrees
        [(4.0, 5.0), (3.0, 15.0), (3.0, 5.0)],  # a warning
    ],
)
def test_what_is_no_lapse(levels: list[tuple[float, float]]) -> None:
    assert lapses_of(levels) == ()


def test_what_matters_little_breaks_no_hold() -> None:
    assert lapses_of([(4.0, 5.0), (3.0, 30.0)], RULE.model_copy(update={"severity": "minor"})) == ()


def test_a_safety_rule_that_was_met_and_is_broken_for_two_seconds_ends_the_set() -> None:
    watch = SlipWatch()
    met, fault = finding(severity="safety"), finding(verdict="fault", value=70.0, severity="safety")
    assert watch.update(4.0, 0.0, [met]) is None
    assert watch.update(5.0, 0.0, [fault]) is None
    assert watch.update(6.0, 0.0, [fault]) is None
    over = watch.update(7.0, 0.0, [fault])
    assert over is not None
    assert (over.rule, over.t) == ("XX-01", 7.0)


def test_what_was_wrong_from_the_start_is_for_the_cue() -> None:
    watch = SlipWatch()
    fault = finding(verdict="fault", value=70.0, severity="safety")
    assert [watch.update(t, 0.0, [fault]) for t in (4.0, 5.0, 6.0, 7.0, 8.0)] == [None] * 5


def test_sides_are_added_up() -> None:
    def hold(side: str, length: float, good: float) -> Hold:
        return Hold(1, 0.0, length, good, good, side, None, 1.0, ())

    left, right = side_totals([hold("left", 8.0, 6.0), hold("right", 5.0, 5.0), hold("left", 4.0, 4.0)])
    assert (left.side, left.holds, left.total_s, left.good_s, left.best_streak_s) == ("left", 2, 12.0, 10.0, 6.0)
    assert (right.side, right.holds, right.total_s) == ("right", 1, 5.0)
