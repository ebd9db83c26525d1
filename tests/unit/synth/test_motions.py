"""Motions keep their contact with the ground, stay in the picture, and go as wrong as they say."""

from functools import cache

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX
from formcheck.errors import ExerciseError
from formcheck.exercise.load import load_exercise
from formcheck.synth.body import BODIES, load_body
from formcheck.synth.camera import Camera
from formcheck.synth.clip import true_motion
from formcheck.synth.motions import MOTIONS, find_motion
from formcheck.synth.posing import Figure
from formcheck.synth.timeline import Fault, Motion
from formcheck.synth.truth import Truth

MAN = load_body("man")
FAULTS = [(exercise, fault) for exercise in MOTIONS for fault in find_motion(exercise, MAN).faults]
VARIANTS = [*((exercise, None) for exercise in MOTIONS), *FAULTS]
ON_FLAT_FEET = [v for v in VARIANTS if v[0] in ("deadlift", "romanian_deadlift", "squat") and v[1] != "heels_lift"]
NOT_RENDERED = {
    "DL-06": "a start so upright is no rep: the trunk never leans 45 degrees",
    "SQ-07": "knees ahead of the toes are never a fault",
    "BD-11": "nobody trembles",
    "BD-12": "every hold is short",
    "BD-13": "arm and leg of one side are never a fault",
    "PL-08": "every hold is short",
}
"""Rules for the side view that no fault is rendered for."""


@cache
def truths(exercise: str, **options: object) -> list[Truth]:
    return list(true_motion(exercise, fps=10.0, reps=1, **options))  # type: ignore[arg-type]


def series(exercise: str, name: str, **options: object) -> np.ndarray:
    return np.array([truth.angles[name] for truth in truths(exercise, **options)])


def landmark_tracks(exercise: str, names: list[str], fps: float = 6.0, **options: object) -> np.ndarray:
    rows = [INDEX[name] for name in names]
    return np.array([truth.landmarks_m[rows] for truth in true_motion(exercise, fps=fps, reps=1, **options)])  # type: ignore[arg-type]


def key_figures(motion: Motion, body: str) -> list[Figure]:
    return [motion.figure(load_body(body), base) for base in motion.poses.values()]


def fault_of(exercise: str, fault: str) -> Fault:
    return find_motion(exercise, MAN).faults[fault]


def key_figure(exercise: str, key: str, fault: str | None = None) -> Figure:
    motion = find_motion(exercise, MAN, fault)
    return motion.figure(MAN, motion.poses[key])


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("exercise", "fault"), ON_FLAT_FEET)
def test_feet_stay_where_they_stand(exercise: str, fault: str | None, body: str) -> None:
    tracks = landmark_tracks(exercise, ["left_heel", "right_heel", "left_foot_index"], fps=2.5, fault=fault, body=body)
    sideways = fault is not None and fault_of(exercise, fault).view == "front"
    assert np.ptp(tracks, axis=0).max() < (0.02 if sideways else 0.002)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("fault", [None, "sagging", "piked"])
def test_elbows_and_toes_stay_on_the_floor_in_a_plank(fault: str | None, body: str) -> None:
    tracks = landmark_tracks("plank", ["left_elbow", "right_elbow", "left_foot_index"], fault=fault, body=body)
    assert np.ptp(tracks[:, :, 1:], axis=0).max() < 0.006
    assert tracks[:, :2, 2] == pytest.approx(0.045, abs=0.006)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("fault", [None, *(f for e, f in FAULTS if e == "bird_dog" and f != "hands_ahead")])
def test_the_supporting_hand_and_knee_do_not_move_in_a_bird_dog(fault: str | None, body: str) -> None:
    film = list(true_motion("bird_dog", fps=3.0, fault=fault, body=body))
    half = len(film) // 2  # first half: the left leg and the right arm are free
    for part, side, leg in ((film[:half], "left", "right"), (film[half + 3 :], "right", "left")):
        points = np.array([t.landmarks_m[[INDEX[f"{side}_wrist"], INDEX[f"{leg}_knee"]]] for t in part])
        assert np.ptp(points, axis=0).max() < 0.01
        assert points[:, 0, 2] == pytest.approx(0.065, abs=0.01)
        assert points[:, 1, 1:] == pytest.approx(np.tile([0.0, 0.055], (len(points), 1)), abs=0.002)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", MOTIONS)
def test_nobody_floats_or_sinks_into_the_floor(exercise: str, body: str) -> None:
    for figure in key_figures(find_motion(exercise, load_body(body)), body):
        assert -0.03 < figure.mesh().vertices[:, 2].min() < 0.005


