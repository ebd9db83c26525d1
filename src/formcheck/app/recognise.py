"""Films and recordings of unknown exercises: watch once, recognise, and judge each part by its own exercise."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from formcheck.app.analyse import (
    PROGRESS_EVERY,
    FilmPart,
    Progress,
    check_judgeable,
    facts_of,
    film_behind,
    film_quality,
    judge_recorded,
    versions_used,
)
from formcheck.app.comparison import Comparison
from formcheck.app.following import Follower
from formcheck.app.lighting import SceneLog, scenes_of
from formcheck.app.overlay import OverlayState
from formcheck.app.pipeline import read_ahead
from formcheck.app.plugins import find_packs
from formcheck.app.results import FILM, POSES, staged, write_results
from formcheck.app.stills import take_stills
from formcheck.body.baseline import Baseline
from formcheck.engine.recognition import AUTO, Recogniser, Recognition, Segment
from formcheck.engine.report import Report
from formcheck.engine.sampling import Sample
from formcheck.engine.session import Session
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import Exercise
from formcheck.storage.recordings import Recording, RecordingWriter, load_poses, save_poses

LEAD_S: Final = 3.0
"""So much of what came before and after belongs to a part: it shows the start position and the way out."""
MOST_ASKED: Final = 3
"""So many exercises at most are offered where it is in doubt which it is."""
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One exercise of a film with its report, and the folder in which that was written, if any."""

    segment: Segment
    report: Report
    folder: Path | None


def every_exercise(folder: Path | None = None) -> list[Exercise]:
    """Return all exercises that can be recognised: the catalogue, installed packs, and those of a folder.

    Raises
    ------
    ExerciseError
        If a pack or one of its files cannot be used.
    """
    packs = find_packs(folder)
    return [load_exercise(name, packs) for name in catalogue(packs)]


def watch(
    film: FilmPart, model: Path, to: Path, *, person: int | None = None, on_progress: OnProgress | None = None
) -> None:
    """Watch a film once and record its poses.

    Parameters
    ----------
    film : FilmPart
    model : Path
        Pose model bundle.
    to : Path
        Where the recording shall appear.
    person : int, optional
        As in `analyse_video`.
    on_progress : callable, optional
        Called every few pictures.

    Raises
    ------
    FilmError
        If the film cannot be read or shows not so many people.
    """
    scenes = SceneLog()
    with ExitStack() as stack:
        reader = stack.enter_context(film.open())
        follower = Follower(stack.enter_context(MediaPipeEstimator(model)), person)
        recording = stack.enter_context(RecordingWriter(to))
        for done, frame in enumerate(stack.enter_context(read_ahead(reader)), 1):
            pose = follower.pose(frame)
            scenes.look(frame, pose, follower.people)
            recording.write(pose)
            if on_progress and done % PROGRESS_EVERY == 0:
                on_progress(Progress(done, reader.frame_count_estimate))
        follower.check_found(film.path.name)
        facts = facts_of(AUTO, film, film_quality(reader.stats, follower), versions_used(model))
        recording.facts.update(facts, scenes=scenes.rows)


def recognise(recording: Path, exercises: Sequence[Exercise]) -> Recognition:
    """Say which exercises recorded poses show.

    Raises
    ------
    RecordingError
        If the recording cannot be read.
    """
    recogniser = Recogniser(exercises)
    for pose in load_poses(recording).poses():
        recogniser.update(pose)
    return recogniser.finish()


def question(segment: Segment, exercises: Iterable[Exercise]) -> str:
    """Return "deadlift (0.55) or Romanian deadlift (0.40)": what a doubtful segment may be, with confidences."""
    names = {exercise.id: exercise.name for exercise in exercises}
    likeliest = segment.candidates[:MOST_ASKED]
    return " or ".join(f"{_inside(names[c.exercise])} ({c.confidence:.2f})" for c in likeliest)


def _inside(name: str) -> str:
    """Return the name of an exercise as it is written inside a sentence; names of places stay as they are."""
    return name if name.startswith("Romanian") else name[0].lower() + name[1:]


