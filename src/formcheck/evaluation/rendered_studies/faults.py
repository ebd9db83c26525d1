"""Whether every fault that can be rendered is found, and nothing else."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, product
from typing import Final

from formcheck.engine.report import Finding, Report
from formcheck.evaluation.following import judged, own_baseline
from formcheck.evaluation.rendered_studies.scenes import BODIES, SPLIT, exercise_of, scene, watch
from formcheck.evaluation.statistics import Estimate, auc, share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.synth.body import load_body
from formcheck.synth.clip import Clip
from formcheck.synth.motions import MOTIONS

SIDE_YAWS: Final = (3.0, 14.0, 25.0)
FRONT_YAWS: Final = (90.0, 80.0, 70.0)
LENGTH: Final = "s"
WITHIN_S: Final = 0.5
"""How far the length of a hold may be off."""
CALM_SEED: Final = 98
"""Of the films that show a person's own posture; those that are judged have other seeds."""
SENSITIVITY: Final = 0.90
SPECIFICITY: Final = 0.95


@dataclass(frozen=True, slots=True)
class _Trial:
    """One faulty film: what was said of the rules that it is meant to set off."""

    exercise: str
    fault: str
    rules: tuple[str, ...]
    clip: Clip
    judged: tuple[Finding, ...]

    @property
    def found(self) -> bool | None:
        """Whether one of them is off; None where none could be judged."""
        return any(_off(f) for f in self.judged) if self.judged else None


def rendered_faults(setting: Setting) -> StudyResult:
    """Go through every fault of every exercise from its declared view, and through faultless films."""
    exercises = [name for name in sorted(MOTIONS) if exercise_of(name) in catalogue()]
    exercises = exercises[:1] if setting.quick else exercises
    faulty = [clip for name in exercises for clip in _faulty(name, few=setting.quick)]
    neutral = [clip for name in exercises for clip in _neutral(name, few=setting.quick)]
    calm = [_calm(clip) for clip in (*faulty, *neutral) if _is_watched(clip)]
    watch(setting, list(dict.fromkeys([*faulty, *neutral, *calm])))
    trials = [_trial(setting, clip) for clip in faulty]
    reports = [(clip, _report(setting, clip)) for clip in neutral]
    rows: list[Row] = []
    for name in exercises:
        rows += _rows(name, [t for t in trials if t.exercise == name], [r for c, r in reports if c.exercise == name])
    rows = [*_rows("all exercises", trials, [r for _, r in reports], target=True), *rows]
    counts = [(clip, *_done(clip), *_counted(report)) for clip, report in reports if not report.rule_times]
    rows += _count_rows(counts)
    tables = (_rule_table(trials, reports), _fault_table(trials), _false_table(reports), _count_table(counts))
    notes = (
        "A fault counts as found when one of the rules that it is meant to set off says fault, or warns where the "
        "rule knows nothing worse. A warning of such a rule in a faultless film counts as false.",
        "Postures are compared with the same person's own in another film of the same scene, as a calibration would.",
        "Specificity: of the rules that were judged in faultless films, the share without a fault. Rules about how "
        "long something takes are left out, as short clips break them on purpose.",
        "Each fault is filmed once with each body, each time from another turn.",
    )
    return StudyResult("", "Faults, rendered", SPLIT, tuple(rows), tables, notes)


def _faulty(exercise: str, *, few: bool) -> Iterable[Clip]:
    faults = MOTIONS[exercise](load_body(BODIES[0])).faults
    for n, (name, fault) in enumerate(list(faults.items())[: 2 if few else None]):
        yaws = SIDE_YAWS if fault.view == "side" else FRONT_YAWS
        for i, body in enumerate(BODIES[:1] if few else BODIES):
            if fault.shows:  # the way down of a lift belongs to the repetition before, so timing takes two
                reps = 2 if fault.hurry else 1
                yield scene(exercise, body, yaws[(i + n) % len(yaws)], fault=name, seed=n, reps=reps)


def _neutral(exercise: str, *, few: bool) -> Iterable[Clip]:
    views = {fault.view for fault in MOTIONS[exercise](load_body(BODIES[0])).faults.values()}
    yaws = (SIDE_YAWS if "side" in views else ()) + (FRONT_YAWS if "front" in views else ())
    for body, yaw in list(product(BODIES, yaws))[: 1 if few else None]:
        yield scene(exercise, body, yaw, seed=99)


def _is_watched(clip: Clip) -> bool:
    return load_exercise(exercise_of(clip.exercise)).movement.kind == "watch"


def _calm(clip: Clip) -> Clip:
    """Return another film of the same person in the same scene, without a fault."""
    return scene(clip.exercise, clip.body, clip.yaw_deg, seed=CALM_SEED)


def _report(setting: Setting, clip: Clip) -> Report:
    """Judge a film; postures against the person's own, which a calibration would have kept."""
    exercise = exercise_of(clip.exercise)
    baseline = own_baseline(setting.cache.poses(_calm(clip)), exercise) if _is_watched(clip) else None
    return judged(setting.cache.poses(clip), exercise, baseline)


def _trial(setting: Setting, clip: Clip) -> _Trial:
    fault = MOTIONS[clip.exercise](load_body(clip.body)).faults[clip.fault or ""]
    found = tuple(f for f in _judged(_report(setting, clip)) if f.rule in fault.shows)
    return _Trial(clip.exercise, clip.fault or "", fault.shows, clip, found)


def _judged(report: Report) -> list[Finding]:
    """Return what was said, leaving out what could not be judged."""
    return [f for f in report.findings if f.verdict != "unseen"]