@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 60.0, 90.0])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", MOTIONS)
def test_the_whole_body_is_in_the_picture_with_a_margin(exercise: str, body: str, yaw_deg: float) -> None:
    motion = find_motion(exercise, load_body(body))
    camera = Camera.around(
        motion.target_m, yaw_deg=yaw_deg, distance_m=motion.distance_m, height_m=motion.height_m, size_px=(640, 480)
    )
    for figure in key_figures(motion, body):
        spots = camera.project(figure.mesh().vertices)
        assert (spots > [20, 15]).all()
        assert (spots < [620, 465]).all()


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize(("exercise", "fault"), [v for v in FAULTS if fault_of(*v).shows_in])
def test_a_fault_is_as_strong_as_it_says(exercise: str, fault: str, share: float) -> None:
    described = fault_of(exercise, fault)
    assert described.shows_in
    severity_deg = share * described.severity_deg
    right = series(exercise, described.shows_in)
    wrong = series(exercise, described.shows_in, fault=fault, severity_deg=severity_deg)
    assert np.abs(wrong - right).max() == pytest.approx(severity_deg, abs=1.2, rel=0.05)


@pytest.mark.parametrize("body", BODIES)
def test_planks_sag_and_pike_far_enough_and_long_enough(body: str) -> None:
    for fault, limit in (("sagging", -0.08), ("piked", 0.13)):
        deviation = series("plank", "body_line_deviation", fault=fault, body=body)
        beyond = np.flatnonzero(deviation / limit >= 1.0) / 10.0
        assert beyond[0] >= 1.5
        assert beyond[-1] - beyond[0] >= 3.0
    assert np.abs(series("plank", "body_line_deviation", body=body)).max() < 0.005


@pytest.mark.parametrize("exercise", ["deadlift", "romanian_deadlift"])
def test_a_rounded_back_leaves_trunk_and_hips_alone(exercise: str) -> None:
    for name in ("trunk_inclination", "left_hip_flexion", "left_knee_flexion"):
        assert series(exercise, name, fault="rounded") == pytest.approx(series(exercise, name), abs=1.0)


def test_stated_end_positions() -> None:
    assert series("deadlift", "trunk_inclination", fault="lean_back").min() == pytest.approx(-20.0, abs=0.5)
    assert series("romanian_deadlift", "left_knee_flexion", fault="squatting").max() == pytest.approx(65.0, abs=1.0)
    assert series("romanian_deadlift", "trunk_inclination", fault="shallow").max() == pytest.approx(51.0, abs=0.5)
    assert series("squat", "left_knee_flexion").max() == pytest.approx(121.0, abs=0.5)
    assert series("squat", "trunk_inclination").max() == pytest.approx(40.6, abs=0.5)
    assert series("bird_dog", "left_leg_elevation").max() == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize(("exercise", "fault"), FAULTS)
def test_a_fault_names_rules_that_its_view_shows(exercise: str, fault: str) -> None:
    described = fault_of(exercise, fault)
    rules = {rule.id: rule for rule in load_exercise(exercise).rules}
    assert described.shows
    for name in described.shows:
        assert described.view in rules[name].views
        assert rules[name].fault_below is not None or rules[name].fault_above is not None


@pytest.mark.parametrize("exercise", MOTIONS)
def test_every_rule_for_the_side_view_has_a_rendered_fault(exercise: str) -> None:
    shown = {name for fault in find_motion(exercise, MAN).faults.values() for name in fault.shows}
    wanted = {rule.id for rule in load_exercise(exercise).rules if "side" in rule.views and not rule.not_measurable}
    assert wanted - shown == {name for name in NOT_RENDERED if name in wanted}


@pytest.mark.parametrize(("exercise", "fault"), FAULTS)
def test_a_fault_changes_key_poses_or_steps_that_there_are(exercise: str, fault: str) -> None:
    motion, described = find_motion(exercise, MAN), fault_of(exercise, fault)
    assert described.per_degree or described.hurry
    assert set(described.per_degree) <= {*motion.poses, *(step.passing for step in motion.cycle)}
    assert set(described.hurry) <= {step.to for step in motion.cycle}
    assert (described.severity_deg > 0) == bool(described.per_degree)


@pytest.mark.parametrize(("exercise", "fault"), [v for v in FAULTS if fault_of(*v).hurry])
def test_haste_shortens_the_way_down_and_nothing_else(exercise: str, fault: str) -> None:
    right, wrong = find_motion(exercise, MAN), find_motion(exercise, MAN, fault)
    down, *others = zip(right.cycle, wrong.cycle, strict=True)
    assert down[1].move_s == down[0].move_s / fault_of(exercise, fault).hurry["bottom"]
    assert 0.25 < down[1].move_s < 0.45
    assert all(a == b for a, b in others)
    assert wrong.poses == right.poses


@pytest.mark.parametrize("exercise", ["deadlift", "romanian_deadlift"])
def test_a_bar_held_away_is_away(exercise: str) -> None:
    def ahead_m(fault: str | None) -> float:
        figure = key_figure(exercise, "bottom", fault)
        return float(figure.middle_m("ankle")[1] - figure.middle_m("wrist")[1])

    assert ahead_m(None) == pytest.approx(0.145, abs=0.02)
    assert 0.35 < ahead_m("bar_away") < 0.45


def test_heels_lift_off_the_floor_while_the_toes_stay_on_it() -> None:
    figure = key_figure("squat", "bottom", "heels_lift")
    assert figure.lowest_sole_m() == pytest.approx(0.0, abs=1e-6)
    rise_m = figure.point_m("left_heel")[2] - key_figure("squat", "bottom").point_m("left_heel")[2]
    assert 0.07 < rise_m < 0.12


