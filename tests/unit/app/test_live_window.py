"""What the window of a live set shows and which keys do what, without a window."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.findings import finding
from tests.live_rig import Heard, Notes, ScriptedCamera, ScriptedEstimator, plan

from formcheck.app.live import Latencies, LiveSet, Spoken
from formcheck.app.live_picture import LastMark, figure_of, picture_of
from formcheck.app.live_window import LiveScreen
from formcheck.body.pose import Pose
from formcheck.drawing.live import PLAIN
from formcheck.drawing.style import AMBER, CALM, Image
from formcheck.engine.events import RepEvent
from formcheck.engine.report import Rep
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.synth.poses import true_poses

EXERCISE = "romanian_deadlift"
SIZE_PX = (960, 720)


class FakeWindow:
    """Keeps what it is shown; its keys are pressed one a look."""

    size_px = SIZE_PX

    def __init__(self, keys: Iterable[str | None] = ()) -> None:
        self.keys = list(keys)
        self.shown: list[Image] = []

    def show(self, image: Image) -> None:
        self.shown.append(image)

    def key(self) -> str | None:
        return self.keys.pop(0) if self.keys else None


@cache
def poses(fault: str | None = None) -> tuple[Pose, ...]:
    return tuple(pose for pose, _ in true_poses(EXERCISE, reps=1, fault=fault, fps=10))


def run(seen: tuple[Pose, ...], countdown_s: int = 0, language: str = "en") -> tuple[LiveSet, Notes]:
    live_set = LiveSet(
        plan(EXERCISE, countdown_s=countdown_s, language=language),
        ScriptedCamera(seen),
        lambda: ScriptedEstimator(seen),
    )
    notes = Notes()
    live_set.listen(notes)
    return live_set, notes


def screen_of(
    window: FakeWindow, live_set: LiveSet, voice: Spoken | None = None, *, language: str = "en"
) -> tuple[LiveScreen, Latencies]:
    the_plan, latencies = plan(EXERCISE, language=language), Latencies(lambda: 1.0)
    screen = LiveScreen(
        *(window, live_set, the_plan.exercise, the_plan.language), voice=voice, latencies=latencies, mirror=True
    )
    return screen, latencies


def until_empty(window: FakeWindow) -> Callable[[], bool]:
    return lambda: not window.keys


def test_every_picture_that_is_shown_counts_for_the_latency_once() -> None:
    live_set, notes = run(poses())
    live_set.run()
    window = FakeWindow([None, None, None])
    screen, latencies = screen_of(window, live_set)
    screen.on([], *notes.shown[0])
    screen.on([], *notes.shown[1])  # the newest wins
    screen.attend(until_empty(window))
    assert latencies.as_dict()["pictures"] == 1
    assert [image.shape for image in window.shown] == [(720, 960, 3)] * 2  # "starting", and the newest


@pytest.mark.parametrize("comes", ["the picture that was announced", "another one"])
def test_a_picture_is_made_ready_while_its_pose_is_sought(comes: str) -> None:
    live_set, notes = run(poses())
    live_set.run()
    (_, announced, _), (shown, frame, pose) = notes.shown[:2]
    assert announced is not None
    assert frame is not None
    moving = replace(frame, image=np.arange(frame.image.size, dtype=np.uint8).reshape(frame.image.shape))

    class Looking(FakeWindow):
        @property
        def size_px(self) -> tuple[int, int]:  # type: ignore[override]
            if self.shown:  # the picture is being put on its canvas; meanwhile the pose is found
                screen.on([], shown, moving, pose)
            return SIZE_PX

    window = Looking([None])
    screen, _ = screen_of(window, live_set)
    screen.forewarned(moving if comes == "the picture that was announced" else announced)
    screen.attend(until_empty(window))  # one look for keys, and that only once the moment has been shown
    expected = picture_of(moving, shown, SIZE_PX, mirror=True, keys=screen._keys(shown))
    assert len(window.shown) == 2
    assert (window.shown[1] == expected).all()


def test_keys_are_passed_on() -> None:
    live_set, _ = run(poses())
    live_set.run()
    voice = Spoken(Heard(), live_set.coach.spoken)
    asked: list[str] = []
    live_set.ask = asked.append  # type: ignore[method-assign, assignment]
    window = FakeWindow([" ", "x", "m", "y"])
    screen, _ = screen_of(window, live_set, voice)
    assert screen.attend(until_empty(window)) == "quit"
    assert asked == ["go_on", "mute_cue"]
    assert voice.silent


@pytest.mark.parametrize(("key", "then"), [("n", "next"), ("q", "quit")])
def test_next_and_quit_stop_the_set(key: str, then: str) -> None:
    live_set, notes = run(poses())
    window = FakeWindow([key])
    screen, _ = screen_of(window, live_set)
    assert screen.attend(until_empty(window)) == then
    live_set.coach.begin(0.0)
    with pytest.raises(Exception, match="before it began"):
        live_set.run()
    assert notes.shown == []


def test_the_line_of_keys_says_what_can_be_done_now() -> None:
    live_set, notes = run(poses("rounded"))
    live_set.run()
    voice = Spoken(Heard(), live_set.coach.spoken)
    screen, _ = screen_of(FakeWindow(), live_set, voice, language="de")
    cued = next(shown for shown, _, _ in notes.shown if shown.cue_rule)
    lines = [screen._keys(shown) for shown in (notes.shown[0][0], cued)]
    voice.silent = True
    lines.append(screen._keys(cued))
    assert lines == [
        "Leertaste Pause   |   n nächste Übung   |   m Stimme aus   |   q beenden",
        "Leertaste Pause   |   n nächste Übung   |   x diesen Hinweis nicht mehr   |   m Stimme aus   |   q beenden",
        "Leertaste Pause   |   n nächste Übung   |   x diesen Hinweis nicht mehr   |   m Stimme an   |   q beenden",
    ]


# -- the picture ------------------------------------------------------------------------------------------------------


def pixels(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    shown: NDArray[np.bool_] = (image == colour).all(axis=2)
    return shown


def test_without_a_picture_there_is_a_calm_one_and_never_an_old_one() -> None:
    live_set, _ = run(poses())
    live_set.run()
    live_set.coach.camera(99.0, "lost")
    shown = live_set.coach.shown(poses()[0])
    image = picture_of(None, shown, SIZE_PX)
    assert pixels(image, PLAIN).mean() > 0.7
    assert pixels(image, AMBER).sum() > 100  # the camera, crossed out


def test_a_mirror_exchanges_the_sides_of_the_body_and_not_the_words() -> None:
    live_set, notes = run(poses())
    live_set.run()
    shown, frame, _ = notes.shown[-1]
    plain, mirrored = (picture_of(frame, shown, SIZE_PX, mirror=mirror) for mirror in (False, True))
    body, words = (slice(100, 660), slice(320, 640)), (slice(0, 320), slice(0, 300))
    apart = np.abs(plain[body].astype(int) - mirrored[body][:, ::-1].astype(int)).max(axis=2) > 60
    changed = np.abs(plain[body].astype(int) - 120).max(axis=2) > 60
    assert apart.sum() < 0.1 * changed.sum()  # but for the number at the angle and pixels at edges
    assert np.array_equal(plain[words], mirrored[words])


def test_the_figure_to_step_into_goes_when_the_set_begins() -> None:
    live_set, _ = run(poses(), countdown_s=99)
    figure = figure_of(load_exercise(EXERCISE))
    shown = live_set.coach.shown(poses()[0])
    frame = ScriptedCamera(poses()[:1]).next(0.0)
    before, without = (picture_of(frame, shown, SIZE_PX, figure=f) for f in (figure, None))
    assert (before != without).any(axis=2).mean() > 0.03
    live_set.coach.begin(0.0)
    begun = live_set.coach.shown(poses()[0])
    after, without = (picture_of(frame, begun, SIZE_PX, figure=f) for f in (figure, None))
    assert np.array_equal(after, without)


def test_set_up_shows_no_count_yet() -> None:
    live_set, _ = run(poses(), countdown_s=99)
    frame = ScriptedCamera(poses()[:1]).next(0.0)
    waiting = picture_of(frame, live_set.coach.shown(poses()[0]), SIZE_PX)
    live_set.coach.begin(0.0)
    begun = picture_of(frame, live_set.coach.shown(poses()[0]), SIZE_PX)
    ring = (slice(90, 260), slice(30, 210))
    assert (waiting[ring] == 120).all()
    assert (begun[ring] != 120).any()


@pytest.mark.parametrize("exercise", catalogue())
def test_there_is_a_figure_for_every_exercise(exercise: str) -> None:
    figure = figure_of(load_exercise(exercise))
    assert figure is not None
    assert figure.has_person


def test_there_is_none_for_an_exercise_of_somebody_else() -> None:
    assert figure_of(load_exercise("squat").model_copy(update={"id": "mine:squat"})) is None


@pytest.mark.parametrize(
    ("verdict", "mark"), [("fault", "change"), ("warning", "change"), ("met", "fine"), ("unseen", "fine")]
)
def test_the_last_rep_is_marked_for_a_while(verdict: str, mark: str) -> None:
    last = LastMark()
    assert last.at(1.0) is None
    rep = Rep(1, 0.0, 1.0, 2.0, 90.0, 80, 1.0, (finding("RD-01", verdict, 1.0),), None)  # type: ignore[arg-type]
    last.note([RepEvent(2.0, rep)])
    assert [last.at(t) for t in (2.0, 4.4, 4.6)] == [mark, mark, None]


def test_a_good_rep_gets_a_tick_and_another_a_triangle() -> None:
    live_set, notes = run(poses())
    live_set.run()
    shown, frame, _ = notes.shown[-1]
    near_ring = (slice(90, 260), slice(215, 320))
    fine, change = (picture_of(frame, shown, SIZE_PX, mark=mark)[near_ring] for mark in ("fine", "change"))
    assert pixels(fine, CALM).sum() > 30
    assert pixels(change, AMBER).sum() > 100
    assert not pixels(fine, AMBER).any()


def test_the_angle_has_its_number_where_it_is_and_nowhere_else() -> None:
    live_set, notes = run(poses())
    live_set.run()
    shown, frame, _ = notes.shown[-1]
    assert shown.overlay.caption.reading
    corner = (slice(0, 120), slice(600, 960))
    assert (picture_of(frame, shown, SIZE_PX)[corner] == 120).all()
    from_nowhere = replace(shown, overlay=replace(shown.overlay, near_side=None))
    assert (picture_of(frame, from_nowhere, SIZE_PX)[corner] != 120).any()
