"""Motions keep their contact with the ground, stay in the picture, and go as wrong as they say."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX
from formcheck.errors import ExerciseError
from formcheck.evaluation.rendered_studies.scenes import exercise_of
from formcheck.exercise.load import catalogue, load_exercise
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
UNTRUE_SHOULDERS = "how far shoulders roll forward or up is no part of the rendered body"
SHORT = "every hold is short"
NOT_RENDERED = {
    "BD-09": "hips that shift sideways are rendered for the squat",
    "BD-11": "nobody trembles",
    "BD-12": SHORT,
    "BD-13": "arm and leg of one side are never a fault",
    "BE-06": "nobody trembles",
    "BR-05": UNTRUE_SHOULDERS,
    "CP-06": SHORT,
    "DF-07": "nobody sits for a long time",
    "DL-06": "a start so upright is no rep: the trunk never leans 45 degrees",
    "DL-13": "both hands hold one bar that stays level",
    "DL-14": "hips that shift sideways are rendered for the squat",
    "DS-02": "a head that looks down is rendered for the camera above the screen",
    "DS-05": UNTRUE_SHOULDERS,
    "DS-09": "nobody sits for a long time",
    "LF-03": "a stoop is a matter of style and never a fault",
    "LF-07": "a turn is never a fault, as a camera at the side hardly sees it",
    "LU-07": "one hip bone of the rendered body cannot drop without the other",
    "PF-02": "one hip bone of the rendered body cannot drop without the other",
    "PL-08": SHORT,
    "PS-05": UNTRUE_SHOULDERS,
    "PS-06": "a back that has changed is never a fault",
    "QT-03": SHORT,
    "QT-04": "the hand on the floor would leave its place",
    "SP-07": SHORT,
    "SP-08": "one hold a film has no other side",
    "SQ-07": "knees ahead of the toes are never a fault",
    "SR-06": UNTRUE_SHOULDERS,
    "ST-07": SHORT,
    "ST-08": "sides that differ are never a fault",
}
"""Rules that no fault is rendered for."""
WARNED_ONLY = {"BE-08", "WK-05", "WK-07"}
"""Rules that a fault is rendered for although they only ever warn."""
SHOWN_DEG = {
    ("desk_side", "head_forward"): (20.8, 40.4),
    ("desk_side", "reaching"): (27.9, 60.5),
    ("desk_side", "seat_low"): (24.3, 48.6),
    ("walking", "head_forward"): (20.8, 40.4),
    ("desk_front", "head_forward"): (11.0, 21.8),
    ("desk_front", "chin_down"): (16.8, 33.7),
    ("standing_side", "head_forward"): (20.8, 40.4),
    ("standing_side", "hips_forward"): (5.4, 10.8),
    ("bent_over_row", "knees_locked"): (15.0, 26.0),
    ("seated_row", "reach_far"): (20.8, 42.8),
    ("seated_row", "knees_locked"): (20.0, 35.9),
    ("floor_lift", "hips_first"): (13.3, 26.5),
    ("child_pose", "chest_high"): (18.3, 41.3),
}
"""By how much faults of several joints at once, and of knees that end straight, change the angle that shows them, at
half and at full severity."""
IN_PICTURE = {
    "desk_front": ["nose", "left_ear", "right_ear", "left_shoulder", "right_shoulder"],
}
"""What a laptop sees of somebody; all others are in the picture as a whole."""
FROM_THE_SIDE_ONLY = {"desk_side", "quadruped_twist"}
"""Filmed so near that a camera turned by 60 degrees and more cuts off feet or hands."""


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
    if exercise in FROM_THE_SIDE_ONLY and yaw_deg > 30.0:
        assert "side" in load_exercise(exercise).views
        return
    motion = find_motion(exercise, load_body(body))
    camera = Camera.around(
        motion.target_m, yaw_deg=yaw_deg, distance_m=motion.distance_m, height_m=motion.height_m, size_px=(640, 480)
    )
    for figure in key_figures(motion, body):
        seen = [figure.point_m(name) for name in IN_PICTURE.get(exercise, [])]
        spots = camera.project(np.array(seen) if seen else figure.mesh().vertices)
        assert (spots > [20, 15]).all()
        assert (spots < [620, 465]).all()


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize(("exercise", "fault"), [v for v in FAULTS if fault_of(*v).shows_in])
def test_a_fault_is_as_strong_as_it_says(exercise: str, fault: str, share: float) -> None:
    described = fault_of(exercise, fault)
    assert described.shows_in
    severity_deg = share * described.severity_deg
    half, full = SHOWN_DEG.get((exercise, fault), (0.5 * described.severity_deg, described.severity_deg))
    right = series(exercise, described.shows_in)
    wrong = series(exercise, described.shows_in, fault=fault, severity_deg=severity_deg)
    assert np.abs(wrong - right).max() == pytest.approx(full if share == 1.0 else half, abs=1.2, rel=0.05)


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
    rules = {rule.id: rule for rule in load_exercise(exercise_of(exercise)).rules}
    assert described.shows
    for name in described.shows:
        assert described.view in rules[name].views
        only_warns = rules[name].fault_below is None and rules[name].fault_above is None
        assert only_warns == (name in WARNED_ONLY)


@pytest.mark.parametrize("exercise", catalogue())
def test_every_rule_has_a_rendered_fault_or_a_reason(exercise: str) -> None:
    motions = [name for name in MOTIONS if exercise_of(name) == exercise]
    assert motions
    shown = {rule for name in motions for fault in find_motion(name, MAN).faults.values() for rule in fault.shows}
    wanted = {rule.id for rule in load_exercise(exercise).rules if not rule.not_measurable}
    assert wanted - shown == wanted.intersection(NOT_RENDERED)


@pytest.mark.parametrize(("exercise", "fault"), FAULTS)
def test_a_fault_changes_key_poses_or_steps_that_there_are(exercise: str, fault: str) -> None:
    motion, described = find_motion(exercise, MAN), fault_of(exercise, fault)
    assert described.per_degree or described.hurry
    assert set(described.per_degree) <= {*motion.poses, *(step.passing for step in motion.cycle)}
    assert set(described.hurry) <= {step.to for step in motion.cycle}
    assert (described.severity_deg > 0) == bool(described.per_degree)


@pytest.mark.parametrize(("exercise", "fault"), [v for v in FAULTS if fault_of(*v).hurry])
def test_haste_changes_how_long_the_named_steps_take_and_nothing_else(exercise: str, fault: str) -> None:
    right, wrong = find_motion(exercise, MAN), find_motion(exercise, MAN, fault)
    hurry = fault_of(exercise, fault).hurry
    for before, after in zip(right.cycle, wrong.cycle, strict=True):
        assert after == replace(before, move_s=before.move_s / hurry.get(before.to, 1.0))
    assert all(factor != 1.0 for factor in hurry.values())
    if not fault_of(exercise, fault).per_degree:
        assert wrong.poses == right.poses


@pytest.mark.parametrize(("exercise", "fault"), [v for v in FAULTS if "bottom" in fault_of(*v).hurry])
def test_who_drops_takes_a_third_of_a_second(exercise: str, fault: str) -> None:
    down = find_motion(exercise, MAN, fault).cycle[0]
    assert down.to == "bottom"
    assert 0.25 < down.move_s < 0.45


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
