"""One person through pictures with several, and through turned ones; the pose model is played."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from tests.crowd import passing, pictures, side_by_side
from tests.stick import Body, pose_of

from formcheck.app.following import COUNT_EVERY_S, TRY_AFTER, Follower
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.errors import FilmError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.estimators.rotation import turned_back
from formcheck.frame import Frame

WIDE = np.zeros((72, 128, 3), np.uint8)
WIDE[0, 0] = 255  # tells which corner is up
FPS = 25.0


@dataclass
class Played:
    """In place of the pose model: follows the first people of those in view."""

    in_view: Callable[[Frame], list[Pose]]
    people: int = 1
    looks: int = 0
    followed: list[int] = field(default_factory=list)

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        return tuple(self.in_view(frame)[: self.people])

    def look(self, frame: Frame) -> tuple[Pose, ...]:
        self.looks += 1
        return tuple(self.in_view(frame))

    def follow(self, people: int) -> None:
        self.people = people
        self.followed.append(people)


def standing(*places: float) -> Callable[[Frame], list[Pose]]:
    """People whom the model finds only in an upright picture."""

    def in_view(frame: Frame) -> list[Pose]:
        upright = frame.image[0, 0, 0] > 0
        return [pose_of(Body(), frame.t, at_px=(x, 660.0), trunk_px=150.0) for x in places] if upright else []

    return in_view


def watch(follower: Follower, seconds: float, start: float = 0.0) -> list[Pose]:
    return [follower.pose(Frame(start + i / FPS, WIDE)) for i in range(round(seconds * FPS))]


def x_of(pose: Pose) -> float:
    return round(float(pose.xy_px[[23, 24], 0].mean()), 6)


def test_one_person_is_looked_for_once_in_a_while() -> None:
    model = Played(standing(600.0))
    poses = watch(Follower(model), 10.0)
    assert {x_of(pose) for pose in poses} == {600.0}
    assert (model.looks, model.followed) == (1 + 10 // COUNT_EVERY_S, [])


def test_several_are_followed_as_soon_as_they_are_seen() -> None:
    model = Played(standing(300.0, 700.0, 1100.0))
    follower = Follower(model)
    assert {x_of(pose) for pose in watch(follower, 5.0)} == {700.0}
    assert (follower.people, model.followed) == (3, [3])


@pytest.mark.parametrize(("person", "x"), [(1, 300.0), (3, 1100.0)])
def test_a_person_can_be_chosen(person: int, x: float) -> None:
    follower = Follower(Played(standing(700.0, 1100.0, 300.0)), person)
    assert {x_of(pose) for pose in watch(follower, 1.0)} == {x}
    follower.check_found("gym.mp4")


def test_a_person_who_is_not_there_is_refused() -> None:
    follower = Follower(Played(standing(300.0, 700.0)), 3)
    assert not any(pose.has_person for pose in watch(follower, 1.0))
    with pytest.raises(FilmError, match=r"no person 3 in gym\.mp4: no more than 2"):
        follower.check_found("gym.mp4")


def test_when_the_person_goes_nobody_else_is_followed() -> None:
    model = Played(standing(400.0, 1000.0))
    follower = Follower(model, 1)
    watch(follower, 2.0)
    model.in_view = standing(1000.0)
    assert not any(pose.has_person for pose in watch(follower, 3.0, 2.0))
    assert (follower.lock.lost, follower.lock.others_refused) == (1, 75)


def broken(pose: Pose) -> Pose:
    """Return a pose whose shank is not a body's."""
    assert pose.world_m is not None
    world_m = pose.world_m.copy()
    world_m[INDEX["left_ankle"]] = world_m[INDEX["left_knee"]] * 1.05
    return replace(pose, world_m=world_m)


def lying(frame: Frame, *, readable: bool) -> list[Pose]:
    """Somebody on the floor whom the model reads well only in a picture turned once."""
    pose = pose_of(Body(trunk=90.0), frame.t, planted="hip", at_px=(64.0, 36.0), trunk_px=20.0, size_px=(128, 72))
    if frame.image.shape[0] > frame.image.shape[1]:
        return [turned_back(pose, 3)]
    return [pose if readable else broken(pose)]


def test_another_turn_is_tried_when_bones_are_implausible_and_kept_while_it_helps() -> None:
    model = Played(lambda frame: lying(frame, readable=False))
    follower = Follower(model)
    poses = watch(follower, 2.0)
    true = lying(Frame(0.0, WIDE), readable=True)[0]
    np.testing.assert_allclose(poses[-1].xy_px, true.xy_px, atol=1e-9)
    assert follower.turned == 50 - TRY_AFTER
    assert model.looks == 5  # one count, four turns


def test_a_plausible_body_is_never_turned() -> None:
    model = Played(lambda frame: lying(frame, readable=True))
    follower = Follower(model)
    watch(follower, 2.0)
    assert (follower.turned, model.looks) == (0, 1)


def test_tries_in_vain_become_rare() -> None:
    model = Played(lambda frame: [broken(pose_of(Body(), frame.t))])
    follower = Follower(model)
    watch(follower, 60.0)
    counts = 60 // COUNT_EVERY_S
    assert (model.looks - counts) // 4 == 5  # after 0.2, 2, 6, 14 and 30 s
    assert follower.turned == 0


def test_an_empty_room_is_nobody() -> None:
    follower = Follower(Played(lambda frame: []))
    assert not any(pose.has_person for pose in watch(follower, 5.0))
    assert (follower.people, follower.lock.lost) == (0, 0)


@pytest.fixture
def real(pose_model: Path) -> Iterator[MediaPipeEstimator]:
    with MediaPipeEstimator(pose_model) as estimator:
        yield estimator


@pytest.mark.model
@pytest.mark.parametrize(("person", "x"), [(1, 210.0), (2, 610.0)])
def test_of_two_rendered_people_the_one_chosen_is_followed(real: MediaPipeEstimator, person: int, x: float) -> None:
    columns = slice(120, 520)
    man = pictures("squat", fps=8.0, reps=1)
    woman = pictures("squat", fps=8.0, reps=1, body="woman", distance_m=4.0, yaw_deg=20.0)
    clips = [((picture[:, columns], body[:, columns]) for picture, body in clip) for clip in (man, woman)]
    follower = Follower(real, person)
    seen = [x_of(follower.pose(frame)) for frame in side_by_side(clips, 8.0)]
    assert follower.people == 2
    assert seen == pytest.approx([x] * len(seen), abs=40.0)


@pytest.mark.model
def test_a_rendered_person_is_kept_when_somebody_passes_in_front(real: MediaPipeEstimator) -> None:
    still = list(pictures("squat", fps=15.0, reps=1))
    walker = next(pictures("squat", fps=15.0, reps=1, body="woman", distance_m=4.0, yaw_deg=20.0))
    shifts = [*range(-500, 500, 13)]
    follower = Follower(real)
    frames = passing(iter(still), walker, fps=15.0, shift_px=shifts, in_front=True)
    seen = [x_of(follower.pose(frame)) for frame in frames]
    assert seen[-1] == pytest.approx(335.0, abs=30.0)
    assert follower.people == 2
