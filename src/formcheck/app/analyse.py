"""A film in, a report out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from formcheck.app.comparison import Comparison
from formcheck.app.following import Follower
from formcheck.app.lighting import SceneLog, scenes_of
from formcheck.app.overlay import Overlay, OverlayState, draw
from formcheck.app.pipeline import WorkBehind, read_ahead
from formcheck.app.results import FILM, POSES, SampleTable, staged, write_results
from formcheck.app.stills import take_stills
from formcheck.body.baseline import Baseline
from formcheck.drawing.scaling import fit, fitted_px
from formcheck.engine.report import Quality, Report
from formcheck.engine.sampling import Sample
from formcheck.engine.session import Session
from formcheck.errors import FilmError, RecordingError, ViewError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.spec import Exercise
from formcheck.frame import Frame
from formcheck.storage.recordings import Recording, RecordingWriter, load_poses
from formcheck.video.reader import FilmReader, FilmStats
from formcheck.video.writer import FilmWriter

_QUALITY: Final = TypeAdapter[Quality | None](Quality | None)
_VERSIONS: Final = TypeAdapter(dict[str, str])
SHOWN_PX: Final = 960
"""Longer side of the annotated film: large enough for a report, and half the work of 1280."""
PROGRESS_EVERY: Final = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an analysis has come: pictures done, and how many there will be, if the film says so."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class FilmPart:
    """Which part of a film to look at, and how many times slower than life it plays."""

    path: Path
    start_s: float | None = None
    end_s: float | None = None
    slow_motion: float = 1.0

    def open(self) -> FilmReader:
        """Open the film."""
        return FilmReader(self.path, start_s=self.start_s, end_s=self.end_s, slow_motion=self.slow_motion)


def analyse_video(
    film: FilmPart,
    exercise: Exercise,
    model: Path,
    *,
    out: Path | None = None,
    baseline: Baseline | None = None,
    comparison: Comparison | None = None,
    person: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Follow the person in a film through one exercise.

    Parameters
    ----------
    film : FilmPart
    exercise : Exercise
    model : Path
        Pose model bundle.
    out : Path, optional
        Folder for report.html, report.json, reps.csv, measures.csv, poses.parquet and annotated.mp4. They appear
        together at the end, or not at all.
    baseline : Baseline, optional
        The person's calibrated values.
    comparison : Comparison, optional
        The same from a profile, instead of `baseline`: the report says what it was compared with, and what was filmed
        from elsewhere is left out.
    person : int, optional
        Whom to follow: the n-th person from the left, from 1, in the first picture with so many. Where left out, the
        largest, most central one who is whole in the picture.
    on_progress : callable, optional
        Called every few pictures.

    Raises
    ------
    FilmError
        If the film cannot be read or shows nobody, not so many people, or never a whole body.
    ViewError
        If it shows the body from a side that the exercise cannot be followed from.
    OutputError
        If the results cannot be written.
    """
    with ExitStack() as stack:
        reader = stack.enter_context(film.open())
        folder = stack.enter_context(staged(out)) if out else None
        analysis = Analysis(exercise, model, comparison.baseline if comparison else baseline, person)
        report = analysis.run(reader, folder, film, on_progress)
        check_judgeable(report, exercise, film.path.name)
        if comparison and not comparison.fits(report):  # from where it was filmed is known only now
            if folder:
                report = _judge_again(report, film, folder, exercise, comparison.fitting(report))
            else:
                analysis = Analysis(exercise, model, comparison.fitting(report), person)
                report = analysis.run(stack.enter_context(film.open()), None, film, on_progress)
        if comparison:
            report = comparison.noted(report)
        if folder:
            stills = take_stills(film.path, film.slow_motion, folder / POSES, report)
            write_results(
                folder, report, exercise, analysis.samples, source_name=film.path.name, stills=stills, film=FILM
            )
        return report


class Analysis:
    """One pass over a film: decode ahead, estimate and judge here, draw and encode behind.

    Attributes
    ----------
    samples : SampleTable
        The measures of every picture.
    """

    def __init__(self, exercise: Exercise, model: Path, baseline: Baseline | None, person: int | None) -> None:
        self.samples = SampleTable(exercise.measures)
        self._exercise = exercise
        self._model = model
        self._session = Session(exercise, baseline=baseline, on_sample=self._note)
        self._overlays = OverlayState(self._session)
        self._person = person
        self._scenes = SceneLog()

    def run(
        self,
        reader: FilmReader,
        folder: Path | None,
        film: FilmPart,
        on_progress: Callable[[Progress], None] | None,
    ) -> Report:
        """Go through the film; poses and the annotated film are written into `folder`, where there is one."""
        done, total = 0, reader.frame_count_estimate
        with ExitStack() as stack:
            follower = Follower(stack.enter_context(MediaPipeEstimator(self._model)), self._person)
            recording = stack.enter_context(RecordingWriter(folder / POSES)) if folder else None
            show = stack.enter_context(film_behind(folder / FILM, reader)) if folder else None
            for frame in stack.enter_context(read_ahead(reader)):
                pose = follower.pose(frame)
                events = self._session.update(pose, self._scenes.look(frame, pose, follower.people))
                if recording and show:
                    recording.write(pose)
                    self._overlays.note(events)
                    show.put((frame, self._overlays.overlay(pose)))
                done += 1
                if on_progress and done % PROGRESS_EVERY == 0:
                    on_progress(Progress(done, total))
            follower.check_found(film.path.name)
            quality, versions = film_quality(reader.stats, follower), versions_used(self._model)
            if recording:
                recording.facts.update(facts_of(self._exercise.id, film, quality, versions), scenes=self._scenes.rows)
        if on_progress:
            on_progress(Progress(done, done))
        return self._session.finish(quality, versions)

    def _note(self, sample: Any) -> None:
        self.samples.add(sample)
        self._overlays.note_sample(sample)


