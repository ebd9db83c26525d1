"""Read a person's own values from a good set, or from a pose that is kept; refuse what may not be good."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median, pstdev
from typing import Final

from formcheck.app.analyse import PROGRESS_EVERY, FilmPart, Progress, check_judgeable
from formcheck.app.calibration_poses import POSES, Limit, PoseToKeep
from formcheck.app.following import Follower
from formcheck.app.pipeline import read_ahead
from formcheck.body import MEASURES
from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.engine.judging import MIN_SHARE, verdict_of
from formcheck.engine.report import Finding, Report
from formcheck.engine.sampling import MIN_CONFIDENCE as SEEN
from formcheck.engine.sampling import Sample
from formcheck.engine.session import Session
from formcheck.engine.wording import listed
from formcheck.errors import FilmError, UserError, ViewError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import Exercise, Rule
from formcheck.storage.profiles import Calibration, Reading
from formcheck.video.camera import Camera

MIN_CONFIDENCE: Final = 0.65  # more than the 0.5 that a judgement needs; a textbook film reached 0.67
SETTLE_S: Final = 0.5
STEP_S: Final = 0.2
"""Between the stretches of time of which the stillest is read."""
LONG_ENOUGH: Final = 0.95
"""Share of a time that is enough of it: pictures have gaps between them."""
MOST_WAVERING: Final = 2.0
"""Standard deviation, in error budgets of its measure, beyond which a value is not kept: a model that hesitates between
two noses reads a median that says nothing."""
SQUARE_FROM_DEG: Final = 70.0
"""Turn off a true side view from which on somebody faces the camera well enough to be read."""


@dataclass(frozen=True, slots=True)
class CameraPart:
    """A camera by its number or address, for so long, after the first `skip_s` seconds."""

    source: str
    seconds: float
    skip_s: float = 0.0

    def open(self) -> Camera:
        """Open the camera."""
        return Camera(self.source, seconds=self.seconds, skip_s=self.skip_s)


def poses_in(
    source: FilmPart | CameraPart,
    model: Path,
    *,
    person: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_time: Callable[[float], None] | None = None,
) -> list[Pose]:
    """Return the pose of every picture of a film or camera; `person` as in `analyse_video`.

    Parameters
    ----------
    source : FilmPart or CameraPart
    model : Path
        Pose model bundle.
    person : int, optional
    on_progress : callable, optional
        Called every few pictures.
    on_time : callable, optional
        Called with the time of every picture in seconds.

    Raises
    ------
    FilmError
        If the film or camera cannot be read, or shows not so many people.
    """
    poses: list[Pose] = []
    with ExitStack() as stack:
        reader = source.open()
        stack.callback(reader.close)
        follower = Follower(stack.enter_context(MediaPipeEstimator(model)), person)
        for frame in stack.enter_context(read_ahead(reader)):
            poses.append(follower.pose(frame))
            if on_time:
                on_time(frame.t)
            if on_progress and len(poses) % PROGRESS_EVERY == 0:
                on_progress(Progress(len(poses), reader.frame_count_estimate))
    follower.check_found(source.path.name if isinstance(source, FilmPart) else "what the camera showed")
    return poses


def calibrate_set(poses: Sequence[Pose], exercise: Exercise, *, source_name: str, today: date) -> Calibration:
    """Read what the rules read in a set that was done well.

    Parameters
    ----------
    poses : sequence of Pose
    exercise : Exercise
    source_name : str
        What the film is called, for errors.
    today : date

    Raises
    ------
    UserError
        If the exercise compares with no good set.
    FilmError, ViewError
        If no rep was counted, the back was not seen clearly, or the set may not be good; says what to do again.
    """
    rules = [rule for rule in exercise.rules if rule.own_set]
    if not rules:
        able = ", ".join(name for name in catalogue() if any(rule.own_set for rule in load_exercise(name).rules))
        raise UserError(f"{exercise.name} is not compared with a good set; these exercises are: {able}.")
    session, report = _follow(poses, exercise, None)
    check_judgeable(report, exercise, source_name)
    _check_counted(report, exercise, source_name)
    good_set, spread = session.good_set(), session.good_set_spread()
    _check_seen(good_set, rules, report, source_name)
    # Held against itself, what stands out from the other reps is found too, and how sure each reading is.
    _, again = _follow(poses, exercise, Baseline({}, {}, today, good_set))
    _check_safe((*report.findings, *again.findings), source_name)
    _check_sure([f for f in again.findings if f.rule in good_set and f.verdict != "unseen"], source_name)
    readings = {rule: Reading(value=value, spread=spread[rule]) for rule, value in good_set.items()}
    return _calibration(report, readings, source_name, today, exercise.version)


@dataclass(frozen=True, slots=True)
class PoseRead:
    """What a pose gave: the entry for the profile, and measures that are missing in it with the reason."""

    entry: Calibration
    left_out: dict[str, str]


def calibrate_pose(
    poses: Sequence[Pose], name: str, *, source_name: str, today: date, own: Sequence[Exercise] = ()
) -> PoseRead:
    """Read the measures that rules compare with a pose, while somebody keeps it.

    Of a pose that is taken sitting tall and then relaxed, a value is the mean of what the two halves read.

    Parameters
    ----------
    poses : sequence of Pose
    name : str
        One of `POSES`.
    source_name, today
        As in `calibrate_set`.
    own : sequence of Exercise
        Exercises besides those of the catalogue, whose rules may compare with the pose too.

    Raises
    ------
    FilmError, ViewError
        If nobody keeps the pose for long enough and still, or it was not seen clearly, or it is a slouch.
    """
    asked = POSES[name]
    samples: list[Sample] = []
    exercise = _as_exercise(asked, asked.measures(own))
    _, report = _follow(poses, exercise, None, samples.append)
    _check_view(report, asked, source_name)
    parts = _stillest_parts(asked, report, samples, source_name)
    for limit in asked.limits:
        for part in parts:
            _check_limit(limit, part, asked, source_name)
    kept = {measure: [_read(measure, part) for part in parts] for measure in asked.measures(own)}
    left_out = {m: why for m, read in kept.items() if (why := next((r.why for r in read if r.why), None))}
    kept = {measure: read for measure, read in kept.items() if measure not in left_out}
    if asked.parts > 1:
        _check_alike(asked, {measure: [r.value for r in read] for measure, read in kept.items()}, own, source_name)
    readings = {m: Reading(value=fmean(r.value for r in read), spread=_spread(parts, m)) for m, read in kept.items()}
    return PoseRead(_calibration(report, readings, source_name, today, None), left_out)


def _as_exercise(asked: PoseToKeep, measures: Sequence[str]) -> Exercise:
    """Return a pose as something to follow, with a rule for each measure so that it is read."""
    like = load_exercise(asked.like)
    wanted = dict.fromkeys((asked.driver, *(limit.measure for limit in asked.limits), *measures))
    rule = {
        "name": "Calibration",
        "over": "window",
        "reduce": "median",
        "views": (asked.view,),
        "ideal_min": 0.0,
        "severity": "minor",
        "cue": "Keep still",
        "why": "Read, not judged.",
        "sources": ("formcheck-geometry",),
    }
    return Exercise.model_validate(
        {
            "schema_version": 1,
            "id": like.id,
            "name": f"Pose {asked.name}",
            "version": 1,
            "summary": asked.instruction,
            "views": (asked.view,),
            "filming": asked.instruction,
            "ventral": like.ventral,
            "movement": {
                "kind": "watch",
                "measure": asked.driver,
                "present": [condition.model_dump() for condition in asked.present],
                "settle_s": SETTLE_S,
            },
            "key": (),
            "not_checked": (),
            "rules": [{**rule, "id": f"CAL-{i:02d}", "measure": measure} for i, measure in enumerate(wanted, 1)],
        }
    )


def _stillest_parts(asked: PoseToKeep, report: Report, samples: list[Sample], name: str) -> list[list[Sample]]:
    """Return the stillest stretch of each part of the longest time in which the pose was kept."""
    there = max(((p.t_start, p.t_end) for p in report.phases if p.name == "there"), key=_length, default=(0.0, 0.0))
    if _length(there) < LONG_ENOUGH * asked.seconds:
        raise FilmError(
            f"Nobody keeps the pose {asked.name} for {asked.seconds:.0f} s in {name} ({_length(there):.0f} s were "
            f"seen): {asked.instruction}"
        )
    edges = [there[0] + _length(there) * i / asked.parts for i in range(asked.parts + 1)]
    parts = [[s for s in samples if start <= s.t <= end] for start, end in pairwise(edges)]
    return [_stillest(asked, part, name) for part in parts]


def _stillest(asked: PoseToKeep, samples: list[Sample], name: str) -> list[Sample]:
    """Return the stretch of a pose in which the driver moves least."""
    start, spare = samples[0].t, _length((samples[0].t, samples[-1].t)) - asked.still_s
    starts = [start + STEP_S * i for i in range(1 + max(0, int(spare / STEP_S)))]
    stretches = [[s for s in samples if t <= s.t <= t + asked.still_s] for t in starts]
    best = min(stretches, key=lambda stretch: _spread([stretch], asked.driver))
    _check_read(asked.driver, _read(asked.driver, best), asked, name)
    sway = _spread([best], asked.driver)
    if sway > asked.still_within:
        unit = "°" if MEASURES[asked.driver].unit == "deg" else f" {MEASURES[asked.driver].unit}"
        raise FilmError(
            f"The body in {name} sways by {sway:.3g}{unit}, more than {asked.still_within:g}{unit}; "
            f"keep still for {asked.still_s:.0f} s and film again."
        )
    return best


@dataclass(frozen=True, slots=True)
class _Read:
    """A measure in one part of a pose: its middle value, or why there is none."""

    value: float
    why: str | None


def _read(measure: str, samples: Sequence[Sample]) -> _Read:
    sure = [s for s in samples if s.confidence[measure] >= SEEN and math.isfinite(s.values[measure])]
    if len(sure) < MIN_SHARE * len(samples):
        reasons = Counter(s.why_unseen[measure] for s in samples if measure in s.why_unseen)
        return _Read(math.nan, reasons.most_common(1)[0][0] if reasons else "could not be measured")
    value, confidence = median(s.values[measure] for s in sure), median(s.confidence[measure] for s in sure)
    if confidence < MIN_CONFIDENCE:
        return _Read(
            value, f"it was not seen clearly enough (confidence {confidence:.2f}, {MIN_CONFIDENCE:g} is needed)"
        )
    # What is measured in pixels is only ever compared with itself: its budget is a share.
    budget = MEASURES[measure].budget * (value if MEASURES[measure].unit == "px" else 1.0)
    wavers = pstdev(s.values[measure] for s in sure) > MOST_WAVERING * budget
    return _Read(value, "it wavers too much" if wavers else None)


def _check_view(report: Report, asked: PoseToKeep, name: str) -> None:
    """Refuse a film of nobody, from the wrong side, or at an angle to the front, where a tilt looks larger."""
    if report.quality.person_share == 0.0:
        raise FilmError(f"Nobody is in view in {name}. {asked.instruction}")
    view, yaw = report.view.name, report.view.yaw_deg
    if view not in (asked.view, "oblique", "unknown"):
        raise ViewError(
            f"{name} shows the body from the {view}, and {asked.name} is taken from the {asked.view}. "
            f"{asked.instruction}"
        )
    if asked.view == "front" and yaw is not None and yaw < SQUARE_FROM_DEG:
        raise FilmError(
            f"You are turned away from the camera by {90.0 - yaw:.0f}° in {name}, more than "
            f"{90.0 - SQUARE_FROM_DEG:.0f}°; face it squarely and film again."
        )


def _check_read(measure: str, read: _Read, asked: PoseToKeep, name: str) -> None:
    if read.why:
        raise FilmError(
            f"The {MEASURES[measure].label} cannot be read in {name}: {read.why}; film again. {asked.instruction}"
        )


def _check_limit(limit: Limit, samples: Sequence[Sample], asked: PoseToKeep, name: str) -> None:
    """Refuse a pose in which what must be seen is not, or shows a slouch."""
    measure, read = MEASURES[limit.measure], _read(limit.measure, samples)
    _check_read(limit.measure, read, asked, name)
    if not limit.low <= read.value <= limit.high:
        raise FilmError(
            f"The {measure.label} in {name} is {_shown(read.value, measure.unit)}, and only {_shown(limit.low, '')} to "
            f"{_shown(limit.high, measure.unit)} can be compared with; {limit.again}, and film again."
        )


def _check_alike(asked: PoseToKeep, values: Mapping[str, list[float]], own: Sequence[Exercise], name: str) -> None:
    """Refuse halves of which one would be a fault beside the other: nobody relaxes into a slouch."""
    for rule in asked.rules([load_exercise(asked.like), *own]):
        if rule.measure not in values:
            continue
        tall, relaxed = values[rule.measure]
        for value, zero in ((relaxed, tall), (tall, relaxed)):
            compared = value / zero if rule.compare == "ratio" else value - zero
            if verdict_of(compared, rule) == "fault":
                raise FilmError(
                    f"The two halves of {name} differ too much ({MEASURES[rule.measure].label}); sit tall, then relax "
                    "without sinking, leaning or turning, and film again."
                )


def _length(span: tuple[float, float]) -> float:
    return span[1] - span[0]


def _shown(value: float, unit: str) -> str:
    number = f"{value:.0f}" if unit == "deg" or abs(value) >= 2.0 else f"{value:.2f}"
    return f"{number}°" if unit == "deg" else f"{number} {unit}".strip()


def _follow(
    poses: Sequence[Pose],
    exercise: Exercise,
    baseline: Baseline | None,
    on_sample: Callable[[Sample], None] | None = None,
) -> tuple[Session, Report]:
    session = Session(exercise, baseline=baseline, on_sample=on_sample)
    for pose in poses:
        session.update(pose)
    return session, session.finish()


def _check_counted(report: Report, exercise: Exercise, name: str) -> None:
    if not report.reps:
        why = f" ({report.attempts[0].reason})" if report.attempts else ""
        raise FilmError(f"No rep was counted in {name}{why}; film three calm ones. {exercise.filming}")
    if report.view.name != "side":
        raise FilmError(f"{name} does not show you from the side, where the back can be read; film from the side.")


def _check_seen(good_set: dict[str, float], rules: list[Rule], report: Report, name: str) -> None:
    if good_set:
        return
    why = next((f.reason for f in report.findings if f.rule == rules[0].id and f.reason), "it was never seen whole")
    raise FilmError(f"The back cannot be read in {name}: {why}; film again from the side, in close-fitting clothes.")


def _check_safe(findings: Sequence[Finding], name: str) -> None:
    """Refuse a set with any safety fault, however close a call: all later ones are going to be compared with it."""
    first = next((f for f in findings if f.verdict == "fault" and f.severity == "safety"), None)
    if first is not None:
        reps = [f.rep for f in findings if f.rule == first.rule and f.verdict == "fault" and f.rep is not None]
        where = f" in rep{'s' if len(set(reps)) > 1 else ''} {listed(reps)}" if reps else ""
        fault = f"{first.name[0].lower()}{first.name[1:]}"
        raise FilmError(f"{name} is no good set ({fault}{where}); do it again with less weight, as well as you can.")


def _check_sure(findings: Sequence[Finding], name: str) -> None:
    sure = min((f.confidence for f in findings), default=0.0)
    if sure < MIN_CONFIDENCE:
        raise FilmError(
            f"The back is not seen clearly enough in {name} (confidence {sure:.2f}, {MIN_CONFIDENCE:g} is needed); "
            "film again, more exactly from the side and in even light."
        )


def _calibration(
    report: Report, readings: dict[str, Reading], name: str, today: date, exercise_version: int | None
) -> Calibration:
    view = report.view
    if view.yaw_deg is None or view.near_side is None:
        raise FilmError(f"How far you are turned cannot be read in {name}; film again.")
    return Calibration(
        taken_on=today,
        formcheck=version("formcheck"),
        exercise_version=exercise_version,
        size_px=(report.quality.width, report.quality.height),
        yaw_deg=view.yaw_deg,
        near_side=view.near_side,
        readings=readings,
    )


def _spread(parts: Iterable[Sequence[Sample]], measure: str) -> float:
    """Return the standard deviation of a measure while it was read; the larger one of two parts."""
    return max(_spread_in(part, measure) for part in parts)


def _spread_in(samples: Sequence[Sample], measure: str) -> float:
    """Return the standard deviation of a measure; infinite where too little of it was seen."""
    seen = [s.values[measure] for s in samples if math.isfinite(s.values[measure])]
    return pstdev(seen) if seen and len(seen) >= MIN_SHARE * len(samples) else math.inf
