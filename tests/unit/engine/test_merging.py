"""Two films of one set put together."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.exercises.test_sets import GOOD, follow, run, squats_from_the_front

from formcheck.body.pose import Pose
from formcheck.engine.merging import align, merged
from formcheck.engine.report import Rep
from formcheck.exercise.load import load_exercise


def reps(*spans: tuple[float, float], later: float = 0.0) -> list[Rep]:
    return [Rep(i, a + later, (a + b) / 2 + later, b + later, 60.0, 90, 1.0, ()) for i, (a, b) in enumerate(spans, 1)]


RHYTHM = ((2.0, 5.0), (6.5, 9.0), (12.0, 16.0), (17.0, 19.5))


@pytest.mark.parametrize("later", [0.0, 3.7, -1.9])
def test_films_that_began_at_different_times_are_aligned_on_their_rhythm(later: float) -> None:
    found = align(reps(*RHYTHM), reps(*RHYTHM, later=later))
    assert found is not None
    assert found.shift == 0
    assert found.offset_s == pytest.approx(-later)


@pytest.mark.parametrize(("missing", "shift"), [("first", -1), ("last", 0)])
def test_one_rep_may_be_missing_at_either_end(missing: str, shift: int) -> None:
    spans = RHYTHM[1:] if missing == "first" else RHYTHM[:-1]
    found = align(reps(*RHYTHM), reps(*spans, later=2.5))
    assert found is not None
    assert found.shift == shift
    assert found.offset_s == pytest.approx(-2.5)


def test_another_rhythm_is_another_set() -> None:
    other = ((1.0, 2.0), (6.0, 12.0), (14.0, 15.0), (22.0, 30.0))
    assert align(reps(*RHYTHM), reps(*other)) is None


def test_even_reps_pair_in_order() -> None:
    even = tuple((4.0 * i, 4.0 * i + 2.5) for i in range(1, 6))
    found = align(reps(*even), reps(*even, later=10.0))
    assert found is not None
    assert found.shift == 0


def shifted(poses: Iterable[Pose], later: float) -> Iterable[Pose]:
    return (replace(pose, t=pose.t + later) for pose in poses)


def test_each_rule_comes_from_the_film_that_shows_it() -> None:
    exercise = load_exercise("squat")
    side = run("squat", GOOD["squat"])
    front = follow("squat", shifted(squats_from_the_front(cave=0.5), 5.0))
    both = merged(side, front, exercise, "front.mp4")
    assert len(both.reps) == 3
    judged = {f.rule: f for f in both.reps[1].findings}
    assert judged["SQ-01"].verdict == "met"
    assert judged["SQ-08"].verdict == "fault"
    assert side.reps[1].t_start <= judged["SQ-08"].t_worst <= side.reps[1].t_end
    assert both.score.value is not None
    assert side.score.value is not None
    assert both.score.value <= 60 < side.score.value  # the safety fault that only the front shows
    assert both.second is not None
    assert both.second.paired == 3
    assert both.second.offset_s == pytest.approx(-5.0, abs=0.1)
    assert not any(f.rule == "SQ-08" and f.verdict == "unseen" for f in both.findings)
    assert any("front.mp4" in remark for remark in both.remarks)


def test_films_of_different_sets_are_not_merged() -> None:
    side = run("squat", GOOD["squat"])
    with pytest.raises(ValueError, match="3 against 0"):
        merged(side, run("squat", GOOD["squat"][:60]), load_exercise("squat"), "front.mp4")
