"""Which exercise it is: stick figures and rendered people whose exercise is known, alone, in a row, and in doubt."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest
from tests.exercises.test_sets import GOOD, PLACES
from tests.stick import Body, film

from formcheck.body.pose import Pose
from formcheck.engine.recognition import Candidate, Recogniser, Recognition, Segment
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import Exercise, Tell
from formcheck.synth.poses import true_poses


@cache
def everything() -> tuple[Exercise, ...]:
    return tuple(load_exercise(name) for name in catalogue())


def recognised(poses: Iterable[Pose], exercises: Iterable[Exercise] | None = None) -> Recognition:
    recogniser = Recogniser(list(everything() if exercises is None else exercises))
    for pose in poses:
        recogniser.update(pose)
    return recogniser.finish()


def stick(name: str) -> list[Pose]:
    joint, x_px, y_px = PLACES[name]
    return list(film(GOOD[name][::2], fps=15.0, planted=joint, at_px=(x_px, y_px)))


def in_a_row(*films: list[Pose], gap_s: float = 2.0) -> list[Pose]:
    """Join films with nobody between them."""
    joined: list[Pose] = []
    for poses in films:
        start = joined[-1].t + gap_s if joined else 0.0
        joined += [Pose.nobody(start - gap_s * i / 10, poses[0].size_px) for i in range(9, 0, -1)] if joined else []
        joined += [replace(pose, t=pose.t - poses[0].t + start) for pose in poses]
    return joined


# -- alone ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["squat", "plank", "bird_dog"])
def test_a_set_of_a_stick_figure_is_named_and_sure(name: str) -> None:
    (segment,) = recognised(stick(name)).segments
    assert segment.exercise == name
    assert segment.certain
    assert 0.8 <= segment.candidates[0].confidence <= 1.0


@pytest.mark.parametrize("name", ["deadlift", "romanian_deadlift", "lunge", "child_pose"])
def test_what_a_rendered_person_does_is_named(name: str) -> None:
    found = recognised(pose for pose, _ in true_poses(name, body="man", fps=15.0, reps=1))
    assert [segment.exercise for segment in found.segments] == [name]


def test_a_segment_lasts_from_the_first_rep_to_the_last() -> None:
    poses = stick("squat")
    (segment,) = recognised(poses, [load_exercise("squat")]).segments
    # Three reps of 5.6 s and rests of 1.2 s between them follow 1.5 s of standing and are followed by 1.2 s.
    assert segment.t_start == pytest.approx(1.5, abs=0.6)
    assert segment.t_end == pytest.approx(poses[-1].t - 1.2, abs=0.8)


# -- in a row ---------------------------------------------------------------------------------------------------------


def test_exercises_in_a_row_are_found_one_after_the_other() -> None:
    squat, plank = stick("squat"), stick("plank")
    alone = [recognised(poses).segments[0] for poses in (squat, plank)]
    joined = in_a_row(squat, plank)
    found = recognised(joined)
    assert [segment.exercise for segment in found.segments] == ["squat", "plank"]
    assert found.certain
    for segment, by_itself, offset in zip(found.segments, alone, (0.0, squat[-1].t + 2.0), strict=True):
        assert segment.t_start == pytest.approx(by_itself.t_start + offset, abs=0.5)
        assert segment.t_end == pytest.approx(by_itself.t_end + offset, abs=0.5)


def test_a_pause_does_not_part_a_set() -> None:
    poses = stick("squat")
    found = recognised(in_a_row(poses, poses, gap_s=8.0), [load_exercise("squat")])
    assert len(found.segments) == 1


def test_standing_between_reps_is_no_exercise_of_its_own() -> None:
    still = [Body() for _ in range(150)]
    bodies = [*still, *GOOD["squat"][::2], *still]
    poses = list(film(bodies, fps=15.0, planted="ankle", at_px=PLACES["squat"][1:]))
    assert [segment.exercise for segment in recognised(poses).segments] == ["squat"]


def test_a_posture_is_named_where_nothing_is_counted() -> None:
    found = recognised(film([Body() for _ in range(150)], fps=15.0, planted="ankle", at_px=(640.0, 660.0)))
    assert [segment.exercise for segment in found.segments] == ["standing_side"]


# -- in doubt ---------------------------------------------------------------------------------------------------------


def test_two_exercises_with_one_movement_are_not_told_apart() -> None:
    squat = load_exercise("squat")
    twin = squat.model_copy(update={"id": "pack:squat"})
    (segment,) = recognised(stick("squat"), [squat, twin]).segments
    assert not segment.certain
    first, second = segment.candidates
    assert {first.exercise, second.exercise} == {"squat", "pack:squat"}
    assert first.confidence == pytest.approx(second.confidence)
    assert first.confidence < 0.5


@pytest.mark.parametrize(("below", "sure"), [(200.0, True), (20.0, False)])
def test_a_tell_speaks_for_or_against(below: float, sure: bool) -> None:
    tell = Tell(measure="knee_flexion", below=below, at="highest")  # the knees of the squat bend by 118 degrees
    squat = load_exercise("squat").model_copy(update={"tells": (tell,)})
    assert recognised(stick("squat"), [squat]).certain is sure


def test_what_a_tell_asks_for_and_nobody_sees_changes_nothing() -> None:
    tell = Tell(measure="shoulder_tilt", above=80.0)  # to be seen from the front only
    squat = load_exercise("squat").model_copy(update={"tells": (tell,)})
    without = load_exercise("squat").model_copy(update={"tells": ()})
    assert recognised(stick("squat"), [squat]) == recognised(stick("squat"), [without])


def test_nobody_does_nothing() -> None:
    assert recognised(Pose.nobody(i / 30, (640, 480)) for i in range(90)).segments == ()
    assert recognised([]).segments == ()
    assert not recognised([]).certain


@pytest.mark.parametrize(
    ("confidences", "sure"), [((0.85,), True), ((0.79,), False), ((0.82, 0.10), True), ((0.90, 0.46), False)]
)
def test_certain_is_high_and_clearly_ahead(confidences: tuple[float, ...], sure: bool) -> None:
    segment = Segment(0.0, 5.0, tuple(Candidate(f"e{i}", c) for i, c in enumerate(confidences)))
    assert segment.certain is sure
