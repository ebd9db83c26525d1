"""Form that fades over a set, and when the set should end."""

from collections.abc import Sequence

import pytest
from tests.findings import finding

from formcheck.engine.fading import fading, past_the_limit
from formcheck.engine.judging import judge_sides
from formcheck.engine.report import Finding, Rep, Severity
from formcheck.exercise.spec import Rule


def verdict(value: float | None) -> str:
    if value is None:
        return "unseen"
    return "met" if value <= 40.0 else "warning" if value <= 60.0 else "fault"


def reps(values: Sequence[float | None], severity: Severity = "effectiveness") -> list[Rep]:
    def found(value: float | None, number: int) -> Finding:
        return finding("XX-01", verdict(value), value, severity, rep=number)  # type: ignore[arg-type]

    return [
        Rep(i, 2.0 * i, 2.0 * i + 1, 2.0 * i + 2, 60.0, 90, 1.0, (found(value, i),))
        for i, value in enumerate(values, 1)
    ]


def test_a_rule_that_is_met_at_first_and_not_at_last_has_faded() -> None:
    (found,) = fading(reps([20.0, 22.0, 30.0, 45.0, 52.0, 58.0]))
    assert (found.rule, found.first, found.last, found.since) == ("XX-01", 21.0, 55.0, 4)


@pytest.mark.parametrize(
    "values",
    [
        [20.0, 50.0, 20.0, 50.0, 20.0, 20.0],  # it comes and goes
        [50.0, 50.0, 50.0, 50.0, 50.0, 50.0],  # it never was met
        [39.0, 39.0, 40.5, 40.5],  # no more than the measure may err
        [20.0, 50.0, 55.0],  # too few to tell
        [20.0, None, None, None, 50.0, 55.0],
    ],
)
def test_what_is_no_trend(values: list[float | None]) -> None:
    assert fading(reps(values)) == ()


def test_the_second_safety_fault_ends_the_set() -> None:
    done = reps([70.0, 20.0, 70.0], "safety")
    assert past_the_limit(done[:1], 4.0) is None
    assert past_the_limit(done[:2], 6.0) is None
    over = past_the_limit(done, 8.0)
    assert over is not None
    assert (over.rule, over.t) == ("XX-01", 8.0)
    assert "second time" in over.reason


def test_what_fades_past_its_fault_edge_twice_running_ends_the_set() -> None:
    done = reps([20.0, 22.0, 45.0, 70.0, 70.0])
    assert past_the_limit(done[:4], 9.0) is None
    over = past_the_limit(done, 10.0)
    assert over is not None
    assert "at first" in over.reason


def test_the_same_fault_from_the_first_rep_on_is_for_the_cue_not_the_end() -> None:
    assert past_the_limit(reps([70.0, 70.0, 70.0, 70.0]), 9.0) is None


# -- left against right -----------------------------------------------------------------------------------------------

SIDES = Rule.model_validate(
    {
        "id": "XX-08",
        "name": "Side difference",
        "measure": "trunk_inclination",
        "over": "sides",
        "of": "hold",
        "reduce": "max",
        "ideal_max": 20.0,
        "severity": "minor",
        "cue": "Compare both sides",
        "why": "It is so.",
        "sources": ["coaching-consensus"],
    }
)


def test_sides_are_compared_by_their_middle_values() -> None:
    values = [("left", 30.0), ("right", 52.0), ("left", 34.0), ("right", 60.0), ("left", 80.0), ("right", float("nan"))]
    found = judge_sides(SIDES, values, (0.0, 60.0))
    assert (found.verdict, found.unit) == ("warning", "deg")
    assert found.value == pytest.approx(56.0 - 34.0)
    assert found.rep is None


def test_lengths_of_time_are_compared_as_a_share_of_their_mean() -> None:
    timed = SIDES.model_copy(update={"reduce": "duration", "ideal_max": 0.1})
    found = judge_sides(timed, [("left", 8.0), ("left", 10.0), ("right", 9.5)], (0.0, 60.0))
    assert (found.verdict, found.unit) == ("met", "share")
    assert found.value == pytest.approx(0.5 / 9.75)


def test_one_side_alone_cannot_be_compared() -> None:
    found = judge_sides(SIDES, [("left", 30.0)], (0.0, 60.0))
    assert (found.verdict, found.reason) == ("unseen", "nothing to compare: the right side was not seen")
