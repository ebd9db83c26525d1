"""Who is followed among several stick figures."""

from collections.abc import Iterable

import pytest
from tests.stick import Body, pose_of

from formcheck.body.pose import Pose
from formcheck.engine.subject import SubjectLock

FPS = 25.0


def at(x: float, t: float = 0.0, trunk_px: float = 150.0, y: float = 660.0) -> Pose:
    return pose_of(Body(), t, at_px=(x, y), trunk_px=trunk_px)


def follow(lock: SubjectLock, scenes: Iterable[list[float]], start: float = 0.0) -> list[float | None]:
    """Show people standing at some places in each picture; return where the one followed stands."""
    chosen: list[float | None] = []
    for i, places in enumerate(scenes):
        t = start + i / FPS
        pose = lock.choose(t, [at(x, t) for x in places])
        chosen.append(None if pose is None else round(float(pose.xy_px[[23, 24], 0].mean())))
    return chosen


def test_the_largest_near_the_middle_is_chosen() -> None:
    small, large, edge = at(620.0, trunk_px=80.0), at(760.0), at(150.0, trunk_px=160.0)
    assert SubjectLock().choose(0.0, [small, large, edge]) is large


def test_who_is_whole_comes_before_who_is_cut_off() -> None:
    cut, whole = at(700.0, trunk_px=190.0, y=900.0), at(500.0)
    assert SubjectLock().choose(0.0, [cut, whole]) is whole


@pytest.mark.parametrize("person", [1, 2, 3])
def test_people_are_counted_from_the_left(person: int) -> None:
    places = [900.0, 200.0, 600.0]
    lock = SubjectLock(person)
    assert lock.choose(0.0, [at(x) for x in places[: person - 1]]) is None
    assert follow(lock, [places] * 3, 1.0) == [sorted(places)[person - 1]] * 3


def test_people_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        SubjectLock(0)


def test_nobody_else_is_followed_when_the_person_has_gone() -> None:
    lock = SubjectLock(1)
    assert follow(lock, [[400.0, 900.0]] * 50)[-1] == 400
    assert set(follow(lock, [[900.0]] * 1000, 2.0)) == {None}
    assert (lock.lost, lock.others_refused) == (1, 1000)
    assert lock.gone_since_s == pytest.approx(49 / FPS)
    assert follow(lock, [[410.0, 900.0]], 43.0) == [410]
    assert lock.gone_since_s is None


def test_the_search_widens_but_never_far() -> None:
    for gone_s, distance, found in [
        (0.04, 100.0, True),
        (0.04, 160.0, False),
        (2.5, 250.0, True),
        (60.0, 400.0, False),
    ]:
        lock = SubjectLock()
        follow(lock, [[600.0]])
        assert (follow(lock, [[600.0 + distance]], gone_s)[0] is not None) == found


def test_somebody_of_another_size_is_refused_after_a_loss() -> None:
    lock = SubjectLock()
    lock.choose(0.0, [at(600.0)])
    lock.choose(1.0, [])
    assert lock.choose(1.1, [at(600.0, trunk_px=80.0)]) is None
    assert lock.choose(1.2, [at(600.0, trunk_px=130.0)]) is not None


@pytest.mark.parametrize("flip", [False, True])
def test_two_who_cross_keep_their_own(flip: bool) -> None:
    """Both walk at 300 px/s; while they are within 40 px of each other only one is seen."""
    lock, scenes = SubjectLock(1), []
    for i in range(75):
        a, b = 200.0 + 12 * i, 1100.0 - 12 * i
        both = [b, a] if flip else [a, b]
        scenes.append(both if abs(a - b) > 40 else [(a + b) / 2])
    chosen = follow(lock, scenes)
    assert chosen[-1] == 200 + 12 * 74


def test_somebody_passing_does_not_take_the_person_along() -> None:
    """The model goes with whoever passes, and finds the person again when they are apart."""
    lock = SubjectLock()
    staying = [[600.0]] * 75
    taken_along = [[600.0 + 8.0 * i] for i in range(30)]
    apart = [[600.0, 840.0 + 8.0 * i] for i in range(30)]
    assert follow(lock, staying + taken_along + apart)[-30:] == [600] * 30


def test_somebody_who_walks_is_not_exchanged_for_who_stands_where_they_were() -> None:
    lock = SubjectLock(1)
    walk = [[200.0 + 6.0 * i, 900.0] for i in range(100)]
    chosen = follow(lock, walk + [[800.0 + 6.0 * i, 500.0] for i in range(40)])
    assert chosen[-1] == 800 + 6 * 39


def test_people_without_a_trunk_are_nobody() -> None:
    assert SubjectLock().choose(0.0, [Pose.nobody(0.0, (640, 480))]) is None
