"""A live set from set-up to its report."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from formcheck.app.coach import LiveCoach
from formcheck.body.pose import Pose
from formcheck.engine.events import CameraEvent, CountEvent, CueEvent, Event, RepEvent, SetupEvent, StageEvent
from formcheck.engine.session import Session
from formcheck.exercise.language import load_language
from formcheck.exercise.load import load_exercise
from formcheck.synth.poses import true_poses

EXERCISE = "romanian_deadlift"


@cache
def poses(fault: str | None = None) -> tuple[Pose, ...]:
    return tuple(pose for pose, _ in true_poses(EXERCISE, reps=2, fault=fault, fps=15))


def coach(**options: object) -> LiveCoach:
    return LiveCoach(load_exercise(EXERCISE), load_language("en"), **options)  # type: ignore[arg-type]


def events_of(live: LiveCoach, stream: Iterable[Pose]) -> list[Event]:
    return [event for pose in stream for event in live.update(pose)]


def standing(since_s: float, seconds: float) -> Iterator[Pose]:
    """Somebody who stands as at the beginning of the film."""
    first = poses()[0]
    return (replace(first, t=since_s + i / 15) for i in range(round(15 * seconds)))


def later(stream: Iterable[Pose], by_s: float) -> Iterator[Pose]:
    return (replace(pose, t=pose.t + by_s) for pose in stream)


def test_without_a_countdown_the_set_is_that_of_the_film() -> None:
    live, film = coach(countdown_s=0), Session(load_exercise(EXERCISE))
    events = events_of(live, poses())
    assert events[0] == StageEvent(poses()[0].t, "set")
    assert events[1:] == [event for pose in poses() for event in film.update(pose)]
    assert live.finish().as_dict() == film.finish().as_dict()
    assert len(live.samples.t) == len(poses())


def test_a_good_set_up_is_counted_down_and_then_the_set_begins() -> None:
    live = coach(countdown_s=3)
    stages = [e for e in events_of(live, standing(0.0, 6.0)) if isinstance(e, StageEvent)]
    assert [(e.stage, e.left_s) for e in stages] == [
        ("countdown", 3), ("countdown", 2), ("countdown", 1), ("set", None),
    ]  # fmt: skip
    assert stages[0].t == pytest.approx(1.2, abs=0.25)  # a second of being well placed
    assert stages[-1].t - stages[0].t == pytest.approx(3.0, abs=0.1)
    counted = [e for e in events_of(live, later(poses(), 7.0)) if isinstance(e, CountEvent)]
    assert len(counted) == 2


def test_nothing_is_counted_before_the_set() -> None:
    live = coach(countdown_s=60)
    assert not [e for e in events_of(live, poses()) if isinstance(e, CountEvent | RepEvent)]
    assert live.session.count == 0
    assert len(live.samples.t) == 0


def test_who_leaves_the_picture_during_the_countdown_is_set_up_again() -> None:
    live = coach(countdown_s=30)
    events_of(live, standing(0.0, 3.0))
    assert live.shown(poses()[0]).stage == "countdown"
    nobody = [Pose.nobody(3.0 + i / 15, (640, 480)) for i in range(30)]
    assert StageEvent in [type(e) for e in events_of(live, nobody)]
    assert live.stage == "setup"
    assert live.shown(nobody[-1]).instruction == "Step into the picture, from head to feet"


def test_the_set_can_begin_whatever_the_set_up() -> None:
    live = coach()
    assert live.begin(0.5) == [StageEvent(0.5, "set")]
    assert live.begin(0.6) == []
    assert live.judging


def test_nothing_is_judged_while_paused_and_the_count_is_kept() -> None:
    live = coach(countdown_s=0)
    half = next(i for i, pose in enumerate(poses()) if live.update(pose) and live.session.count == 1) + 1
    t = poses()[half - 1].t
    assert live.pause(t) == [StageEvent(t, "paused")]
    assert live.shown(poses()[half]).instruction == "Paused"
    assert events_of(live, poses()[half:]) == []
    assert live.resume(t + 20.0) == [StageEvent(t + 20.0, "set")]
    events_of(live, later(poses()[half:], 21.0))
    assert live.session.count == 2


def test_a_lost_camera_is_said_once_and_stops_the_countdown() -> None:
    live = coach(countdown_s=30)
    events_of(live, standing(0.0, 3.0))
    assert live.camera(3.1, "lost") == [CameraEvent(3.1, "lost"), StageEvent(3.1, "setup")]
    assert live.camera(3.2, "lost") == []
    shown = live.shown(poses()[0])
    assert shown.instruction == live.spoken(CameraEvent(3.1, "lost"))
    assert live.camera(5.0, "live") == [CameraEvent(5.0, "live")]
    assert live.shown(poses()[0]).instruction != shown.instruction


def test_a_muted_cue_is_neither_shown_nor_said_but_judged() -> None:
    fault = "rounded"
    heard, silent = coach(countdown_s=0), coach(countdown_s=0, muted={"RD-01", "RD-02"})
    said = [
        [live.spoken(e) for e in events_of(live, poses(fault)) if isinstance(e, CueEvent)] for live in (heard, silent)
    ]
    assert [words for words in said[0] if words]
    assert not [words for words in said[1] if words]
    assert heard.finish().as_dict() == silent.finish().as_dict()


def test_events_are_said_in_the_language_of_the_set() -> None:
    live = LiveCoach(load_exercise("deadlift"), load_language("de"), countdown_s=3)
    assert live.spoken(StageEvent(1.0, "countdown", 2)) == "2"
    english = next(rule.cue for rule in load_exercise("deadlift").rules if rule.id == "DL-01")
    said = live.spoken(CueEvent(1.0, "DL-01", english, 1))
    assert said == load_language("de").cue("deadlift", "DL-01", english)
    assert said != english
    assert live.spoken(CountEvent(1.0, 4)) is None
    assert live.spoken(SetupEvent(1.0, "step_into_view", "Step into the picture")) not in (
        None,
        "Step into the picture",
    )


def test_the_ring_fills_on_the_way_down_and_empties_on_the_way_up() -> None:
    live = coach(countdown_s=0)
    filled = []
    for pose in poses():
        live.update(pose)
        filled.append(live.shown(pose).progress)
    known = [share for share in filled if share is not None]
    assert min(known) == 0.0
    assert max(known) == 1.0
    assert known[-1] < 0.15
