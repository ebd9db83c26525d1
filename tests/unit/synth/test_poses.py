"""True poses agree with the truth, and the engine counts and reads the back on them."""

import math

import numpy as np
import pytest

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.body.silhouette import back_curvature
from formcheck.body.view import UNKNOWN, Orientation, OrientationVote
from formcheck.engine.sampling import dorsal_row
from formcheck.engine.session import Session
from formcheck.errors import UserError
from formcheck.exercise.load import load_exercise
from formcheck.synth.body import BODIES, load_body
from formcheck.synth.camera import Camera
from formcheck.synth.clip import true_motion
from formcheck.synth.poses import pose_of, true_poses
from formcheck.synth.posing import pose, stand_on_feet
from formcheck.synth.posture import posture

WITHOUT = {f"{side}_eye_{corner}" for side in ("left", "right") for corner in ("inner", "outer")} | {
    "mouth_left",
    "mouth_right",
}
SMALL = {"fps": 5.0, "size_px": (320, 240), "reps": 1}


def orientation(poses: list[Pose], exercise: str) -> Orientation:
    vote = OrientationVote(load_exercise(exercise).ventral)
    for one in poses:
        vote.add(one)
    return vote.decide(UNKNOWN)


def figure_of(one: Pose, seen: Orientation) -> Figure:
    return Figure(
        points=one.xy_px.tolist(),
        clarity=[1.0] * 33,
        world=one.world_m,
        orientation=seen,
        facing=seen.facing,
        near=seen.near,
        trunk_px=100.0,
        height_px=one.size_px[1],
        width_px=one.size_px[0],
        back=math.nan,
        lower_back=math.nan,
        outline_clarity=0.0,
    )


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", ["deadlift", "romanian_deadlift", "bird_dog"])
def test_measures_of_true_poses_are_the_true_angles(exercise: str, body: str) -> None:
    pairs = list(true_poses(exercise, body=body, fps=2.0, reps=1))
    seen = orientation([one for one, _ in pairs], exercise)
    assert (seen.view, seen.near, seen.facing) == ("side", "left", -1)
    assert seen.yaw_deg < 5.0  # a raised arm takes its shoulder along
    for measure, truth_name, tolerance_deg in (
        ("trunk_inclination", "trunk_inclination", 1.5),
        ("knee_flexion", "left_knee_flexion", 1.5),
        ("elbow_flexion", "left_elbow_flexion", 1.5),
        ("hip_flexion", "left_hip_flexion", 3.0),
    ):
        measured = [MEASURES[measure].function(figure_of(one, seen)) for one, _ in pairs]
        expected = [truth.angles[truth_name] for _, truth in pairs]
        assert measured == pytest.approx(expected, abs=tolerance_deg), measure


@pytest.mark.parametrize("yaw_deg", [0.0, 15.0, 30.0, 90.0])
def test_the_view_is_read_from_true_poses(yaw_deg: float) -> None:
    poses = [one for one, _ in true_poses("deadlift", yaw_deg=yaw_deg, fps=2.0, reps=1)]
    seen = orientation(poses, "deadlift")
    assert seen.yaw_deg == pytest.approx(yaw_deg, abs=4.0)
    assert seen.view == ("front" if yaw_deg == 90.0 else "side")


def test_landmarks_are_those_of_the_truth() -> None:
    pairs = list(true_poses("plank", yaw_deg=20.0, roll_deg=8.0, **SMALL))  # type: ignore[arg-type]
    alone = list(true_motion("plank", yaw_deg=20.0, roll_deg=8.0, **SMALL))  # type: ignore[arg-type]
    assert len(pairs) == len(alone)
    for (one, truth), same in zip(pairs, alone, strict=True):
        assert one.t == truth.t == same.t
        assert truth.angles == same.angles
        assert one.xy_px == pytest.approx(same.landmarks_px, nan_ok=True)
        assert one.size_px == (320, 240)
        for name, row in INDEX.items():
            assert one.visibility[row] == (0.0 if name in WITHOUT else 1.0)
            assert bool(np.isnan(one.xy_px[row]).all()) == (name in WITHOUT)


def standing(camera: Camera, body: str = "man") -> Pose:
    figure = pose(load_body(body), posture())
    stand_on_feet(figure)
    return pose_of(figure, camera)


def around(yaw_deg: float = 0.0, distance_m: float = 3.3) -> Camera:
    return Camera.around((0.0, 0.0, 0.9), yaw_deg=yaw_deg, distance_m=distance_m, height_m=0.9)


