"""Whole sets of stick figures: a good one finds no fault, and every fault that is put in is found.

How far a fault goes is taken from the exercise file: one and a half error budgets beyond its fault edge.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.stick import ALL_FOURS_TRUNK, SIZE_PX, Body, Limbs, all_fours, eased, film, hinge, plank

from formcheck import Report, Session, load_exercise
from formcheck.body import MEASURES
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.exercise.spec import Rule

Bodies = Callable[[float], list[Body]]

REPS = eased((1.5, 0.0), *[(2.2, 1.0), (0.8, 1.0), (2.6, 0.0), (1.2, 0.0)] * 3)
HOLD = eased((2.5, 0.0), (1.0, 1.0), (9.0, 1.0), (1.0, 0.0), (1.5, 0.0))
PLACES: dict[str, tuple[str, float, float]] = {
    "deadlift": ("ankle", 640.0, 660.0),
    "romanian_deadlift": ("ankle", 640.0, 660.0),
    "bird_dog": ("hip", 640.0, 400.0),
    "plank": ("elbow", 900.0, 560.0),
    "squat": ("ankle", 640.0, 660.0),
}
"""Which joint rests where in the picture."""
EXERCISES = {"DL": "deadlift", "RD": "romanian_deadlift", "BD": "bird_dog", "PL": "plank", "SQ": "squat"}


@cache
def rule_of(rule_id: str) -> Rule:
    exercise = EXERCISES[rule_id[:2]]
    return next(rule for rule in load_exercise(exercise).rules if rule.id == rule_id)


def beyond(rule_id: str, *, low: bool = False) -> float:
    """Return a value that is certainly a fault."""
    rule = rule_of(rule_id)
    margin = 1.5 * (0.1 if rule.reduce == "duration" else MEASURES[rule.measure].budget)
    edge = rule.fault_below if low else rule.fault_above
    assert edge is not None
    return edge - margin if low else edge + margin


def run(name: str, bodies: Iterable[Body], facing: int = 1) -> Report:
    joint, x_px, y_px = PLACES[name]
    at_px = (x_px if facing > 0 else SIZE_PX[0] - x_px, y_px)
    return follow(name, film(bodies, facing=facing, planted=joint, at_px=at_px))


def follow(name: str, poses: Iterable[Pose]) -> Report:
    session = Session(load_exercise(name))
    for pose in poses:
        session.update(pose)
    return session.finish()


def faults(report: Report) -> list[set[str]]:
    """Return the certain faults of every rep or hold."""
    parts = report.reps or report.holds
    return [{f.rule for f in part.findings if f.verdict == "fault" and not f.borderline} for part in parts]


# -- good sets --------------------------------------------------------------------------------------------------------


def lift(
    d: float, hand: float = 0.2, bottom: float = 60.0, knee: float = 66.0, top: float = 0.0, back: float = 0.0
) -> Body:
    return hinge(top + (bottom - top) * d, 4.0 + (knee - 4.0) * d, 1.0 + 9.0 * d, hand_ahead=hand, back=back)


def fold(
    d: float,
    hand: float = 0.12,
    bottom: float = 75.0,
    knee: float = 22.0,
    shank: float = -6.0,
    top: float = 0.0,
    back: float = 0.0,
) -> Body:
    return hinge(top + (bottom - top) * d, 4.0 + (knee - 4.0) * d, shank * d, hand_ahead=hand, back=back)


def sit(
    d: float,
    trunk: float = 38.0,
    knee: float = 118.0,
    shank: float = 30.0,
    top_knee: float = 4.0,
    top_shank: float = 1.0,
    back: float = 0.0,
) -> Body:
    """Return somebody between standing (0) and a squat (1), arms stretched forward."""
    shin = top_shank + (shank - top_shank) * d
    bend = top_knee + (knee - top_knee) * d
    return Body.even(trunk * d, Limbs(hip=trunk * d - shin + bend, knee=bend, arm=90.0 * d + trunk * d), back=back)


def planks(sag: float = 0.0, seconds: float = 22.0) -> list[Body]:
    """Return a plank that is entered from all fours and left again."""
    kneel = Body.even(40.0, Limbs(hip=90.0, knee=110.0, arm=40.0, elbow=90.0, foot=180.0))
    return [*[kneel] * 45, *[plank(sag)] * round(seconds * 30), *[kneel] * 45]


GOOD: dict[str, list[Body]] = {
    "deadlift": [lift(d) for d in REPS],
    "romanian_deadlift": [fold(d) for d in REPS],
    "bird_dog": [all_fours(d) for d in HOLD],
    "plank": planks(-2.0),
    "squat": [sit(d) for d in REPS],
}


COUNTED = {"deadlift": 3, "romanian_deadlift": 3, "bird_dog": 1, "plank": 1, "squat": 3}


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_set_is_counted_and_has_no_fault(name: str, facing: int) -> None:
    report = run(name, GOOD[name], facing)
    assert len(report.reps or report.holds) == COUNTED[name]
    assert report.attempts == ()
    assert not any(faults(report))
    assert report.score.value is not None
    assert report.score.value >= 95
    assert report.score.coverage >= 0.95
    assert report.cues == ()


# -- faults put in ----------------------------------------------------------------------------------------------------


def tilted(body: Body, head: float) -> Body:
    return replace(body, head=head)


def limbs(body: Body, **change: float) -> Body:
    """Return the body with the same change of both sides."""
    return replace(body, left=replace(body.left, **change), right=replace(body.right, **change))


def bent_arms(body: Body, elbow: float) -> Body:
    return limbs(body, elbow=elbow, arm=body.left.arm - elbow / 2)


def hips_first(extra: float) -> list[Body]:
    """Start with deep knees; in the first half of each pull they stretch while the trunk falls forwards by `extra`."""
    stages = ((2.2, 1.0), (0.8, 1.0), (1.5, 2.0), (2.5, 3.0), (1.2, 3.0))
    bodies = [lift(0.0)] * 45
    for _ in range(3):
        for at in eased((0.0 + 1 / 30, 0.0), *stages):
            trunk, knee, shank = (
                float(np.interp(at, (0.0, 1.0, 2.0, 3.0), levels))
                for levels in ((0.0, 52.0, 52.0 + extra, 0.0), (4.0, 95.0, 20.0, 4.0), (1.0, 20.0, 3.0, 1.0))
            )
            bodies.append(hinge(trunk, knee, shank, hand_ahead=0.2))
    return bodies


def hips_first_from_a_squat(extra: float) -> list[Body]:
    """In the first part of each way up the knees stretch while the trunk falls forwards by `extra`."""
    stages = ((2.2, 1.0), (0.8, 1.0), (1.0, 2.0), (1.6, 3.0), (1.2, 3.0))
    bodies = [sit(0.0)] * 45
    for _ in range(3):
        for at in eased((0.0 + 1 / 30, 0.0), *stages):
            trunk, knee, shank = (
                float(np.interp(at, (0.0, 1.0, 2.0, 3.0), levels))
                for levels in ((0.0, 38.0, 38.0 + extra, 0.0), (4.0, 118.0, 96.0, 4.0), (1.0, 30.0, 24.0, 1.0))
            )
            bodies.append(sit(1.0, trunk, knee, shank))
    return bodies


def folding(lean: float) -> list[Body]:
    """Lean furthest on the way down, and come up a little at the bottom."""
    return [sit(1.0, float(np.interp(d, (0.0, 0.7, 1.0), (0.0, lean, 45.0))), 4 + 114 * d, 1 + 29 * d) for d in REPS]


def rounding(body: Callable[..., Body], rule_id: str) -> Bodies:
    """Let the back round below a shallow hinge; at work depth the curve is what is asked for."""
    return lambda v: [body(d, back=v * min(1.0, max(0.0, (d - 0.5) / 0.3))) for d in REPS]


def at_speed(down_s: float, up_s: float) -> list[float]:
    return eased((1.5, 0.0), *[(down_s, 1.0), (0.8, 1.0), (up_s, 0.0), (1.2, 0.0)] * 3)


def same_side() -> list[Body]:
    """Lift the leg and the arm of the far side."""
    bodies = []
    for d in HOLD:
        body = all_fours(d, arm=0.0, lifted="left")
        bodies.append(replace(body, left=replace(body.left, arm=ALL_FOURS_TRUNK + 90.0 * d)))
    return bodies


def hands_ahead(off: float) -> list[Body]:
    """Set both hands ahead of the shoulders by `off` trunk lengths while kneeling, and reach out from there."""
    forward = math.degrees(math.asin(off / 1.14))
    bodies = []
    for d in HOLD:
        body = all_fours(d)
        bodies.append(limbs(body, arm=body.left.arm + forward) if d == 0.0 else body)
    return bodies


FAULTS: list[tuple[str, bool, Bodies]] = [
    ("DL-01", False, rounding(lift, "DL-01")),
    ("DL-02", False, rounding(lift, "DL-02")),
    ("DL-03", False, lambda v: hips_first(1.5 * v)),
    ("DL-04", False, lambda v: [lift(d, hand=v) for d in REPS]),
    ("DL-05", False, lambda v: [lift(d, hand=0.2 + (v + 0.2) * d) for d in REPS]),
    ("DL-07", True, lambda v: [lift(d, knee=max(v, 3.0)) for d in REPS]),
    ("DL-08", False, lambda v: [limbs(lift(d), hip=lift(d).left.hip + v * (1.0 - d)) for d in REPS]),
    ("DL-09", True, lambda v: [lift(d, top=v) for d in REPS]),
    ("DL-10", False, lambda v: [bent_arms(lift(d), v) for d in REPS]),
    ("DL-11", True, lambda v: [tilted(lift(d), v) for d in REPS]),
    ("RD-01", False, rounding(fold, "RD-01")),
    ("RD-02", False, lambda v: [fold(d, knee=2.0 * v, shank=20.0) for d in REPS]),  # judged half-way
    ("RD-04", False, lambda v: [fold(d, shank=v, knee=60.0, bottom=58.0) for d in REPS]),
    ("RD-06", False, lambda v: [fold(d, hand=v) for d in REPS]),
    ("RD-07", True, lambda v: [fold(d, top=v) for d in at_speed(2.0, 1.2)]),
    ("RD-08", True, lambda v: [tilted(fold(d), v) for d in REPS]),
    ("RD-09", True, lambda v: [fold(d) for d in at_speed(v, 2.0)]),
    ("RD-10", False, lambda v: [fold(d, knee=22.0 + 2.0 * v * max(0.0, d - 0.5)) for d in REPS]),
    ("SQ-01", True, lambda v: [sit(d, trunk=28.0, knee=v + 20.0, shank=20.0) for d in REPS]),
    ("SQ-02", False, lambda v: [sit(d, trunk=20.0 + v, knee=106.0, shank=20.0) for d in REPS]),
    ("SQ-03", False, folding),
    ("SQ-04", False, lambda v: hips_first_from_a_squat(1.3 * v)),
    ("SQ-05", False, lambda v: [sit(d, back=v * min(1.0, max(0.0, (d - 0.8) / 0.1))) for d in REPS]),
    ("SQ-06", False, lambda v: [limbs(sit(d), foot=90.0 + d * math.degrees(math.asin(v))) for d in REPS]),
    ("SQ-10", True, lambda v: [sit(d) for d in at_speed(v, 2.0)]),
    ("SQ-11", False, lambda v: [sit(d, top_knee=v, top_shank=12.0) for d in REPS]),
    ("SQ-12", True, lambda v: [tilted(sit(d), v * d) for d in REPS]),
    ("BD-01", False, lambda v: [all_fours(d, elevation=v) for d in HOLD]),
    ("BD-02", True, lambda v: [all_fours(d, elevation=v) for d in HOLD]),
    ("BD-03", False, lambda v: [replace(b, left=replace(b.left, knee=max(b.left.knee, v))) for b in GOOD["bird_dog"]]),
    ("BD-04", True, lambda v: [all_fours(d, arm=d * (1.0 + v / 90.0)) for d in HOLD]),
    ("BD-05", False, lambda v: [replace(all_fours(d), trunk=ALL_FOURS_TRUNK + v * d) for d in HOLD]),
    ("BD-07", False, lambda v: [replace(all_fours(d), back=v * d) for d in HOLD]),
    ("BD-10", False, lambda v: [tilted(all_fours(d), v * d) for d in HOLD]),
    ("BD-10", True, lambda v: [tilted(all_fours(d), v * d) for d in HOLD]),
    (
        "BD-12",
        True,
        lambda v: [all_fours(d) for d in eased((2.5, 0.0), (0.4, 1.0), (v - 0.7, 1.0), (0.4, 0.0), (1.5, 0.0))],
    ),
    ("BD-14", False, hands_ahead),
    ("PL-01", True, lambda v: planks(sag=math.degrees(math.asin(-v * 2.68**2 / 1.68)))),
    ("PL-02", False, lambda v: planks(sag=-math.degrees(math.asin(v * 2.68**2 / 1.68)))),
    (
        "PL-03",
        False,
        lambda v: [limbs(b, arm=b.left.arm + math.degrees(math.asin(v / 0.6)) * (b.trunk > 60)) for b in planks()],
    ),
    ("PL-04", False, lambda v: [tilted(b, v * (b.trunk > 60)) for b in planks()]),
    ("PL-04", True, lambda v: [tilted(b, v * (b.trunk > 60)) for b in planks()]),
    ("PL-05", False, lambda v: [limbs(b, knee=v, hip=b.left.hip + 0.5 * v) if b.trunk > 60 else b for b in planks()]),
    ("PL-08", True, lambda v: planks(seconds=v)),
]


@pytest.mark.parametrize(
    ("rule_id", "low", "bodies"), FAULTS, ids=[f"{r}{'-low' if low else ''}" for r, low, _ in FAULTS]
)
def test_a_fault_that_was_put_in_is_found(rule_id: str, low: bool, bodies: Bodies) -> None:
    exercise = EXERCISES[rule_id[:2]]
    report = run(exercise, bodies(beyond(rule_id, low=low)))
    found = faults(report)
    assert len(found) == COUNTED[exercise]
    assert all(rule_id in part for part in found)
    rule = rule_of(rule_id)
    if rule.severity == "safety":
        assert report.cues[0].text in {rule_of(r).cue for part in found for r in part}
        assert report.score.value is None or report.score.value <= 60


# -- from the front ---------------------------------------------------------------------------------------------------


def squats_from_the_front(cave: float = 0.0, shift: float = 0.0) -> Iterator[Pose]:
    """Yield squats; knees come together by `cave` of their distance, hips go aside by `shift` of their width."""
    joint, *at_px = PLACES["squat"]
    for d, pose in zip(REPS, film(GOOD["squat"], yaw_deg=90.0, planted=joint, at_px=tuple(at_px)), strict=True):
        xy_px = pose.xy_px.copy()
        knees, hips = ([INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]] for joint in ("knee", "hip"))
        xy_px[knees, 0] -= cave * d * (xy_px[knees, 0] - xy_px[knees, 0].mean())
        xy_px[hips, 0] += shift * d * abs(xy_px[hips[0], 0] - xy_px[hips[1], 0])
        yield replace(pose, xy_px=xy_px)


def test_a_good_squat_from_the_front_is_counted_and_has_no_fault() -> None:
    report = follow("squat", squats_from_the_front())
    assert report.view.name == "front"
    assert len(report.reps) == 3
    assert not any(faults(report))
    assert {f.rule for f in report.findings if f.verdict == "met"} == {"SQ-08", "SQ-09", "SQ-10"}


@pytest.mark.parametrize(("rule_id", "fault"), [("SQ-08", {"cave": 0.5}), ("SQ-09", {"shift": 0.5})])
def test_a_fault_that_only_the_front_shows_is_found(rule_id: str, fault: dict[str, float]) -> None:
    found = faults(follow("squat", squats_from_the_front(**fault)))
    assert found == [{rule_id}] * 3


# -- the wrong exercise -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["deadlift", "romanian_deadlift", "bird_dog", "plank"])
def test_another_exercise_is_no_squat(name: str) -> None:
    report = run("squat", GOOD[name])
    assert report.reps == ()
    if name == "deadlift":
        assert [a.reason.split(":")[0] for a in report.attempts] == ["looks like another exercise"] * 3


def test_same_side_limbs_are_noticed() -> None:
    report = run("bird_dog", [b.mirrored() for b in same_side()])
    finding = next(f for f in report.holds[0].findings if f.rule == "BD-13")
    assert finding.verdict == "warning"


@pytest.mark.parametrize("lifted", ["left", "right"])
@pytest.mark.parametrize("facing", [1, -1])
def test_bird_dogs_of_both_sides_are_told_apart(lifted: str, facing: int) -> None:
    bodies = [all_fours(d, lifted=lifted) for d in HOLD]  # type: ignore[arg-type]
    report = run("bird_dog", bodies, facing)
    assert [hold.side for hold in report.holds] == [lifted]
    assert not any(faults(report))


def test_most_rules_are_tried() -> None:
    tried = {rule_id for rule_id, _, _ in FAULTS} | {"BD-13"}
    for name in GOOD:
        side = [r for r in load_exercise(name).rules if "side" in r.views]
        assert len([r for r in side if r.id in tried]) >= 0.75 * len(side), name
