"""People before a webcam whose head comes forward: what is drawn, and how it is counted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from formcheck.evaluation.desk_forward import HEAD_FORWARD, OTHERS, PUSHED, UPRIGHT, Kept, Named, _Person, _row, _table
from formcheck.synth.posing import Figure

PEOPLE = range(3)


def posture(name: str) -> Kept:
    """Return one of the postures of the study."""
    return next(kept for kept in (*PUSHED, *OTHERS) if kept.name == name)


def spot(figure: Figure, joint: str) -> list[float]:
    """Return how far a joint is ahead and up, in centimetres."""
    _, back_m, up_m = figure.middle_m(joint)
    return [-100.0 * float(back_m), 100.0 * float(up_m)]


@pytest.mark.parametrize("number", PEOPLE)
def test_the_head_travels_by_centimetres_and_the_shoulders_stay(number: int) -> None:
    person = _Person(number)
    travels = [person.travel_cm(kept) for kept in PUSHED[:-1]]
    assert travels == sorted(travels)
    assert 2.3 <= travels[0] <= 3.7
    assert 5.8 <= travels[-1] <= 8.5
    before, after = (spot(person.figure(kept), "shoulder") for kept in (UPRIGHT, PUSHED[3]))
    assert after == pytest.approx(before, abs=1.5)


@pytest.mark.parametrize("number", PEOPLE)
@pytest.mark.parametrize(
    ("name", "shoulders", "ears"),
    [
        ("shoulders raised", lambda x, y: (x, y + 4.0), lambda x, y: (x, y)),
        ("chair 12 cm nearer", lambda x, y: (x + 12.0, y), lambda x, y: (x + 12.0, y)),
    ],
)
def test_shoulders_are_raised_without_the_head_and_a_chair_takes_both(
    number: int,
    name: str,
    shoulders: Callable[[float, float], tuple[float, float]],
    ears: Callable[[float, float], tuple[float, float]],
) -> None:
    person = _Person(number)
    calm, now = person.figure(UPRIGHT), person.figure(posture(name))
    assert spot(now, "shoulder") == pytest.approx(shoulders(*spot(calm, "shoulder")), abs=1.2)
    assert spot(now, "ear") == pytest.approx(ears(*spot(calm, "ear")), abs=0.1)


def test_the_same_number_is_the_same_person() -> None:
    first, again, other = (_Person(number).figure(UPRIGHT).landmarks_m() for number in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other, equal_nan=True)


def test_rows_take_those_whose_head_travelled_so_far() -> None:
    found = [Named(PUSHED[0], travel, rule) for travel, rule in ((4.0, "DF-01"), (4.9, "DF-04"), (5.0, "DF-01"))]
    row = _row(found, 4.0, 5.0)
    assert row is not None
    assert (row.name, row.estimate.value, row.estimate.n) == ("head forward by 4 to 5 cm", 0.5, 2)
    assert _row(found, 6.0, 99.0) is None
    assert HEAD_FORWARD == "DF-01"


def test_the_table_has_a_line_for_each_posture() -> None:
    found = [Named(UPRIGHT, 0.0, "nothing"), Named(UPRIGHT, 0.04, "DF-01"), Named(replace(UPRIGHT, name="x"), 3.0, "-")]
    assert _table(found).cells == (
        ("upright", "0.0 to 0.0 cm", "nothing (1), DF-01 (1)"),
        ("x", "3.0 to 3.0 cm", "- (1)"),
    )