def test_world_landmarks_have_the_axes_of_mediapipe() -> None:
    side, front = standing(around()).world_m, standing(around(90.0)).world_m
    assert side is not None
    assert front is not None
    for world in (side, front):
        hips = world[[INDEX["left_hip"], INDEX["right_hip"]]]
        assert hips.mean(axis=0) == pytest.approx([0.0, 0.0, 0.0])
        assert world[INDEX["nose"], 1] < -0.5 < 0.7 < world[INDEX["left_ankle"], 1]  # y points down
    assert side[INDEX["left_shoulder"], 2] < -0.1 < 0.1 < side[INDEX["right_shoulder"], 2]  # z points away
    assert side[INDEX["nose"], 0] < side[INDEX["left_ear"], 0] - 0.05  # seen from the left, one looks to the left
    assert front[INDEX["left_shoulder"], 0] > 0.1 > -0.1 > front[INDEX["right_shoulder"], 0]  # x points right
    assert front[INDEX["nose"], 2] < -0.05
    thigh_m = np.linalg.norm(side[INDEX["left_hip"]] - side[INDEX["left_knee"]])
    assert thigh_m == pytest.approx(load_body("man").length_m("upperleg01.L", "lowerleg01.L"))


def test_what_is_outside_the_picture_is_not_visible() -> None:
    close = standing(around(distance_m=1.0))
    for name in ("nose", "left_ankle", "right_heel"):
        row = INDEX[name]
        assert close.visibility[row] == 0.0
        assert np.isfinite(close.xy_px[row]).all()
        assert not 0.0 <= close.xy_px[row, 1] < 480.0
    assert close.visibility[INDEX["left_hip"]] == 1.0


def hinged(body: str, spine_deg: float, yaw_deg: float = 0.0, looseness_m: float = 0.0) -> float:
    bent = posture(
        trunk=60, thigh=50, shank=-10, lumbar=0.6 * spine_deg, thoracic=0.4 * spine_deg, upper_arm=0, forearm=0
    )
    figure = pose(load_body(body, None, looseness_m), bent)
    stand_on_feet(figure)
    one = pose_of(figure, around(yaw_deg))
    assert one.torso is not None
    assert one.torso.side == "left"
    assert one.torso.sharpness[1] > 0.9
    return back_curvature(one.torso, dorsal_row(Orientation("side", yaw_deg, -1, "left")))


@pytest.mark.parametrize("yaw_deg", [0.0, 15.0, 30.0])
@pytest.mark.parametrize("body", [*BODIES, "man+woman", "woman+heavy"])
def test_back_curvature_rises_by_about_0_011_per_10_degrees_of_spine_flexion(body: str, yaw_deg: float) -> None:
    curvatures = [hinged(body, spine_deg, yaw_deg) for spine_deg in (0.0, 10.0, 20.0, 30.0, 40.0)]
    steps = np.diff(curvatures)
    assert steps.min() >= 0.007
    assert steps.max() <= 0.016
    assert 0.008 <= steps.mean() <= 0.014


@pytest.mark.parametrize("body", BODIES)
def test_a_loose_shirt_hides_the_hollow_of_the_back_and_not_its_rounding(body: str) -> None:
    tight, loose = hinged(body, 0.0), hinged(body, 0.0, looseness_m=0.05)
    assert loose > tight + 0.015
    assert hinged(body, 40.0, looseness_m=0.05) - loose >= 0.03


def test_the_outline_is_where_the_body_ends() -> None:
    figure = pose(load_body("man"), posture())
    stand_on_feet(figure)
    camera = around()
    one = pose_of(figure, camera)
    assert one.torso is not None
    hip, shoulder = one.xy_px[INDEX["left_hip"]], one.xy_px[INDEX["left_shoulder"]]
    chord = shoulder - hip
    middle = hip + chord / 2.0
    spots = camera.project(figure.mesh().vertices)
    level = spots[np.abs((spots - middle) @ chord) / (chord @ chord) < 0.02]
    behind = ((level - middle) @ np.array([-chord[1], chord[0]])).max() / (chord @ chord)
    assert one.torso.edges[1, 20] == pytest.approx(behind, abs=0.01)  # 1 px


def report_on(body: str, fault: str | None) -> tuple[int, float]:
    """Return how many reps the engine counted, and by how much the back rounded in the middle one (rule DL-01)."""
    session = Session(load_exercise("deadlift"))
    for one, _ in true_poses("deadlift", body=body, fault=fault):
        session.update(one)
    report = session.finish()
    [rounding] = [finding.value for finding in report.findings if (finding.rule, finding.rep) == ("DL-01", 2)]
    assert rounding is not None
    return len(report.reps), rounding


@pytest.mark.parametrize("body", BODIES)
def test_the_engine_counts_true_poses_and_sees_a_back_round_in_them(body: str) -> None:
    reps, neutral = report_on(body, None)
    reps_rounded, rounded = report_on(body, "rounded")
    assert (reps, reps_rounded) == (3, 3)
    assert rounded - neutral > 0.02


def test_mistakes_are_told_before_the_first_pose() -> None:
    with pytest.raises(UserError, match="yoga"):
        true_poses("yoga")
    with pytest.raises(UserError, match="0 to 90 degrees"):
        true_poses("plank", yaw_deg=-1.0)
