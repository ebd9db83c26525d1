"""The line along the back while it is drawn: bent or not, at this moment."""

import math

import pytest
from tests.signals import sample

from formcheck.engine.live_back import LiveBack
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import EARLY_HINGE, RepCycle

EXERCISE = load_exercise("romanian_deadlift")
RULE = next(rule for rule in EXERCISE.rules if rule.measure == "back_curvature" and rule.relative_to == EARLY_HINGE)
assert RULE.fault_above is not None
assert RULE.absolute is not None
assert RULE.absolute.fault_above is not None
RELATIVE, ABSOLUTE = RULE.fault_above, RULE.absolute.fault_above
assert isinstance(EXERCISE.movement, RepCycle)
assert EXERCISE.movement.early_hinge is not None
SHALLOW = (EXERCISE.movement.early_hinge.above + EXERCISE.movement.early_hinge.below) / 2


def hinged(neutral: float) -> LiveBack:
    """Return a back whose shallow hinge has been seen, on the way from rest."""
    back = LiveBack(EXERCISE)
    for i in range(10):
        back.update(sample(i / 30, {"trunk_inclination": SHALLOW, "back_curvature": neutral}), "rest")
        assert not back.bent
    return back


def deep(back: LiveBack, curvature: float, phase: str = "turn", confidence: float = 1.0) -> bool:
    back.update(sample(1.0, {"trunk_inclination": 70.0, "back_curvature": curvature}, confidence), phase)
    return back.bent


@pytest.mark.parametrize("neutral", [-0.02, 0.0, 0.01])
def test_the_same_edge_as_in_the_rule_counted_from_the_shallow_hinge(neutral: float) -> None:
    assert not deep(hinged(neutral), neutral + RELATIVE - 0.001)
    assert deep(hinged(neutral), neutral + RELATIVE + 0.001)


def test_the_absolute_edge_holds_without_a_shallow_hinge() -> None:
    assert deep(LiveBack(EXERCISE), ABSOLUTE + 0.001)
    assert not deep(LiveBack(EXERCISE), ABSOLUTE - 0.001)


def test_one_bad_reading_of_the_shallow_hinge_does_not_move_the_edge() -> None:
    back = hinged(0.0)
    back.update(sample(0.9, {"trunk_inclination": SHALLOW, "back_curvature": -0.1}), "rest")
    assert not deep(back, RELATIVE - 0.005)


def test_it_straightens_again() -> None:
    back = hinged(0.0)
    assert deep(back, RELATIVE + 0.02)
    assert not deep(back, 0.0)


@pytest.mark.parametrize("phase", ["rest", "unknown"])
def test_at_rest_nothing_is_said(phase: str) -> None:
    assert not deep(hinged(0.0), ABSOLUTE + 0.05, phase)


def test_what_is_not_seen_is_not_bent() -> None:
    assert not deep(hinged(0.0), math.nan)
    assert not deep(hinged(0.0), ABSOLUTE + 0.05, confidence=0.4)


def test_an_exercise_without_such_a_rule_says_nothing() -> None:
    back = LiveBack(load_exercise("plank"))
    back.update(sample(0.0, {"body_line_deviation": 0.0}), "hold")
    assert not back.bent