def test_knees_cave_in_between_the_feet() -> None:
    def apart(joint: str, fault: str | None) -> float:
        figure = key_figure("squat", "bottom", fault)
        return float(figure.point_m(f"left_{joint}")[0] - figure.point_m(f"right_{joint}")[0])

    assert 0.7 < apart("knee", None) / apart("ankle", None) < 1.0
    assert 0.1 < apart("knee", "knees_cave") / apart("ankle", "knees_cave") < 0.5


def test_hips_shift_by_more_than_half_of_their_width() -> None:
    figure = key_figure("squat", "bottom", "hips_shift")
    width_m = figure.point_m("left_hip")[0] - figure.point_m("right_hip")[0]
    aside_m = figure.middle_m("hip")[0] - figure.middle_m("ankle")[0]
    assert 0.5 < abs(aside_m) / width_m < 1.0
    assert figure.point_m("left_hip")[2] == pytest.approx(figure.point_m("right_hip")[2], abs=0.01)


@pytest.mark.parametrize(
    ("exercise", "key", "fault", "sign"),
    [
        ("deadlift", "bottom", "neck_back", -1),
        ("romanian_deadlift", "bottom", "neck_back", -1),
        ("squat", "bottom", "neck_back", -1),
        ("bird_dog", "left_leg", "head_up", -1),
        ("bird_dog", "left_leg", "head_drop", 1),
        ("plank", "held", "head_up", -1),
        ("plank", "held", "head_drop", 1),
    ],
)
def test_heads_tip_the_way_they_say(exercise: str, key: str, fault: str, sign: int) -> None:
    def inclination_deg(fault: str | None) -> float:
        figure = key_figure(exercise, key, fault)
        _, back, up = figure.middle_m("ear") - figure.middle_m("shoulder")
        return float(np.degrees(np.arctan2(-back, up)))

    assert sign * (inclination_deg(fault) - inclination_deg(None)) > 20.0


@pytest.mark.parametrize(("fault", "poses"), [("support_ahead", ["straight", "held"]), ("shoulders_sink", ["held"])])
def test_elbows_stand_ahead_of_the_shoulders(fault: str, poses: list[str]) -> None:
    for key in ("straight", "held"):
        figure = key_figure("plank", key, fault)
        ahead_m = figure.middle_m("shoulder")[1] - figure.middle_m("elbow")[1]
        assert (ahead_m > 0.12) == (key in poses)
        assert figure.middle_m("elbow")[2] == pytest.approx(0.045, abs=0.01)


def test_each_side_of_a_bird_dog_is_held_for_three_seconds() -> None:
    held = {"left": 0.0, "right": 0.0}
    for truth in truths("bird_dog"):
        for side in held:
            level = truth.angles[f"{side}_leg_elevation"] > -5.0 and truth.phase == "hold"
            held[side] += level / 10.0
    assert held["left"] >= 3.0
    assert held["right"] >= 3.0


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("fault", [None, *find_motion("deadlift", MAN).faults])
def test_the_bar_rests_on_the_floor_before_each_pull_and_never_goes_below(fault: str | None, body: str) -> None:
    person = load_body(body)
    motion = find_motion("deadlift", person, fault)
    equipment = motion.equip(person, motion)
    lowest, resting_s = [], 0.0
    for t in np.arange(0.0, motion.duration_s(2), 0.1):
        moment = motion.at(float(t), 2)
        [bar] = equipment(motion.figure(person, moment.posture), moment)
        lowest.append(bar.vertices[:, 2].min())
        resting_s += 0.1 * (moment.phase == "turn" and abs(lowest[-1]) < 0.002)
    assert min(lowest) > -0.003
    assert max(lowest) > 0.4
    assert resting_s == pytest.approx(1.0, abs=0.21)
    assert lowest[0] == pytest.approx(0.0, abs=0.002)  # the first time it is picked up from the floor


def test_a_deadlift_starts_standing_and_tells_its_phases() -> None:
    film = list(true_motion("deadlift", fps=10.0, reps=2))
    assert film[0].angles["trunk_inclination"] < 5.0
    order = [truth.phase for i, truth in enumerate(film) if i == 0 or truth.phase != film[i - 1].phase]
    assert order == ["rest", *(["eccentric", "turn", "concentric", "rest"] * 2)]
    assert max(truth.rep for truth in film) == 2
    turn = [truth.angles["trunk_inclination"] for truth in film if truth.phase == "turn"]
    assert turn == pytest.approx([73.0] * len(turn), abs=0.5)


def test_motion_is_smooth() -> None:
    tracks = landmark_tracks("bird_dog", ["left_wrist", "right_wrist", "left_ankle", "right_ankle"])
    assert np.linalg.norm(np.diff(tracks, axis=0), axis=2).max() < 3.0 / 6.0  # no point is faster than 3 m/s


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ExerciseError, match=r"'curl'.*deadlift"):
        find_motion("curl", MAN)
    with pytest.raises(ExerciseError, match=r"'plank' has no fault 'rounded'.*sagging"):
        find_motion("plank", MAN, "rounded")
