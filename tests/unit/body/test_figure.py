import numpy as np
import pytest
from tests.stick import Body, Limbs, all_fours, figure_of, pose_of, romanian

from formcheck.body.figure import SegmentLengths, clarity_of, plain_name
from formcheck.body.landmarks import COUNT, INDEX, Side
from formcheck.body.view import Orientation

SIDE = Orientation("side", 0.0, 1, "right")
SIZE = (640, 480)


def clarity(visibility: float, point: tuple[float, float]) -> float:
    points = np.full((COUNT, 2), 100.0)
    points[0] = point
    return clarity_of(np.full(COUNT, visibility), points, SIZE)[0]


@pytest.mark.parametrize(("visibility", "expected"), [(0.0, 0.0), (0.3, 0.0), (0.5, 0.5), (0.7, 1.0), (1.0, 1.0)])
def test_clarity_rises_with_visibility(visibility: float, expected: float) -> None:
    assert clarity(visibility, (100.0, 100.0)) == pytest.approx(expected)


@pytest.mark.parametrize(
    "point", [(-1.0, 100.0), (640.0, 100.0), (100.0, -0.1), (100.0, 480.0), (np.nan, 100.0), (100.0, np.nan)]
)
def test_a_landmark_outside_the_picture_is_not_clear_whatever_the_model_says(point: tuple[float, float]) -> None:
    assert clarity(1.0, point) == 0.0
    assert clarity(1.0, (0.0, 479.9)) == 1.0


def learnt(body: Body, seconds: float = 4.0) -> SegmentLengths:
    lengths = SegmentLengths()
    for i in range(round(seconds * 30)):
        lengths.add(i / 30, pose_of(body).xy_px.tolist(), "right")
    return lengths


def doubts(lengths: SegmentLengths, points: list[list[float]]) -> tuple[str | None, list[float]]:
    clear = [1.0] * COUNT
    return lengths.doubt(points, clear, "right"), clear


def test_the_usual_trunk_length_is_learnt() -> None:
    lengths = SegmentLengths()
    assert np.isnan(lengths.trunk_px)
    assert learnt(Body()).trunk_px == pytest.approx(190.0, abs=0.1)


def test_a_body_that_only_moves_is_not_doubted() -> None:
    lengths = learnt(Body())
    for depth in (0.0, 0.5, 1.0):
        assert doubts(lengths, pose_of(romanian(depth)).xy_px.tolist()) == (None, [1.0] * COUNT)


def test_an_honestly_foreshortened_trunk_is_not_doubted() -> None:
    lengths = learnt(Body())
    points = pose_of(Body()).xy_px.tolist()
    for name in ("left_shoulder", "right_shoulder"):
        points[INDEX[name]][1] += 0.25 * 190.0
    assert doubts(lengths, points)[0] is None


def test_a_hip_that_is_suddenly_elsewhere_is_doubted() -> None:
    points = pose_of(Body()).xy_px.tolist()
    for name in ("left_hip", "right_hip"):
        points[INDEX[name]][1] -= 150.0
    part, clear = doubts(learnt(Body()), points)
    assert part == "trunk"
    doubted = {name for name, row in INDEX.items() if clear[row] == 0.0}
    assert doubted == {"left_hip", "right_hip", "left_shoulder", "right_shoulder"}


def test_a_knee_that_is_suddenly_elsewhere_is_doubted_on_the_near_side_only() -> None:
    points = pose_of(Body()).xy_px.tolist()
    points[INDEX["right_knee"]][1] -= 100.0
    part, clear = doubts(learnt(Body()), points)
    assert part == "leg"
    assert {name for name, row in INDEX.items() if clear[row] == 0.0} == {"right_knee", "right_ankle"}


def test_one_wild_pose_does_not_change_what_is_usual() -> None:
    lengths = learnt(Body())
    lengths.add(10.0, pose_of(Body(), trunk_px=600.0).xy_px.tolist(), "right")
    assert lengths.trunk_px == pytest.approx(190.0, abs=0.1)


@pytest.mark.parametrize("trunk_px", [110.0, 300.0])
def test_a_person_who_came_nearer_or_went_away_for_good_is_accepted(trunk_px: float) -> None:
    lengths = learnt(Body())
    points = pose_of(Body(), trunk_px=trunk_px).xy_px.tolist()
    assert doubts(lengths, points)[0] == "trunk"
    for i in range(round(lengths.WINDOW * lengths.EVERY_S * 30)):
        lengths.add(10.0 + i / 30, points, "right")
    assert doubts(lengths, points)[0] is None


def test_unseen_landmarks_are_not_learnt() -> None:
    lengths = learnt(Body())
    lengths.add(10.0, [[np.nan, np.nan]] * COUNT, "right")
    assert lengths.trunk_px == pytest.approx(190.0, abs=0.1)


@pytest.mark.parametrize("lifted", ["left", "right"])
@pytest.mark.parametrize("facing", [1, -1])
def test_the_lifted_leg_and_arm_are_told_apart_from_the_supporting_ones(lifted: Side, facing: int) -> None:
    orientation = Orientation("side", 0.0, facing, "right" if facing > 0 else "left")
    figure = figure_of(pose_of(all_fours(1.0, lifted=lifted), facing=facing, planted="hip"), orientation)
    assert figure.lifted_leg == lifted
    assert figure.lifted_arm == ("right" if lifted == "left" else "left")


@pytest.mark.parametrize("unseen", ["left", "right"])
@pytest.mark.parametrize("lifted", ["left", "right"])
def test_a_leg_that_is_unseen_is_never_passed_over_for_the_other(lifted: Side, unseen: Side) -> None:
    figure = figure_of(pose_of(all_fours(1.0, lifted=lifted), planted="hip"), SIDE)
    figure.points[INDEX[f"{unseen}_knee"]] = [np.nan, np.nan]
    assert figure.lifted_leg == unseen
    assert figure.upright_shank == unseen
    figure.points[INDEX[f"{unseen}_ankle"]] = [np.nan, np.nan]
    assert figure.front_leg == unseen


def test_on_all_fours_no_arm_is_lifted() -> None:
    assert figure_of(pose_of(all_fours(0.0), planted="hip"), SIDE).lifted_arm is None


@pytest.mark.parametrize("facing", [1, -1])
def test_joints_are_read_on_the_side_that_is_asked_for(facing: int) -> None:
    body = Body(left=Limbs(hip=30.0, knee=50.0), right=Limbs(hip=-10.0, knee=5.0))
    figure = figure_of(pose_of(body, facing=facing), Orientation("side", 0.0, facing, "right"))
    assert figure.hip_flexion("left") == pytest.approx(30.0)
    assert figure.hip_flexion("right") == pytest.approx(-10.0)
    assert figure.knee_flexion("left") == pytest.approx(50.0)
    assert figure.knee_flexion("right") == pytest.approx(5.0)
    assert figure.at("knee") == figure.at("knee", "right")


@pytest.mark.parametrize(("name", "plain"), [("left_hip", "hip"), ("right_foot_index", "toes"), ("nose", "nose")])
def test_plain_names(name: str, plain: str) -> None:
    assert plain_name(INDEX[name]) == plain
