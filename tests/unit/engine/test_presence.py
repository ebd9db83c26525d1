"""Sitting, standing, walking, away."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_poses import nobody, sitting

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.body.view import ViewName
from formcheck.engine.presence import MEASURES, Place, Presence, State, hand_at_the_head, place_of

NOTHING = dict.fromkeys(MEASURES, float("nan"))


def _place(pose: Pose) -> Place:
    place = place_of(pose, "front")
    assert place is not None
    return place


class Room:
    """A presence with poses, two a second."""

    def __init__(self, view: ViewName = "front") -> None:
        self.presence, self.view, self.t = Presence(), view, 0.0
        self.states: list[tuple[float, State]] = []

    def show(self, seconds: float, pose: Pose | None = None, **values: float) -> State:
        """Show a pose (nobody where left out) with measures."""
        for _ in range(round(2 * seconds)):
            self.t += 0.5
            seen = nobody(self.t) if pose is None else replace(pose, t=self.t)
            if self.presence.update(seen, {**NOTHING, **values}, self.view):
                self.states.append((self.t, self.presence.state))
        return self.presence.state

    def settled(self) -> "Room":
        """Sit until the usual place is known."""
        self.show(10.0, sitting(0.0))
        self.presence.sits_at(_place(sitting(0.0)))
        return self


def test_somebody_before_a_webcam_sits_after_three_seconds() -> None:
    room = Room()
    room.show(10.0, sitting(0.0))
    assert room.states == [(3.5, "sitting")]


def test_nobody_for_ten_seconds_is_away() -> None:
    room = Room().settled()
    assert room.show(9.5) == "sitting"
    assert room.show(1.0) == "away"


def test_the_usual_place_follows_within_a_minute_and_not_at_once() -> None:
    presence, lower = Presence(), Place(300.0, 300.0, 200.0)
    presence.sits_at(Place(300.0, 200.0, 200.0))
    heights = []
    for _ in range(6):
        presence.sits_at(lower)
        assert presence.usual is not None
        heights.append(presence.usual.y)
    assert heights[0] == pytest.approx(220.0)
    assert heights[5] == pytest.approx(274.0, abs=1.0)
    assert presence.usual is not None
    assert (presence.usual.x, presence.usual.size) == pytest.approx((300.0, 200.0))


@pytest.mark.parametrize(
    ("depth", "state"), [(-0.1, "standing"), (0.04, "standing"), (0.36, "sitting"), (0.7, "sitting")]
)
def test_legs_tell_from_the_front(depth: float, state: State) -> None:
    assert Room().show(5.0, sitting(0.0), squat_depth=depth) == state


def test_who_sits_goes_on_sitting_where_the_legs_waver() -> None:
    room = Room()
    room.show(5.0, sitting(0.0), squat_depth=0.3)
    for depth in (0.14, 0.2, 0.12, 0.3) * 5:
        assert room.show(1.0, sitting(0.0), squat_depth=depth) == "sitting"


@pytest.mark.parametrize(
    ("hip", "knee", "trunk", "state"),
    [
        (85.0, 80.0, 3.0, "sitting"),
        (10.0, 5.0, 4.0, "standing"),
        (110.0, 90.0, -30.0, "sitting"),
        (20.0, 90.0, 0.0, "sitting"),
    ],
)
def test_hips_and_knees_tell_from_the_side(hip: float, knee: float, trunk: float, state: State) -> None:
    room = Room("side")
    pose = sitting(0.0)
    pose.xy_px[[INDEX["left_hip"], INDEX["right_hip"]]] = (320.0, 470.0)
    assert room.show(5.0, pose, hip_flexion=hip, knee_flexion=knee, trunk_inclination=trunk) == state


def test_who_rises_before_a_webcam_stands() -> None:
    room = Room().settled()
    assert room.show(5.0, sitting(0.0, lower=-0.6)) == "sitting"
    assert room.show(5.0, sitting(0.0, lower=-0.8)) == "standing"
    assert room.show(5.0, sitting(0.0)) == "sitting"


def test_a_head_out_of_the_picture_at_its_top_is_standing() -> None:
    assert Room().show(5.0, sitting(0.0, lower=-1.3)) == "standing"


def test_who_comes_across_the_picture_walks_and_who_rolls_their_chair_does_not() -> None:
    room = Room()
    for step in range(8):
        room.show(0.5, sitting(0.0, aside=-1.0 + 0.35 * step))
    assert room.states == [(2.5, "walking")]
    rolling = Room().settled()
    for step in range(8):
        rolling.show(0.5, sitting(0.0, aside=-1.0 + 0.35 * step))
    assert rolling.presence.state == "sitting"


def test_feet_that_swing_from_the_side_walk() -> None:
    room, pose = Room("side"), sitting(0.0)
    pose.xy_px[[INDEX["left_hip"], INDEX["right_hip"]]] = (320.0, 470.0)
    for step in range(20):
        room.show(0.5, pose, hip_flexion=5.0, knee_flexion=10.0, trunk_inclination=3.0, feet_spread=0.4 * (-1) ** step)
    assert room.presence.state == "walking"


@pytest.mark.parametrize("scale", [0.4, 2.0])
def test_somebody_of_another_size_is_somebody_else(scale: float) -> None:
    room = Room().settled()
    assert room.show(5.0, sitting(0.0, scale=scale)) == "sitting"
    room.show(11.0)
    assert room.show(20.0, sitting(0.0, scale=scale)) == "away"


def test_another_size_that_stays_for_a_minute_is_the_usual_one() -> None:
    room = Room().settled()
    room.show(11.0)
    assert room.show(66.0, sitting(0.0, scale=0.4)) == "sitting"


def test_a_state_has_to_last_after_an_interruption() -> None:
    room = Room().settled()
    room.show(9.0)
    room.presence.interrupt()
    room.t += 3.0
    assert room.show(9.5) == "sitting"
    assert room.show(1.0) == "away"


def test_a_hand_at_the_ear_is_seen_and_a_guessed_one_is_not() -> None:
    phoning = sitting(0.0, hand=True)
    place = _place(phoning)
    assert hand_at_the_head(phoning, place, "front")
    assert not hand_at_the_head(sitting(0.0), place, "front")
    assert not hand_at_the_head(replace(phoning, visibility=np.full(33, 0.3)), place, "front")


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["sit", "up", "gone", "far"])), max_size=40))
@settings(max_examples=40, deadline=None)
def test_no_state_is_shorter_than_it_has_to_last_to_be_left(parts: list[tuple[int, str]]) -> None:
    room = Room()
    poses: dict[str, Pose | None] = {
        "sit": sitting(0.0),
        "up": sitting(0.0, lower=-1.3),
        "gone": None,
        "far": sitting(0.0, scale=0.3),
    }
    for seconds, kind in parts:
        room.show(float(seconds), poses[kind])
    times = [t for t, _ in room.states]
    assert all(b - a >= 2.0 for a, b in pairwise(times))
