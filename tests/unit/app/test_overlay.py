"""What is drawn on a picture, by the kind of movement."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.findings import finding

from formcheck.app.overlay import OverlayState, draw
from formcheck.body.pose import Pose
from formcheck.drawing.style import AMBER
from formcheck.engine.events import CueEvent, CueKey, Event, PhaseEvent, WindowEvent
from formcheck.engine.report import Finding
from formcheck.engine.session import Session
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import Exercise, Flow

NOBODY = Pose.nobody(0.0, (1280, 720))


class Shown:
    """An exercise's overlays, fed with events by hand; the session's phase is set where it matters."""

    def __init__(self, exercise: str | Exercise) -> None:
        self.session = Session(load_exercise(exercise) if isinstance(exercise, str) else exercise)
        self.state = OverlayState(self.session)

    def at(self, t: float, *events: Event, phase: str | None = None) -> tuple[str, str, str | None, bool]:
        """Return count, phase, cue and whether the body is amber."""
        if phase is not None:
            self.session._tracker.phase = phase
        self.state.note(events)
        overlay = self.state.overlay(Pose.nobody(t, (1280, 720)))
        return overlay.caption.count, overlay.caption.phase, overlay.caption.cue, overlay.change


def window(t: float, *found: Finding) -> WindowEvent:
    return WindowEvent(t, found)


def test_a_watched_posture_shows_its_clock_and_its_worst_rule_as_long_as_it_lasts() -> None:
    shown = Shown("desk_side")
    mild = finding("DS-01", "warning", 40.0)
    bad, worse = finding("DS-02", "fault", 50.0, severity="minor"), finding("DS-03", "fault", 50.0, severity="safety")
    assert shown.at(1.0, PhaseEvent(1.0, "settle"), phase="settle")[0] == "0:00"
    assert shown.at(2.0, PhaseEvent(2.0, "there"), phase="there") == ("0:00", "watching", None, False)
    count, words, cue, amber = shown.at(9.0, window(9.0, mild))
    assert (count, cue, amber) == ("0:07", None, False)
    assert words.startswith("keep an eye on: ")
    assert shown.at(11.0, window(11.0, mild, bad, worse)) == ("0:09", worse.name, worse.cue, True)
    assert shown.at(12.9)[2:] == (worse.cue, True)
    assert shown.at(13.0, window(13.0)) == ("0:11", "watching", None, False)


def test_the_clock_of_a_posture_stops_while_it_is_not_there() -> None:
    shown = Shown("desk_side")
    shown.at(2.0, PhaseEvent(2.0, "there"), phase="there")
    shown.at(12.0, window(12.0, finding("DS-02", "fault", 50.0)))
    assert shown.at(14.0, PhaseEvent(14.0, "away"), phase="away") == ("0:12", "", None, False)
    assert shown.at(30.0)[0] == "0:12"
    shown.at(40.0, PhaseEvent(40.0, "there"), phase="there")
    assert shown.at(43.0)[0] == "0:15"


def test_a_flow_names_its_position() -> None:
    shown = Shown("cat_cow")
    movement = shown.session.exercise.movement
    assert isinstance(movement, Flow)
    names = [position.name for position in movement.positions]
    assert [shown.at(float(i), phase=name)[1] for i, name in enumerate(names)] == ["cat", "cow"]
    assert shown.at(9.0, phase="between")[1] == ""


def test_words_of_an_exercise_go_before_the_usual_ones() -> None:
    shown = Shown("squat")
    assert [shown.at(t, phase=p)[1] for t, p in ((0.0, "away"), (1.0, "turn"))] == ["going down", "at the bottom"]
    own = shown.session.exercise.model_copy(update={"phase_words": {"turn": "with the hips at the top"}})
    shown = Shown(own)
    assert [shown.at(t, phase=p)[1] for t, p in ((2.0, "away"), (3.0, "turn"), (4.0, "back"))] == [
        "going", "with the hips at the top", "coming back",
    ]  # fmt: skip


def test_a_cue_of_a_rep_goes_after_a_while() -> None:
    shown = Shown("squat")
    assert shown.at(1.0, CueEvent(1.0, "SQ-01", "Sit deeper", 1), phase="rest")[2] == "Sit deeper"
    assert [shown.at(t)[2] for t in (3.4, 3.6)] == ["Sit deeper", None]


@pytest.mark.parametrize("events", [[], [window(1.0, finding("DS-02", "fault", 50.0))]], ids=["fine", "fault"])
def test_the_body_turns_amber_with_a_fault(events: Sequence[Event]) -> None:
    points = np.random.default_rng(4).uniform((300.0, 200.0), (900.0, 600.0), (33, 2))
    pose = Pose(1.0, points, None, np.ones(33), (1280, 720), None)
    state = OverlayState(Session(load_exercise("desk_side")))
    image = np.full((720, 1280, 3), 128, np.uint8)
    state.note(events)
    draw(image, state.overlay(pose))
    assert (image[200:600] == AMBER).all(axis=2).any() == bool(events)


@pytest.mark.parametrize(("key", "praise"), [("cue", False), ("easier", False), ("better", True)])
def test_only_what_is_better_is_praise(key: CueKey, praise: bool) -> None:
    state = OverlayState(Session(load_exercise("squat")))
    state.note([CueEvent(1.0, "SQ-01", "words", 2, key)])
    caption = state.caption(Pose.nobody(1.5, (640, 480)))
    assert (caption.cue, caption.praise) == ("words", praise)
