"""The seated twist of rendered people, from their true joints, with the depth that the pose model would give them."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.body.landmarks import index
from formcheck.body.pose import Pose
from formcheck.body.rotation import SEEN_SHARE
from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.clip import true_motion
from formcheck.synth.poses import true_poses

EXERCISE = "seated_twist"
SHOULDERS = [index("shoulder", "left"), index("shoulder", "right")]
HIPS = [index("hip", "left"), index("hip", "right")]
FPS = 10.0


def shallow(pose: Pose) -> Pose:
    """Turn the shoulders back against the hips, in depth only, as far as the pose model fails to see their turn."""
    assert pose.world_m is not None
    world = pose.world_m.copy()
    lines = [world[rows[0]] - world[rows[1]] for rows in (SHOULDERS, HIPS)]
    turn = math.atan2(lines[0][2], lines[0][0]) - math.atan2(lines[1][2], lines[1][0])
    back = -(1.0 - SEEN_SHARE) * turn
    cos, sin = math.cos(back), math.sin(back)
    middle = world[SHOULDERS].mean(axis=0)
    world[SHOULDERS] = middle + (world[SHOULDERS] - middle) @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return replace(pose, world_m=world)


def poses(fault: str | None, body: str) -> Iterator[Pose]:
    return (shallow(pose) for pose, _ in true_poses(EXERCISE, body=body, fault=fault, yaw_deg=90.0, fps=FPS))


@cache
def report(fault: str | None = None, body: str = "man") -> Report:
    return judged(poses(fault, body), EXERCISE)


def faults(of: Report) -> set[str]:
    return {finding.rule for finding in of.findings if finding.verdict == "fault"}


@pytest.mark.parametrize("body", ["man", "woman", "heavy"])
def test_a_good_set_has_one_hold_to_each_side_and_no_fault(body: str) -> None:
    done = report(None, body)
    assert done.view.name == "front"
    assert [hold.side for hold in done.holds] == ["left", "right"]
    assert faults(done) <= {"ST-07"}  # three seconds only
    turns = [finding.value for finding in done.findings if finding.rule == "ST-01"]
    assert turns == pytest.approx([45.0, 45.0], abs=3.0)


def test_each_hold_lasts_about_as_long_as_the_turn_is_kept() -> None:
    held = [truth.t for truth in true_motion(EXERCISE, yaw_deg=90.0, fps=FPS) if truth.phase == "hold"]
    sides = [[t for t in held if t < 8.0], [t for t in held if t > 8.0]]
    for hold, kept in zip(report().holds, sides, strict=True):
        assert hold.t_start == pytest.approx(kept[0], abs=0.4)
        assert hold.t_end == pytest.approx(kept[-1] + 1.0 / FPS, abs=0.4)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("small_turn", "ST-01"),
        ("leaning", "ST-03"),
        ("slumping", "ST-04"),
        ("shoulders_uneven", "ST-05"),
        ("too_fast", "ST-06"),
    ],
)
def test_every_fault_is_found(fault: str, rule: str) -> None:
    assert rule in faults(report(fault))


def test_a_turn_of_the_hips_is_said_to_be_not_measurable() -> None:
    verdicts = {finding.verdict for finding in report("hips_turn").findings if finding.rule == "ST-02"}
    assert verdicts == {"unseen"}


def test_sides_are_compared_once_for_the_set() -> None:
    (finding,) = [finding for finding in report().findings if finding.rule == "ST-08"]
    assert finding.rep is None
    assert finding.verdict == "met"
    assert finding.value == pytest.approx(0.0, abs=2.0)
