"""`formcheck live`: a set in front of a camera."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from formcheck.app.plugins import find_exercise, find_packs
from formcheck.cli.ending import ended_by_signals
from formcheck.cli.films import ExercisesOption
from formcheck.cli.models import Model, ready_model
from formcheck.cli.profiles import FolderOption, PersonOption, ProfileOption, comparison_for
from formcheck.cli.show import print_report
from formcheck.engine.recognition import AUTO
from formcheck.errors import UserError
from formcheck.exercise.language import load_language
from formcheck.exercise.load import catalogue
from formcheck.exercise.spec import Exercise

if TYPE_CHECKING:
    from formcheck.app.coach import Shown
    from formcheck.app.live import Latencies, LivePlan, LiveSet, Spoken
    from formcheck.app.live_window import ShowsPictures, Then
    from formcheck.body.pose import Pose
    from formcheck.drawing.window import Window
    from formcheck.engine.events import Event
    from formcheck.engine.report import Report
    from formcheck.frame import Frame
    from formcheck.notify.speech import Speaker
    from formcheck.video.live_camera import LiveCamera

SOURCE = "live set"
"""What a camera is called in a report; a film keeps its name."""


def live(
    exercise: Annotated[
        str,
        typer.Option(
            "--exercise", "-e", help="Id of an exercise (see: formcheck exercises), or path of an exercise file."
        ),
    ],
    exercises: ExercisesOption = None,
    camera: Annotated[
        str, typer.Option(metavar="0|URL|FILE", help="Number of a camera, address of a stream, or a film.")
    ] = "0",
    language: Annotated[str, typer.Option(help="What is shown and said: en or de.")] = "en",
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Say aloud what to change.")] = True,
    mirror: Annotated[bool, typer.Option("--mirror/--no-mirror", help="Show the picture as a mirror does.")] = True,
    mute: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="No cues of this rule, such as DL-05; may be repeated.")
    ] = None,
    countdown: Annotated[
        int, typer.Option(min=0, help="Seconds from a good set-up to the start; 0 begins at once.")
    ] = 3,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep report, film and poses here. Default: nothing is kept.")
    ] = None,
    model: Annotated[Model, typer.Option(help="Pose model.")] = "lite",
    person: PersonOption = None,
    profile: ProfileOption = None,
    profiles: FolderOption = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: a line of JSON for everything that happens.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report and how fast it went as lines of JSON and nothing else.")
    ] = False,
) -> None:
    """Lead a set in front of a camera: one cue at a time, counted and judged, with a report at its end.

    Keys: space begins, pauses and goes on; n next exercise; x no more of this cue; m voice off; q quits.

    Example: formcheck live --exercise squat
    """
    if not camera:
        raise UserError("The camera has no name: give --camera a number, an address or a film, or leave it out.")
    if exercise == AUTO:
        raise UserError("A live set is of one exercise: name it with --exercise ID.")
    spec = find_exercise(exercise, exercises)
    words = load_language(language)
    muted = _muted(mute or [], spec)
    comparison_for(profile, spec, profiles)  # one that cannot be read is said before anything is opened
    window = None if headless else _window()
    from formcheck.app.live import LivePlan  # noqa: PLC0415 - loads the pose estimator, which takes a second
    from formcheck.video.live_camera import LiveCamera  # noqa: PLC0415 - loads the picture library

    bundle = ready_model(model)
    with ExitStack() as stack:
        place = _Place(
            camera=stack.enter_context(LiveCamera(camera)),
            clock=_Clock(),
            speaker=stack.enter_context(closing(_speaker(language))) if voice else None,
            window=stack.enter_context(window) if window else None,
            mirror=mirror,
            as_json=as_json or headless,
        )
        name, number = exercise, 1
        while True:
            plan = LivePlan(
                *(spec, words, bundle, Path(camera).name if Path(camera).is_file() else SOURCE),
                comparison=comparison_for(profile, spec, profiles),
                muted=muted,
                countdown_s=countdown,
                person=person,
            )
            out = record.with_name(f"{record.name}-{number}") if record and number > 1 else record
            if place.lead(plan, out) == "quit":
                return
            name, number = _following(name, exercises), number + 1
            spec = find_exercise(name, exercises)


class _Clock:
    """Seconds since this was made: the time of the pictures of a camera that has just been opened."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._began


