"""Read a person's own values from a film of a good set, or of standing still; refuse what may not be good."""

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import pstdev
from typing import Final

from formcheck.app.analyse import PROGRESS_EVERY, FilmPart, Progress, check_judgeable
from formcheck.app.pipeline import read_ahead
from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.engine.report import Finding, Report
from formcheck.engine.sampling import Sample
from formcheck.engine.session import Session
from formcheck.engine.wording import listed
from formcheck.errors import FilmError, UserError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import BASELINE, Exercise, Rule
from formcheck.storage.profiles import Calibration, Reading

MIN_CONFIDENCE: Final = 0.65  # more than the 0.5 that a judgement needs; a textbook film reached 0.67
STILL_S: Final = 3.0
STILL_DEG: Final = 1.5
"""Standard deviation of the trunk while standing still."""
MOST_OFF_DEG: Final = 25.0
"""From the generic neutral: somebody further off slouches, or is not seen well."""


def poses_in(film: FilmPart, model: Path, *, on_progress: Callable[[Progress], None] | None = None) -> list[Pose]:
    """Return the pose of every picture of a film.

    Raises
    ------
    FilmError
        If the film cannot be read.
    """
    poses: list[Pose] = []
    with ExitStack() as stack:
        reader = stack.enter_context(film.open())
        estimator = stack.enter_context(MediaPipeEstimator(model))
        for frame in stack.enter_context(read_ahead(reader)):
            poses.append(estimator.estimate(frame))
            if on_progress and len(poses) % PROGRESS_EVERY == 0:
                on_progress(Progress(len(poses), reader.frame_count_estimate))
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


def calibrate_standing(poses: Sequence[Pose], *, source_name: str, today: date) -> Calibration:
    """Read the measures that rules compare with a baseline, while somebody stands still, side to the camera.

    Parameters
    ----------
    poses, source_name, today
        As in `calibrate_set`.

    Raises
    ------
    FilmError, ViewError
        If nobody stands still for three seconds, was not seen clearly, or stands far off everybody's neutral.
    """
    exercise = _standing()
    samples: list[Sample] = []
    _, report = _follow(poses, exercise, None, samples.append)
    check_judgeable(report, exercise, source_name)
    if not report.holds:
        raise FilmError(f"Nobody stands still for {STILL_S:.0f} s in {source_name}: {exercise.filming}")
    hold = max(report.holds, key=lambda hold: hold.t_end - hold.t_start)
    still = [sample for sample in samples if hold.t_start <= sample.t <= hold.t_end]
    sway = _spread(still, exercise.movement.measure)
    if sway > STILL_DEG:
        raise FilmError(
            f"The body in {source_name} sways by {sway:.1f}°, more than {STILL_DEG:g}°; stand still and film again."
        )
    for finding in hold.findings:
        _check_upright(finding, source_name)
    readings = {
        f.measure: Reading(value=f.value, spread=_spread(still, f.measure))
        for f in hold.findings
        if f.value is not None
    }
    return _calibration(report, readings, source_name, today, None)


def _standing() -> Exercise:
    """Return standing still as a hold, with one rule for each measure that exercises compare with a baseline."""
    compared: dict[str, Rule] = {}
    for rule in (rule for name in catalogue() for rule in load_exercise(name).rules if rule.relative_to == BASELINE):
        compared.setdefault(rule.measure, rule)
    rules = [_near_neutral(i, measure, rule.neutral or 0.0) for i, (measure, rule) in enumerate(compared.items(), 1)]
    upright = [
        {"measure": "trunk_inclination", "above": -30.0, "below": 40.0},
        {"measure": "knee_flexion", "below": 40.0},
    ]
    left = [{"measure": "trunk_inclination", "above": 45.0}, {"measure": "knee_flexion", "above": 45.0}]
    return Exercise.model_validate(
        {
            "schema_version": 1,
            "id": "standing_side",
            "name": "Standing",
            "version": 1,
            "summary": "Standing at ease, side to the camera.",
            "views": ("side",),
            "filming": "stand at ease, side to the camera, arms hanging and the whole body in view, for five seconds.",
            "movement": {
                "kind": "hold",
                "enter": upright,
                "leave": left,
                "steady": {"measure": "trunk_inclination", "within": STILL_DEG},
                "min_s": STILL_S,
            },
            "key": (),
            "not_checked": (),
            "rules": rules,
        }
    )


def _near_neutral(number: int, measure: str, neutral: float) -> dict[str, object]:
    return {
        "id": f"ST-{number:02d}",
        "name": measure,
        "measure": measure,
        "over": "hold",
        "reduce": "median",
        "ideal_min": neutral - MOST_OFF_DEG,
        "ideal_max": neutral + MOST_OFF_DEG,
        "severity": "minor",
        "cue": "Stand tall",
        "why": "Nobody calibrates a slouch.",
        "sources": ("formcheck-geometry",),
    }


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


def _check_upright(finding: Finding, name: str) -> None:
    label = finding.name.replace("_", " ")
    if finding.value is None:
        raise FilmError(f"The {label} cannot be read in {name}: {finding.reason}; film again from the side.")
    if finding.confidence < MIN_CONFIDENCE:
        raise FilmError(
            f"The {label} is not seen clearly enough in {name} (confidence {finding.confidence:.2f}, "
            f"{MIN_CONFIDENCE:g} is needed); film again, more exactly from the side."
        )
    if finding.verdict != "met":
        raise FilmError(
            f"The {label} in {name} is {finding.value:.0f}°, more than {MOST_OFF_DEG:.0f}° off what people standing "
            "at ease read; stand tall, look ahead and film again."
        )


def _calibration(
    report: Report, readings: dict[str, Reading], name: str, today: date, exercise_version: int | None
) -> Calibration:
    view = report.view
    if view.yaw_deg is None or view.near_side is None:
        raise FilmError(f"How far you are turned cannot be read in {name}; film again from the side.")
    return Calibration(
        taken_on=today,
        formcheck=version("formcheck"),
        exercise_version=exercise_version,
        size_px=(report.quality.width, report.quality.height),
        yaw_deg=view.yaw_deg,
        near_side=view.near_side,
        readings=readings,
    )


def _spread(samples: Sequence[Sample], measure: str) -> float:
    values = [s.values[measure] for s in samples if math.isfinite(s.values[measure])]
    return pstdev(values) if values else math.inf