def judge_parts(
    recording: Path,
    recognition: Recognition,
    exercises: Sequence[Exercise],
    *,
    film: FilmPart | None = None,
    out: Path | None = None,
    compare: Callable[[Exercise], Comparison | None] = lambda _: None,
) -> list[Part]:
    """Judge every segment by its first candidate, from the recorded poses.

    Parameters
    ----------
    recording : Path
    recognition : Recognition
    exercises : sequence of Exercise
        Those that were looked for.
    film : FilmPart, optional
        The film of the recording, to draw in.
    out : Path, optional
        Folder for the report; where there are several parts, of a folder ``1-squat``, ``2-plank``, ... for each.
    compare : callable, optional
        Returns what an exercise is to be compared with.

    Raises
    ------
    RecordingError
        If the recording cannot be read.
    FilmError, ViewError, OutputError
        As `analyse_video`.
    """
    by_id = {exercise.id: exercise for exercise in exercises}
    segments = recognition.segments
    parts = []
    for number, (segment, span) in enumerate(zip(segments, _spans(segments), strict=True), 1):
        exercise = by_id[segment.exercise]
        folder = out / f"{number}-{exercise.id.replace(':', '-')}" if out and len(segments) > 1 else out
        report = _judge_part(recording, span, exercise, film, folder, compare(exercise))
        parts.append(Part(segment, report, folder))
    return parts


def _spans(segments: Sequence[Segment]) -> list[tuple[float, float]]:
    """Return from when to when the poses of each segment are judged; all of them where there is only one."""
    if len(segments) == 1:
        return [(float("-inf"), float("inf"))]
    before = [float("-inf"), *(segment.t_end for segment in segments[:-1])]
    after = [*(segment.t_start for segment in segments[1:]), float("inf")]
    return [
        (max(s.t_start - LEAD_S, (s.t_start + left) / 2), min(s.t_end + LEAD_S, (s.t_end + right) / 2))
        for s, left, right in zip(segments, before, after, strict=True)
    ]


def _judge_part(
    recording: Path,
    span: tuple[float, float],
    exercise: Exercise,
    film: FilmPart | None,
    out: Path | None,
    comparison: Comparison | None,
) -> Report:
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(prefix="formcheck-")))
        folder = stack.enter_context(staged(out)) if out else work
        part = _cut(load_poses(recording), span, folder / POSES if film else work / POSES, exercise)
        source = str(part.facts.get("film", recording.name))
        baseline = comparison.baseline if comparison else None
        report, samples = judge_recorded(part, exercise, baseline)
        check_judgeable(report, exercise, source)
        if comparison and not comparison.fits(report):
            baseline = comparison.fitting(report)
            report, samples = judge_recorded(part, exercise, baseline)
        if comparison:
            report = comparison.noted(report)
        if out:
            if film:
                _draw(film, part, exercise, baseline, folder / FILM)
            stills = take_stills(film.path, film.slow_motion, part.path, report) if film else {}
            shown = FILM if film else None
            write_results(folder, report, exercise, samples, source_name=source, stills=stills, film=shown)
        return report


def _cut(recorded: Recording, span: tuple[float, float], to: Path, exercise: Exercise) -> Recording:
    """Write the poses of a stretch of time as a recording of their own."""
    poses = (pose for pose in recorded.poses() if span[0] <= pose.t <= span[1])
    save_poses(to, poses, facts={**recorded.facts, "exercise": exercise.id})
    return load_poses(to)


def _draw(film: FilmPart, part: Recording, exercise: Exercise, baseline: Baseline | None, to: Path) -> None:
    """Read the film again and draw in what the recorded poses of a part of it show."""

    def note(sample: Sample) -> None:
        overlays.note_sample(sample)

    session = Session(exercise, baseline=baseline, on_sample=note)
    overlays = OverlayState(session)
    scenes, poses = scenes_of(part), part.poses()
    with ExitStack() as stack:
        reader = stack.enter_context(film.open())
        show = stack.enter_context(film_behind(to, reader))
        pose = next(poses, None)
        for frame in stack.enter_context(read_ahead(reader)):
            if pose is None:
                break
            if frame.t == pose.t:
                overlays.note(session.update(pose, scenes.get(pose.t)))
                show.put((frame, overlays.overlay(pose)))
                pose = next(poses, None)
