"""A live set from the camera to its report, on scripted cameras."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.live_rig import Heard, Notes, Script, ScriptedCamera, ScriptedEstimator, later, plan

from formcheck.app.analyse import FilmPart, analyse_video, replay
from formcheck.app.coach import Shown
from formcheck.app.comparison import Comparison
from formcheck.app.live import Latencies, LivePlan, LiveSet, SetNotBegunError, Spoken, event_fields, event_name
from formcheck.body.pose import Pose
from formcheck.engine.events import (
    CameraEvent,
    CountEvent,
    CueEvent,
    Event,
    RepEvent,
    SetOverEvent,
    SetupEvent,
    StageEvent,
)
from formcheck.engine.session import Session
from formcheck.errors import ModelError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.estimators.models import model_path
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.shipped import shipped_file
from formcheck.synth.poses import true_poses
from formcheck.video.live_camera import LiveCamera
from formcheck.video.reader import FilmReader

EXERCISE = "romanian_deadlift"


@cache
def poses(fault: str | None = None) -> tuple[Pose, ...]:
    return tuple(pose for pose, _ in true_poses(EXERCISE, reps=2, fault=fault, fps=15))


def live_set(script: Script, the_plan: LivePlan | None = None, out: Path | None = None) -> tuple[LiveSet, Notes]:
    items = list(script)
    live = LiveSet(the_plan or plan(EXERCISE), ScriptedCamera(items), lambda: ScriptedEstimator(items), out=out)
    notes = Notes()
    live.listen(notes)
    return live, notes


class At:
    """A listener that does something once the first event of a kind has come."""

    def __init__(self, kind: type, action: Callable[[], object]) -> None:
        self._kind, self._action = kind, action
        self._done = False

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        if not self._done and any(isinstance(e, self._kind) for e in events):
            self._done = True
            self._action()


def test_a_set_is_judged_as_a_film_of_the_same_poses() -> None:
    live, notes = live_set(poses())
    report = live.run()
    film = Session(load_exercise(EXERCISE))
    expected = [e for pose in poses() for e in film.update(pose)]
    assert notes.events[0] == StageEvent(poses()[0].t, "set")
    assert notes.events[1:] == expected
    assert report.reps == film.finish().reps
    assert len(report.reps) == 2
    assert report.quality.fps == pytest.approx(15.0)
    assert [frame is not None for _, frame, _ in notes.shown] == [True] * len(poses())


def test_without_record_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    live_set(poses())[0].run()
    assert list(tmp_path.iterdir()) == []


def interrupted() -> list[Pose | tuple[float, str] | None]:
    """Return a set whose camera is gone for seven seconds between the reps, and late once."""
    first = next(e.t for e in events_of(poses()) if isinstance(e, RepEvent))
    before = [pose for pose in poses() if pose.t <= first]
    after = later((pose for pose in poses() if pose.t > first), 7.0)
    return [*before, None, (first + 1.0, "lost"), None, (first + 6.9, "live"), *after]


def events_of(stream: tuple[Pose, ...]) -> list[Event]:
    session = Session(load_exercise(EXERCISE))
    return [event for pose in stream for event in session.update(pose)]


def test_what_is_recorded_judges_again_to_the_same_bytes(tmp_path: Path) -> None:
    script = interrupted()
    live, notes = live_set(script, out=tmp_path / "kept")  # type: ignore[arg-type]
    live.run()
    assert {file.name for file in (tmp_path / "kept").iterdir()} == {
        "report.json", "report.html", "reps.csv", "measures.csv", "poses.parquet", "annotated.mp4",
    }  # fmt: skip
    replay(tmp_path / "kept" / "poses.parquet", load_exercise(EXERCISE), out=tmp_path / "again")
    kept, again = ((tmp_path / name / "report.json").read_bytes() for name in ("kept", "again"))
    assert kept == again
    assert len(json.loads(kept)["reps"]) == 2
    with FilmReader(tmp_path / "kept" / "annotated.mp4") as film:
        times = [frame.t for frame in film]
    judged = [item.t for item in script if isinstance(item, Pose)]
    assert times == pytest.approx([t - judged[0] for t in judged], abs=1e-4)
    assert [e.state for e in notes.events if isinstance(e, CameraEvent)] == ["lost", "live"]


def test_only_what_belongs_to_the_set_is_recorded(tmp_path: Path) -> None:
    """Neither the set-up nor the picture with which the countdown ends, nor the pause."""
    standing = [replace(poses()[0], t=i / 15) for i in range(15 * 6)]
    script = [*standing, *later(poses(), 6.0)]
    live, notes = live_set(script, plan(EXERCISE, countdown_s=2), tmp_path / "kept")
    live.listen(At(RepEvent, lambda: live.ask("go_on")))
    live.run()
    begun = next(e.t for e in notes.events if isinstance(e, StageEvent) and e.stage == "set")
    paused = next(e.t for e in notes.events if isinstance(e, StageEvent) and e.stage == "paused")
    report = replay(tmp_path / "kept" / "poses.parquet", load_exercise(EXERCISE), out=tmp_path / "again")
    expected = [pose.t for pose in script if begun < pose.t <= paused]
    assert 2.5 < begun < 4.5
    assert report.quality.frames == len(expected)
    kept, again = ((tmp_path / name / "report.json").read_bytes() for name in ("kept", "again"))
    assert kept == again


def test_a_set_that_never_began_leaves_nothing(tmp_path: Path) -> None:
    live, _ = live_set(poses(), plan(EXERCISE, countdown_s=99), tmp_path / "kept")
    with pytest.raises(SetNotBegunError, match="before it began"):
        live.run()
    assert list(tmp_path.iterdir()) == []


def test_a_lost_camera_shows_words_and_no_picture() -> None:
    live, notes = live_set(interrupted())  # type: ignore[arg-type]
    live.run()
    without = [shown for shown, frame, _ in notes.shown if frame is None]
    assert {shown.instruction for shown in without} == {"The camera is gone: plug it in again"}
    assert len(without) == 2  # a picture that is only late is waited for


def test_a_loss_that_was_seen_after_the_picture_comes_after_it() -> None:
    camera = ScriptedCamera(poses()[:3])
    live = LiveSet(plan(EXERCISE), camera, lambda: ScriptedEstimator(poses()))
    notes = Notes()
    live.listen(notes)
    camera._changes = [(poses()[0].t + 0.01, "lost")]
    live.run()
    assert [type(e) for e in notes.events[:2]] == [StageEvent, CameraEvent]
    assert live.coach.session is not None


def test_space_begins_pauses_and_goes_on() -> None:
    live, notes = live_set([*poses()[:20], *later(poses(), 5.0)], plan(EXERCISE, countdown_s=99))
    live.ask("go_on")

    def twice() -> None:
        live.ask("go_on")
        live.ask("go_on")

    live.listen(At(CountEvent, twice))
    live.run()
    stages = [e.stage for e in notes.events if isinstance(e, StageEvent)]
    assert stages == ["set", "paused", "set"]


def test_the_cue_that_is_shown_can_be_muted() -> None:
    live, notes = live_set(poses("rounded"))
    heard = Heard()
    live.listen(Spoken(heard, live.coach.spoken))
    live.listen(At(CueEvent, lambda: live.ask("mute_cue")))
    live.run()
    cue = next(e for e in notes.events if isinstance(e, CueEvent))
    shown = [shown.overlay.caption.cue for shown, _, _ in notes.shown]
    assert cue.text in heard.said
    assert shown.count(cue.text) == 1  # in the picture that it came with, and no longer


def test_a_silent_voice_says_nothing_and_can_speak_again() -> None:
    live, notes = live_set(poses())
    live.run()
    heard = Heard()
    voice = Spoken(heard, live.coach.spoken)
    shown = notes.shown[0][0]
    voice.silent = True
    voice.on([StageEvent(0.0, "paused")], shown, None, None)
    voice.silent = False
    voice.on([StageEvent(0.0, "set"), CountEvent(0.1, 1)], shown, None, None)
    assert heard.said == ["Go"]


def test_stopping_ends_the_set_with_what_there_is() -> None:
    live, notes = live_set(poses())
    live.listen(At(RepEvent, live.stop))
    report = live.run()
    assert len(report.reps) == 1
    assert len(notes.shown) < len(poses())


class Nothing(Comparison):
    """A profile that fits only after a second look."""

    def fits(self, report: object) -> bool:
        return False


def test_a_profile_that_does_not_fit_is_judged_again_and_said() -> None:
    exercise = load_exercise(EXERCISE)
    profile = Nothing("anna", exercise, None, {}, date(2026, 1, 1))
    live, _ = live_set(poses(), replace(plan(EXERCISE), comparison=profile))
    report = live.run()
    assert len(report.reps) == 2
    assert "profile anna" in report.remarks[0]


def test_latencies_are_counted_from_when_a_picture_was_taken() -> None:
    now = iter([1.010, 2.020, 3.030, 4.040])
    latencies = Latencies(lambda: next(now))
    image = Notes  # any object: only the time counts
    for t in (1.0, 2.0, 3.0, 4.0):
        latencies.add(Frame(t, image))  # type: ignore[arg-type]
    assert latencies.as_dict() == {"pictures": 4, "p50": 25.0, "p95": pytest.approx(40.0, abs=10.0)}
    assert Latencies(lambda: 0.0).as_dict() == {"pictures": 0, "p50": None, "p95": None}


def test_pictures_are_announced_before_their_pose_is_sought() -> None:
    order: list[tuple[str, float]] = []

    class Seeking(ScriptedEstimator):
        def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
            order.append(("sought", frame.t))
            return super().estimate_all(frame)

    script = poses()[:2]
    live = LiveSet(plan(EXERCISE), ScriptedCamera(script), lambda: Seeking(script))
    live.forewarn(lambda frame: order.append(("announced", frame.t)))
    live.run()
    assert list(dict.fromkeys(order)) == [(what, pose.t) for pose in script for what in ("announced", "sought")]


def test_what_is_nan_in_an_event_is_null() -> None:
    fields = event_fields(SetupEvent(1.0, "turn", "Turn", math.nan, parts=("left",)), None)
    assert (fields["value"], fields["parts"]) == (None, ["left"])


def test_events_become_plain_data() -> None:
    assert event_fields(StageEvent(1.23456, "countdown", 3), "3") == {
        "event": "stage", "t": 1.2346, "stage": "countdown", "left_s": 3, "say": "3",
    }  # fmt: skip
    assert event_name(SetOverEvent(1.0, None)) == "set_over"  # type: ignore[arg-type]
    live, notes = live_set(poses("rounded"))
    live.run()
    for event in notes.events:
        json.dumps(event_fields(event, None), allow_nan=False)


@pytest.mark.model
@pytest.mark.parametrize(("film", "exercise"), [("deadlift_rounded", "deadlift"), ("plank_sagging", "plank")])
def test_a_film_as_camera_gives_what_an_analysis_gives(film: str, exercise: str) -> None:
    try:
        model = model_path("lite")
    except ModelError as error:
        pytest.skip(str(error))
    path, spec = shipped_file("samples", f"{film}.mp4"), load_exercise(exercise)
    with LiveCamera(str(path), realtime=False) as camera:
        set_up = replace(plan(exercise), model=model, source=path.name)
        live = LiveSet(set_up, camera, lambda: MediaPipeEstimator(model)).run()
    analysed = analyse_video(FilmPart(path), spec, model)
    assert live.reps == analysed.reps
    assert live.holds == analysed.holds
    assert live.findings == analysed.findings
    assert live.reps or live.holds