@dataclass(frozen=True, slots=True)
class _Place:
    """Where sets are done one after the other: a camera, perhaps a voice, perhaps a window."""

    camera: "LiveCamera"
    clock: Callable[[], float]
    speaker: "Speaker | None"
    window: "ShowsPictures | None"
    mirror: bool
    as_json: bool

    def lead(self, plan: "LivePlan", out: Path | None) -> "Then":
        """Lead one set, print its report, and return what is to follow."""
        from formcheck.app.live import Latencies, LiveSet, Spoken  # noqa: PLC0415 - as above
        from formcheck.app.surroundings import exercising  # noqa: PLC0415 - as above
        from formcheck.estimators.mediapipe import MediaPipeEstimator  # noqa: PLC0415

        live_set = LiveSet(plan, self.camera, partial(MediaPipeEstimator, plan.model), out=out)
        latencies = Latencies(self.clock)
        voice = Spoken(self.speaker, live_set.coach.spoken) if self.speaker else None
        if voice:
            live_set.listen(voice)
        with ended_by_signals(live_set.stop), exercising():
            if self.window is None:
                live_set.listen(EventLines(live_set.coach.spoken))
                live_set.listen(latencies)
                self._tell(live_set.run(), out, latencies)
                return "quit"
            then, report = self._in_window(self.window, plan, live_set, voice, latencies)
        if report:
            self._tell(report, out, latencies)
        return then

    def _in_window(
        self,
        window: "ShowsPictures",
        plan: "LivePlan",
        live_set: "LiveSet",
        voice: "Spoken | None",
        latencies: "Latencies",
    ) -> "tuple[Then, Report | None]":
        """Lead a set in a thread of its own while this one attends to the window; no report if it never began."""
        from formcheck.app.live import SetNotBegunError  # noqa: PLC0415 - as above
        from formcheck.app.live_window import LiveScreen  # noqa: PLC0415

        screen = LiveScreen(
            *(window, live_set, plan.exercise, plan.language), voice=voice, latencies=latencies, mirror=self.mirror
        )
        live_set.listen(screen)
        live_set.forewarn(screen.forewarned)
        with ThreadPoolExecutor(1, "formcheck-live") as pool:
            work = pool.submit(live_set.run)
            try:
                then = screen.attend(work.done)
            finally:
                live_set.stop()
            try:
                return then, work.result()
            except SetNotBegunError as nothing:
                typer.echo(str(nothing), err=True)
                return then, None

    def _tell(self, report: "Report", out: Path | None, latencies: "Latencies") -> None:
        from formcheck.app.results import tidy  # noqa: PLC0415 - loads the page writer

        if not self.as_json:
            print_report(report, out, quiet=False, as_json=False)
            return
        _print_line({"event": "report", "report": tidy(report.as_dict())})
        figures = {"fps": tidy(report.quality.fps), "latency_ms": latencies.as_dict()}
        pictures = {name: getattr(self.camera, name) for name in ("grabbed", "dropped", "opened")}
        _print_line({"event": "summary", **figures, **pictures})


class EventLines:
    """Prints what happens as lines of JSON. A listener of a live set."""

    def __init__(self, words: "Callable[[Event], str | None]") -> None:
        self._words = words

    def on(
        self,
        events: "Sequence[Event]",
        shown: "Shown",
        frame: "Frame | None",
        pose: "Pose | None",
    ) -> None:
        """See `formcheck.app.live.Listener.on`."""
        from formcheck.app.live import event_fields  # noqa: PLC0415 - loads the pose estimator, which takes a second

        for event in events:
            _print_line(event_fields(event, self._words(event)))


def _print_line(data: Mapping[str, Any]) -> None:
    print(json.dumps(data, ensure_ascii=False, allow_nan=False), flush=True)  # noqa: T201 - this is the output


def _window() -> "Window":
    from formcheck.drawing.window import Window  # noqa: PLC0415 - before anything that loads PyAV, see there

    return Window("formcheck")


def _speaker(language: str) -> "Speaker":
    from formcheck.notify.speech import Voice  # noqa: PLC0415 - starts nothing before it is wanted

    return Voice(language)


def _muted(rules: Sequence[str], exercise: Exercise) -> frozenset[str]:
    known = [rule.id for rule in exercise.rules]
    for rule in rules:
        if rule not in known:
            raise UserError(f"{exercise.name} has no rule {rule!r} to mute; it has {', '.join(known)}.")
    return frozenset(rules)


def _following(name: str, folder: Path | None) -> str:
    """Return the exercise that comes next in the catalogue; after the last, and after a file, the first."""
    names = catalogue(find_packs(folder))
    place = names.index(name) + 1 if name in names else 0
    return names[place % len(names)]