def _off(finding: Finding) -> bool:
    """Whether a rule says the worst it can: a fault, or a warning where it has no edge of a fault."""
    limits = finding.limits
    worst = "warning" if limits.fault_below is None and limits.fault_above is None else "fault"
    return finding.verdict == worst


def _false(report: Report) -> list[Finding]:
    return [f for f in _judged(report) if _off(f) and f.unit != LENGTH]


def _rows(name: str, trials: list[_Trial], reports: list[Report], *, target: bool = False) -> list[Row]:
    seen = [t for t in trials if t.found is not None]
    rules = sum(f.unit != LENGTH for r in reports for f in _judged(r))
    unseen = share(len(trials) - len(seen), len(trials))
    sensitivity = share(sum(bool(t.found) for t in seen), len(seen))
    specificity = share(rules - sum(len(_false(r)) for r in reports), rules)
    clean = share(sum(not _false(r) for r in reports), len(reports))
    return [
        Row(name, "sensitivity", sensitivity, "faulty films", target=SENSITIVITY if target else None),
        Row(name, "specificity", specificity, "judged rules", target=SPECIFICITY if target else None),
        Row(name, "films without any false fault", clean, "faultless films"),
        Row(name, "faulty films not assessable", unseen, "faulty films", compared=False),
    ]


_Count = tuple[Clip, int, float, int, float]
"""A faultless film: reps or holds done and seconds held (NaN for reps), and the same as counted."""


def _done(clip: Clip) -> tuple[int, float]:
    """Return what is done in a film: its turns, or its holds and how long they are kept."""
    motion = MOTIONS[clip.exercise](load_body(clip.body))
    reps = clip.reps or motion.reps
    phases = [motion.at(i / clip.fps, reps).phase for i in range(round(motion.duration_s(reps) * clip.fps))]
    runs = [(phase, len(list(group)) / clip.fps) for phase, group in groupby(phases)]
    held = [seconds for phase, seconds in runs if phase == "hold"]
    if load_exercise(exercise_of(clip.exercise)).movement.kind == "hold":
        return len(held), sum(held)
    return max(reps, sum(phase == "turn" for phase, _ in runs)), math.nan


def _counted(report: Report) -> tuple[int, float]:
    held = sum(hold.t_end - hold.t_start for hold in report.holds)
    return len(report.reps) + len(report.holds), held if report.holds else math.nan


def _wrong(count: _Count) -> bool:
    _, done, seconds, counted, held = count
    return done != counted or abs(seconds - held) > WITHIN_S * max(1, done)


def _count_rows(counts: list[_Count]) -> list[Row]:
    right = share(sum(done == counted for _, done, _, counted, _ in counts), len(counts))
    holds = [c for c in counts if math.isfinite(c[2]) and c[1] == c[3]]
    timed = share(sum(not _wrong(c) for c in holds), len(holds))
    return [
        Row("faultless films", "counted right", right, "faultless films"),
        Row("faultless films", f"every hold timed within {WITHIN_S:g} s", timed, "films of holds"),
    ]


def _count_table(counts: list[_Count]) -> Table:
    cells = [
        (clip.exercise, clip.body, f"{clip.yaw_deg:g}°", str(done), str(counted), *(_s(x) for x in (seconds, held)))
        for clip, done, seconds, counted, held in (c for c in counts if _wrong(c))
    ]
    head = ("exercise", "body", "turned", "done", "counted", "seconds held", "seconds counted")
    return Table("Faultless films counted or timed wrongly", head, tuple(cells))


def _s(seconds: float) -> str:
    return f"{seconds:.1f}" if math.isfinite(seconds) else "–"


def _rule_table(trials: list[_Trial], reports: list[tuple[Clip, Report]]) -> Table:
    """Rule by rule: films of a fault that it alone is meant to find, against faultless films."""
    cells = []
    for rule in sorted({rule for t in trials for rule in t.rules}):
        own = [t for t in trials if t.rules == (rule,)]
        faulty = [max(t.judged, key=_beyond) for t in own if t.judged]
        neutral = [f for _, r in reports for f in _judged(r) if f.rule == rule]
        found = share(sum(_off(f) for f in faulty), len(faulty))
        quiet = share(sum(not _off(f) for f in neutral), len(neutral))
        area = auc([_beyond(f) for f in (*faulty, *neutral)], [*[True] * len(faulty), *[False] * len(neutral)])
        numbers = (_of(found), _of(quiet), f"{area.value:.2f}" if faulty and neutral else "–")
        cells.append((rule, *numbers, str(len(own) - len(faulty))))
    return Table("Rules", ("rule", "sensitivity", "specificity", "AUC", "faulty films not assessable"), tuple(cells))


def _of(found: Estimate) -> str:
    """Return a share as people read it, with its interval and count."""
    if not found.n:
        return "–"
    value, low, high = (f"{100.0 * x:.0f}" for x in (found.value, found.low, found.high))
    return f"{value} % ({low} to {high}) of {found.n}"


def _beyond(finding: Finding) -> float:
    """Return by how much a value lies outside its ideal; negative inside."""
    value, limits = finding.value or 0.0, finding.limits
    over = [] if limits.ideal_max is None else [value - limits.ideal_max]
    under = [] if limits.ideal_min is None else [limits.ideal_min - value]
    return max([*over, *under])


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
        wrong = sorted({f"{f.rule} {f.value:.3g}" for f in _false(report)})
        if wrong or not (report.reps or report.holds or report.rule_times):
            counted = str(len(report.reps) + len(report.holds))
            cells.append((clip.exercise, clip.body, f"{clip.yaw_deg:g}°", counted, ", ".join(wrong)))
    return Table(
        "Faultless films with a fault or without a count",
        ("exercise", "body", "turned", "counted", "faults"),
        tuple(cells),
    )