def _judge_again(report: Report, film: FilmPart, folder: Path, exercise: Exercise, baseline: Baseline) -> Report:
    """Judge and draw the film once more with other values to compare with, from the recorded poses."""

    def note(sample: Sample) -> None:
        overlays.note_sample(sample)

    session = Session(exercise, baseline=baseline, on_sample=note)
    overlays = OverlayState(session)
    with ExitStack() as stack:
        reader = stack.enter_context(film.open())
        show = stack.enter_context(film_behind(folder / FILM, reader))
        frames = stack.enter_context(read_ahead(reader))
        recorded = load_poses(folder / POSES)
        scenes = scenes_of(recorded)
        for frame, pose in zip(frames, recorded.poses(), strict=True):
            overlays.note(session.update(pose, scenes.get(pose.t)))
            show.put((frame, overlays.overlay(pose)))
    return session.finish(report.quality, dict(report.versions))


@contextmanager
def film_behind(path: Path, reader: FilmReader) -> Iterator[WorkBehind[tuple[Frame, Overlay]]]:
    """Draw overlays and encode the annotated film in a background thread."""
    size_px = fitted_px((reader.width, reader.height), SHOWN_PX)
    with FilmWriter(path, size_px=size_px, fps_hint=reader.fps) as writer:

        def work(item: tuple[Frame, Overlay]) -> None:
            frame, overlay = item
            image, pose = fit(frame.image, overlay.pose, SHOWN_PX)
            draw(image, replace(overlay, pose=pose))
            writer.write(image, frame.t)

        with WorkBehind(work) as behind:
            yield behind


def check_judgeable(report: Report, exercise: Exercise, name: str) -> None:
    """Refuse a film that shows nobody, never a body, or the body from the wrong side.

    Raises
    ------
    FilmError, ViewError
    """
    if report.quality.person_share == 0.0:
        raise FilmError(f"Nobody is in view in {name}: film one whole person, from head to feet.")
    nothing = not report.reps and not report.holds and not report.watched_s
    if nothing and report.quality.body_share == 0.0:
        raise FilmError(f"The body is never whole in view in {name}: step back until head and feet are in the picture.")
    if report.view.name not in (*exercise.views, "oblique", "unknown"):
        sides = " or ".join(exercise.views)
        raise ViewError(
            f"{name} shows the body from the {report.view.name}, but {exercise.name.lower()} can only be judged "
            f"from the {sides}: {exercise.filming}"
        )


def replay(
    recording: Path,
    exercise: Exercise,
    *,
    out: Path | None = None,
    baseline: Baseline | None = None,
    comparison: Comparison | None = None,
) -> Report:
    """Judge recorded poses again, without the film; the same exercise file gives the same report.

    Parameters
    ----------
    recording : Path
    exercise, out, baseline, comparison
        As in `analyse_video`.

    Raises
    ------
    RecordingError
        If the recording cannot be read.
    FilmError, ViewError
        As `analyse_video`.
    OutputError
        If the results cannot be written.
    """
    recorded = load_poses(recording)
    report, samples = judge_recorded(recorded, exercise, comparison.baseline if comparison else baseline)
    source = str(recorded.facts.get("film", recording.name))
    check_judgeable(report, exercise, source)
    if comparison and not comparison.fits(report):
        report, samples = judge_recorded(recorded, exercise, comparison.fitting(report))
    if comparison:
        report = comparison.noted(report)
    if out:
        with staged(out) as folder:
            write_results(folder, report, exercise, samples, source_name=source, stills={}, film=None)
    return report


def judge_recorded(recorded: Recording, exercise: Exercise, baseline: Baseline | None) -> tuple[Report, SampleTable]:
    """Follow recorded poses through an exercise; return the report with every sample.

    Raises
    ------
    RecordingError
        If the recording cannot be read or its facts make no sense.
    """
    samples = SampleTable(exercise.measures)
    session = Session(exercise, baseline=baseline, on_sample=samples.add)
    scenes = scenes_of(recorded)
    for pose in recorded.poses():
        session.update(pose, scenes.get(pose.t))
    try:
        quality = _QUALITY.validate_python(recorded.facts.get("quality"))
        versions = _VERSIONS.validate_python(recorded.facts.get("versions", {}))
    except ValidationError:
        raise RecordingError(
            f"{recorded.path} holds facts about its film that make no sense; record it again."
        ) from None
    return session.finish(quality, versions), samples


def film_quality(stats: FilmStats, follower: Follower) -> Quality:
    """Return what reader and follower know about a film; shares are filled in from the poses."""
    return Quality(
        frames=stats.decoded,
        decoded=stats.decoded,
        dropped=stats.damaged,
        person_share=0.0,
        body_share=0.0,
        fps=stats.fps,
        width=stats.width,
        height=stats.height,
        duration_s=0.0,
        people=max(1, follower.people),
        truncated=stats.truncated,
        lost=follower.lock.lost,
        gone_since_s=follower.lock.gone_since_s,
        others_refused=follower.lock.others_refused,
        turned=follower.turned,
    )


def versions_used(model: Path) -> dict[str, str]:
    """Return names and versions of what takes part in an analysis."""
    return {"formcheck": version("formcheck"), "mediapipe": version("mediapipe"), "pose model": model.stem}


def facts_of(exercise: str, film: FilmPart, quality: Quality, versions: dict[str, str]) -> dict[str, Any]:
    """Return what is recorded along with the poses of a film."""
    return {
        "film": film.path.name,
        "exercise": exercise,
        "slow_motion": film.slow_motion,
        "quality": {name: getattr(quality, name) for name in quality.__slots__},
        "versions": versions,
    }
