from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX
from formcheck.body.measures import MEASURES
from formcheck.body.pose import Pose
from formcheck.drawing.angles import (
    BODY_LINE,
    INCLINATIONS,
    JOINT_ANGLES,
    BodyLineAnnotator,
    InclinationAnnotator,
    JointAngleAnnotator,
    annotator_for,
)
from formcheck.drawing.style import AMBER, CALM, PAPER

Image = NDArray[np.uint8]


def bent(pose: Pose, name: str, xy: tuple[float, float]) -> Pose:
    points = pose.xy_px.copy()
    points[INDEX[name]] = xy
    return replace(pose, xy_px=points)


def directions(image: Image, colour: tuple[int, int, int], apex: tuple[float, float]) -> NDArray[np.float64]:
    """Angles under which `colour` is seen from `apex`, in degrees: 0 right, 90 down."""
    rows, columns = (image == colour).all(axis=2).nonzero()
    angles: NDArray[np.float64] = np.degrees(np.arctan2(rows - apex[1], columns - apex[0]))
    return angles


def test_the_arc_of_a_joint_is_its_flexion(grey: Image, standing: Pose) -> None:
    pose = bent(bent(standing, "right_knee", (600.0, 530.0)), "right_ankle", (730.0, 530.0))  # 90° at the knee
    JointAngleAnnotator("hip", "knee", "ankle", "right").draw(grey, pose, None, "deg")
    seen = directions(grey, CALM, (600, 530))
    assert seen.min() == pytest.approx(0, abs=4)  # along the shank
    assert seen.max() == pytest.approx(90, abs=4)  # along the thigh, prolonged
    rows, columns = (grey == CALM).all(axis=2).nonzero()
    assert np.hypot(rows - 530, columns - 600) == pytest.approx(0.09 * 720, abs=5)


def test_the_arc_of_an_inclination_starts_at_the_vertical(grey: Image, standing: Pose) -> None:
    pose = bent(standing, "right_shoulder", (773.2, 300.0))  # 60° forwards from the hip at (600, 400)
    InclinationAnnotator("hip", "shoulder", "right").draw(grey, pose, None, "deg")
    seen = directions(grey, CALM, (600, 400))
    assert seen.min() == pytest.approx(-90, abs=4)
    assert seen.max() == pytest.approx(-30, abs=4)


def test_the_offset_of_the_body_line_runs_from_the_hip_to_the_line(grey: Image, standing: Pose) -> None:
    pose = bent(standing, "right_hip", (700.0, 430.0))  # shoulder and ankle stay at x = 600
    BodyLineAnnotator("right").draw(grey, pose, None, "line lengths")
    rows, columns = (grey == CALM).all(axis=2).nonzero()
    assert columns.min() == pytest.approx(600, abs=5)
    assert columns.max() == pytest.approx(700, abs=5)
    assert rows.mean() == pytest.approx(430, abs=2)


def test_change_is_amber_and_has_a_triangle(grey: Image, standing: Pose) -> None:
    pose = bent(standing, "right_ankle", (730.0, 530.0))
    calm = grey.copy()
    annotator = JointAngleAnnotator("hip", "knee", "ankle", "right")
    annotator.draw(calm, pose, 90.0, "deg")
    annotator.draw(grey, pose, 90.0, "deg", change=True)
    assert (calm == CALM).all(axis=2).any()
    assert (calm == PAPER).all(axis=2).any()
    assert not (calm == AMBER).all(axis=2).any()
    assert not (grey == CALM).all(axis=2).any()
    amber = (grey == AMBER).all(axis=2)
    widest = amber.sum(axis=1).max()
    assert widest > 15  # the base of the triangle


@pytest.mark.parametrize("value", [None, float("nan")])
def test_without_a_value_there_is_no_number(grey: Image, standing: Pose, value: float | None) -> None:
    pose = bent(standing, "right_ankle", (730.0, 530.0))
    with_number = grey.copy()
    annotator = JointAngleAnnotator("hip", "knee", "ankle", "right")
    annotator.draw(with_number, pose, 90.0, "deg")
    annotator.draw(grey, pose, value, "deg")
    drawn, drawn_with_number = ((image != 128).any(axis=2).sum() for image in (grey, with_number))
    assert 0 < drawn < drawn_with_number


@pytest.mark.parametrize("measure", [*JOINT_ANGLES, *INCLINATIONS, BODY_LINE])
def test_an_unseen_landmark_leaves_the_picture_alone(grey: Image, standing: Pose, measure: str) -> None:
    annotator = annotator_for(measure, "left")
    assert annotator is not None
    unseen = replace(standing, visibility=np.full(33, 0.2))
    annotator.draw(grey, unseen, 10.0, "deg")
    annotator.draw(grey, Pose.nobody(0.0, (1280, 720)), 10.0, "deg")
    assert (grey == 128).all()
    annotator.draw(grey, standing, 10.0, "deg")
    assert (grey != 128).any()


def test_every_drawn_measure_is_a_measure() -> None:
    assert {*JOINT_ANGLES, *INCLINATIONS, BODY_LINE} <= set(MEASURES)


def test_what_has_no_simple_drawing_is_not_drawn() -> None:
    assert annotator_for("back_curvature", "left") is None
    assert annotator_for("knee_flexion", None) is None


def test_points_that_coincide_are_no_angle(grey: Image, standing: Pose) -> None:
    pose = bent(standing, "right_knee", (600.0, 400.0))
    JointAngleAnnotator("hip", "knee", "ankle", "right").draw(grey, pose, 0.0, "deg")
    assert (grey == 128).all()
