"""What counts as named, asked and wrong, and how films are joined."""

from itertools import pairwise

import pytest

from formcheck.body.pose import Pose
from formcheck.engine.recognition import Candidate, Recognition, Segment
from formcheck.evaluation.recognition_studies import GAP_S, join, outcome


def segment(exercise: str, confidence: float) -> Segment:
    return Segment(0.0, 5.0, (Candidate(exercise, confidence),))


@pytest.mark.parametrize(
    ("found", "right", "expected"),
    [
        ([("squat", 0.9)], {"squat"}, "named"),
        ([("squat", 0.5)], {"squat"}, "asked, right one first"),
        ([("squat", 0.5)], {"lunge"}, "asked, wrong one first"),
        ([("squat", 0.9)], {"lunge"}, "wrong, sure"),
        ([("squat", 0.9), ("lunge", 0.5)], {"squat"}, "asked, wrong one first"),
        ([], {"squat"}, "nothing found"),
        ([], set(), "named"),
        ([("squat", 0.9)], set(), "wrong, sure"),
    ],
)
def test_outcomes(found: list[tuple[str, float]], right: set[str], expected: str) -> None:
    assert outcome(Recognition(tuple(segment(*one) for one in found)), right) == expected


def test_joined_films_follow_each_other_with_nobody_between() -> None:
    first = [Pose.nobody(5.0 + i / 10, (640, 480)) for i in range(11)]
    second = [Pose.nobody(i / 10, (640, 480)) for i in range(11)]
    joined, starts = join([first, second])
    assert starts == pytest.approx([0.0, 1.0 + GAP_S])
    times = [pose.t for pose in joined]
    assert times == sorted(set(times))
    assert times[-1] == pytest.approx(2.0 + GAP_S)
    assert max(b - a for a, b in pairwise(times)) < 0.25
