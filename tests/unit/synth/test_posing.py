"""Bones keep their lengths, postures come out as asked, and hands reach what they reach for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.body.landmarks import INDEX, Side
from formcheck.synth.body import BODIES, load_body
from formcheck.synth.posing import UP, Figure, arm_lengths_m, bend, pose, reach, segment, stand_on_feet, swing
from formcheck.synth.posture import CHANNELS, add, mirrored, mix, posture
from formcheck.synth.truth import true_angles

MAN = load_body("man")


def degrees(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


postures = st.fixed_dictionaries({name: degrees(-90.0, 120.0) for name in CHANNELS if not name.endswith("_out")}).map(
    lambda values: posture(None, **values)
)
directions = st.tuples(degrees(-1, 1), degrees(-1, 1), degrees(-1, 1)).filter(lambda v: np.linalg.norm(v) > 0.05)


@given(postures)
@settings(max_examples=40, deadline=None)
def test_no_posture_stretches_a_bone(any_posture: dict[str, float]) -> None:
    figure = pose(MAN, any_posture)
    positions = figure.positions_m()
    lengths = np.linalg.norm(positions - positions[list(MAN.parents)], axis=1)
    assert lengths == pytest.approx(np.linalg.norm(MAN.offsets_m, axis=1), abs=1e-9)
    assert figure.rotations @ figure.rotations.transpose(0, 2, 1) == pytest.approx(
        np.tile(np.eye(3), (len(MAN.bones), 1, 1)), abs=1e-9
    )


@given(degrees(-30, 100), degrees(-30, 45), degrees(-20, 30), degrees(-30, 110), degrees(0, 130), degrees(-60, 60))
@settings(max_examples=40, deadline=None)
def test_the_angles_of_a_posture_can_be_read_back(
    trunk: float, lumbar: float, thoracic: float, thigh: float, knee: float, arm: float
) -> None:
    upper_arm = arm - trunk
    figure = pose(
        MAN,
        posture(
            trunk=trunk,
            lumbar=lumbar,
            thoracic=thoracic,
            thigh=thigh,
            shank=thigh - knee,
            upper_arm=upper_arm,
            forearm=upper_arm + 50.0,
            leg_out=0.0,
            arm_out=0.0,
        ),
    )
    truth = true_angles(figure)
    if abs(arm) + abs(lumbar) + abs(thoracic) < 60.0:  # beyond, the shoulder blades help and the shoulders move
        assert truth["trunk_inclination"] == pytest.approx(trunk, abs=1e-6)
        assert truth["left_hip_flexion"] == pytest.approx(trunk + thigh, abs=0.5)  # the hips stand wider than the knees
    assert truth["spine_flexion"] == pytest.approx(lumbar + thoracic, abs=1e-6)
    for side in ("left", "right"):
        assert truth[f"{side}_knee_flexion"] == pytest.approx(knee, abs=1e-5)
        assert truth[f"{side}_elbow_flexion"] == pytest.approx(50.0, abs=1e-5)


@given(directions, directions)
@settings(deadline=None)
def test_a_swing_is_a_rotation_from_one_direction_to_the_other(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    start, end = np.array(a) / np.linalg.norm(a), np.array(b) / np.linalg.norm(b)
    rotation = swing(start, end)
    assert rotation @ start == pytest.approx(end, abs=1e-6)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-6)
    assert np.linalg.det(rotation) == pytest.approx(1.0, abs=1e-6)


def test_a_swing_to_the_opposite_direction_turns_around() -> None:
    assert swing(np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, -1.0])) @ [0.0, 0.0, 1.0] == pytest.approx([0, 0, -1])


def test_bending_forward_takes_the_head_to_the_front() -> None:
    assert bend(90.0) @ [0.0, 0.0, 1.0] == pytest.approx([0.0, -1.0, 0.0], abs=1e-12)
    assert segment(90.0) == pytest.approx([0.0, -1.0, 0.0], abs=1e-12)
    assert segment(0.0, "right", 45.0) == pytest.approx([-np.sqrt(0.5), 0.0, -np.sqrt(0.5)])


@pytest.mark.parametrize("name", BODIES)
def test_rounding_the_back_keeps_the_line_from_hip_to_shoulder(name: str) -> None:
    body = load_body(name)
    straight = pose(body, posture(trunk=70.0))
    rounded = pose(body, posture(trunk=70.0, lumbar=24.0, thoracic=16.0))
    assert true_angles(rounded)["spine_flexion"] == pytest.approx(40.0)
    for figure in (straight, rounded):
        assert true_angles(figure)["trunk_inclination"] == pytest.approx(70.0, abs=0.5)


@given(degrees(0.4, 0.95), degrees(-60, 100), degrees(-40, 40), st.sampled_from(["left", "right"]))
@settings(max_examples=30, deadline=None)
def test_the_wrist_arrives_where_it_reaches(share: float, forward: float, out: float, side: Side) -> None:
    figure = pose(MAN, posture())
    shoulder = figure.point_m(f"{side}_shoulder")
    goal = shoulder + share * sum(arm_lengths_m(MAN)) * segment(forward, side, out)
    reach(figure, side, goal, elbow_towards=np.array([0.0, 1.0, -0.3]))
    assert np.linalg.norm(figure.point_m(f"{side}_wrist") - goal) < 0.003


def test_a_goal_out_of_reach_stretches_the_arm_but_not_the_bones() -> None:
    figure = pose(MAN, posture())
    reach(figure, "left", np.array([0.0, -5.0, 1.0]), elbow_towards=-UP)
    assert true_angles(figure)["left_elbow_flexion"] < 3.0


@pytest.mark.parametrize("name", BODIES)
def test_feet_stand_on_the_floor_around_the_origin(name: str) -> None:
    figure = pose(load_body(name), posture(trunk=60.0, thigh=50.0, shank=-20.0))
    stand_on_feet(figure)
    assert figure.lowest_sole_m() == pytest.approx(0.0, abs=1e-9)
    assert figure.middle_m("ankle")[:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert figure.mesh().vertices[:, 2].min() == pytest.approx(0.0, abs=0.01)


def test_tipping_turns_everything_around_the_point() -> None:
    figure = pose(MAN, posture())
    toes = figure.middle_m("foot_index")
    before = figure.landmarks_m() - toes
    figure.tip(30.0, toes)
    after = figure.landmarks_m() - toes
    known = np.isfinite(before[:, 0])
    assert after[known] == pytest.approx((before @ bend(30.0).T)[known])


def test_the_mesh_follows_the_joints() -> None:
    figure = Figure(MAN)
    rest = figure.mesh().vertices
    figure.shift([0.3, -0.2, 0.1])
    assert figure.mesh().vertices - rest == pytest.approx(np.tile([0.3, -0.2, 0.1], (len(rest), 1)), abs=1e-5)


def test_landmarks_that_the_body_lacks_are_missing_and_the_others_are_not() -> None:
    landmarks = Figure(MAN).landmarks_m()
    assert np.isnan(landmarks[[INDEX["mouth_left"], INDEX["left_eye_inner"]]]).all()
    assert np.isfinite(landmarks[[INDEX["nose"], INDEX["right_ear"], INDEX["left_heel"], INDEX["left_pinky"]]]).all()
    assert (landmarks[INDEX["left_hip"]] * [-1, 1, 1]) == pytest.approx(landmarks[INDEX["right_hip"]], abs=1e-6)


def test_postures_mix_add_up_and_mirror() -> None:
    low = posture(trunk=70, thigh=60, left_shank=-10)
    assert low["right_thigh"] == 60
    assert low["right_shank"] == 0
    assert mix(posture(trunk=0), low, 0.25)["trunk"] == pytest.approx(17.5)
    assert add(low, {"thigh": 0.5}, 10.0)["left_thigh"] == pytest.approx(65.0)
    assert mirrored(low)["right_shank"] == -10
    with pytest.raises(KeyError, match="thig"):
        posture(thig=3)
