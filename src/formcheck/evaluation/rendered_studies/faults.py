"""Whether every fault that can be rendered is found, and nothing else."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

from formcheck.engine.report import Finding, Report
from formcheck.evaluation.rendered_studies.scenes import BODIES, SPLIT, judged, scene, watch
from formcheck.evaluation.statistics import share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.load import catalogue
from formcheck.synth.body import load_body
from formcheck.synth.clip import Clip
from formcheck.synth.motions import MOTIONS

SIDE_YAWS: Final = (3.0, 14.0, 25.0)
FRONT_YAWS: Final = (90.0, 80.0, 70.0)
LENGTH: Final = "s"
SENSITIVITY: Final = 0.90
SPECIFICITY: Final = 0.95


@dataclass(frozen=True, slots=True)
class _Trial:
    """One faulty film: what of its rules was said in each repetition or hold (None: not assessable)."""

    exercise: str
    fault: str
    rules: tuple[str, ...]
    clip: Clip
    found: bool | None


def rendered_faults(setting: Setting) -> StudyResult:
    """Go through every fault of every exercise from its declared view, and through faultless films."""
    exercises = [name for name in catalogue() if name in MOTIONS]
    exercises = exercises[:1] if setting.quick else exercises
    faulty = [clip for name in exercises for clip in _faulty(name, few=setting.quick)]
    neutral = [clip for name in exercises for clip in _neutral(name, few=setting.quick)]
    watch(setting, [*faulty, *neutral])
    trials = [_trial(setting, clip) for clip in faulty]
    reports = [(clip, judged(setting.cache.poses(clip), clip.exercise)) for clip in neutral]
    rows: list[Row] = []
    for name in exercises:
        rows += _rows(name, [t for t in trials if t.exercise == name], [r for c, r in reports if c.exercise == name])
    rows = [*_rows("all exercises", trials, [r for _, r in reports], target=True), *rows]
    tables = (_fault_table(trials), _false_table(reports))
    notes = (
        "A fault counts as found when one of the rules that it is meant to set off says fault.",
        "Specificity: of the rules that were judged in faultless films, the share without a fault. Rules about how "
        "long something takes are left out, as short clips break them on purpose.",
        "Each fault is filmed once with each body, each time from another turn.",
    )
    return StudyResult("", "Faults, rendered", SPLIT, tuple(rows), tables, notes)


def _faulty(exercise: str, *, few: bool) -> Iterable[Clip]:
    faults = MOTIONS[exercise](load_body(BODIES[0])).faults
    for n, (name, fault) in enumerate(faults.items()):
        yaws = SIDE_YAWS if fault.view == "side" else FRONT_YAWS
        for i, body in enumerate(BODIES[:1] if few else BODIES):
            if fault.shows:  # the way down of a lift belongs to the repetition before, so timing takes two
                reps = 2 if fault.hurry else 1
                yield scene(exercise, body, yaws[(i + n) % len(yaws)], fault=name, seed=n, reps=reps)


def _neutral(exercise: str, *, few: bool) -> Iterable[Clip]:
    faults = MOTIONS[exercise](load_body(BODIES[0])).faults.values()
    yaws = SIDE_YAWS + (FRONT_YAWS if any(fault.view == "front" for fault in faults) else ())
    for body, yaw in list(product(BODIES, yaws))[: 1 if few else None]:
        yield scene(exercise, body, yaw, seed=99)


def _trial(setting: Setting, clip: Clip) -> _Trial:
    fault = MOTIONS[clip.exercise](load_body(clip.body)).faults[clip.fault or ""]
    report = judged(setting.cache.poses(clip), clip.exercise)
    said = [f for f in _in_reps(report) if f.rule in fault.shows]
    seen = [f for f in said if f.verdict != "unseen"]
    found = any(f.verdict == "fault" for f in seen) if seen else None
    return _Trial(clip.exercise, clip.fault or "", fault.shows, clip, found)


def _in_reps(report: Report) -> list[Finding]:
    return [f for f in report.findings if f.rep is not None]


def _rows(name: str, trials: list[_Trial], reports: list[Report], *, target: bool = False) -> list[Row]:
    seen = [t for t in trials if t.found is not None]
    judged_rules = [f for r in reports for f in _in_reps(r) if f.verdict != "unseen" and f.unit != LENGTH]
    false = sum(f.verdict == "fault" for f in judged_rules)
    unseen = share(len(trials) - len(seen), len(trials))
    sensitivity = share(sum(bool(t.found) for t in seen), len(seen))
    specificity = share(len(judged_rules) - false, len(judged_rules))
    return [
        Row(name, "sensitivity", sensitivity, "faulty films", target=SENSITIVITY if target else None),
        Row(name, "specificity", specificity, "judged rules", target=SPECIFICITY if target else None),
        Row(name, "faulty films not assessable", unseen, "faulty films", compared=False),
    ]


def _fault_table(trials: list[_Trial]) -> Table:
    by_fault: dict[tuple[str, str, str], list[_Trial]] = defaultdict(list)
    for trial in trials:
        by_fault[trial.exercise, trial.fault, ", ".join(trial.rules)].append(trial)
    cells = []
    for (exercise, fault, rules), some in by_fault.items():
        found = sum(t.found is True for t in some)
        unseen = ", ".join(f"{t.clip.body} {t.clip.yaw_deg:g}°" for t in some if t.found is None)
        missed = ", ".join(f"{t.clip.body} {t.clip.yaw_deg:g}°" for t in some if t.found is False)
        cells.append((exercise, fault, rules, f"{found} of {len(some)}", missed, unseen))
    return Table("Faults", ("exercise", "fault", "rules", "found", "missed", "not assessable"), tuple(cells))


def _false_table(reports: list[tuple[Clip, Report]]) -> Table:
    cells = []
    for clip, report in reports:
        wrong = sorted(
            {f"{f.rule} {f.value:.3g}" for f in _in_reps(report) if f.verdict == "fault" and f.unit != LENGTH}
        )
        if wrong or not (report.reps or report.holds):
            counted = str(len(report.reps) + len(report.holds))
            cells.append((clip.exercise, clip.body, f"{clip.yaw_deg:g}°", counted, ", ".join(wrong)))
    return Table(
        "Faultless films with a fault or without a count",
        ("exercise", "body", "turned", "counted", "faults"),
        tuple(cells),
    )
