"""How much rounding of the back formcheck finds, without and with a good set of the same person to compare with."""

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from formcheck.body.baseline import Baseline
from formcheck.engine.report import Report
from formcheck.evaluation.following import followed, judged
from formcheck.evaluation.rendered_studies.scenes import BODIES, SPLIT, scene, watch
from formcheck.evaluation.statistics import Estimate, auc, share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.synth.clip import Clip

RULES: Final = {"deadlift": ("DL-01", "DL-02"), "romanian_deadlift": ("RD-01",)}
YAWS: Final = (3.0, 10.0, 18.0, 26.0)
SEVERITIES: Final = (20.0, 30.0, 40.0)
_ANY_DAY: Final = date(2000, 1, 1)
SENSITIVITY: Final = 0.95
SPECIFICITY: Final = 0.98


@dataclass(frozen=True, slots=True)
class _Trial:
    """One film: how round the back was, and what was said of it (None: not assessable)."""

    severity_deg: float
    found: bool | None
    value: float | None
    clip: Clip


def rendered_rounding(setting: Setting) -> StudyResult:
    """Find rounded backs among neutral ones in deadlifts and Romanian deadlifts."""
    grid = (list(RULES)[:1], BODIES[:1], YAWS[:1]) if setting.quick else (list(RULES), BODIES, YAWS)
    severities = SEVERITIES[-1:] if setting.quick else SEVERITIES
    clips = [
        _clip(exercise, body, yaw, severity, seed)
        for exercise, body, yaw in product(*grid)
        for severity, seed in [(0.0, 1), (0.0, 2), *((s, 1) for s in severities)]
    ]
    watch(setting, clips)
    alone = [_trial(setting, clip, None) for clip in clips]
    compared = [_trial(setting, clip, _good_set(setting, clip)) for clip in clips if clip.fault or clip.seed == 1]
    rows = [*_rows("against an own good set", compared), *_rows("alone", alone)]
    notes = (
        "Rounding is the flexion of the spine between hip and shoulder at the bottom, in degrees beyond neutral.",
        "Alone: a film of somebody unknown, compared with their own shallow hinge. Backs differ in shape, so only "
        "clear rounding can be told from a shape.",
        "Against an own good set: the same person has done one repetition with a neutral back before, in the same "
        "place and clothes. What is missing alone is a measure of build: neutral backs differ by as much as 20° of "
        "rounding adds.",
    )
    return StudyResult("", "Rounded backs, rendered", SPLIT, tuple(rows), (_table(alone, compared),), notes)


def _clip(exercise: str, body: str, yaw: float, severity: float, seed: int) -> Clip:
    if not severity:
        return scene(exercise, body, yaw, seed=seed)
    return scene(exercise, body, yaw, fault="rounded", severity_deg=severity, seed=seed)


def _good_set(setting: Setting, clip: Clip) -> Baseline:
    neutral = _clip(clip.exercise, clip.body, clip.yaw_deg, 0.0, 2)
    session = followed(setting.cache.poses(neutral), clip.exercise)
    return Baseline({}, {}, _ANY_DAY, session.good_set())


def _trial(setting: Setting, clip: Clip, baseline: Baseline | None) -> _Trial:
    report = judged(setting.cache.poses(clip), clip.exercise, baseline)
    found, value = _verdict(report, RULES[clip.exercise])
    return _Trial(clip.severity_deg or 0.0, found, value, clip)


def _verdict(report: Report, rules: tuple[str, ...]) -> tuple[bool | None, float | None]:
    seen = [f for f in report.findings if f.rule in rules and f.verdict != "unseen" and f.rep is not None]
    if not seen:
        return None, None
    return any(f.verdict == "fault" for f in seen), max(f.value for f in seen if f.value is not None)


def _rows(name: str, trials: list[_Trial]) -> list[Row]:
    seen = [t for t in trials if t.found is not None]
    rounded, neutral = [t for t in seen if t.severity_deg], [t for t in seen if not t.severity_deg]
    sensitivity, specificity = _hits([bool(t.found) for t in rounded]), _hits([not t.found for t in neutral])
    rows = [
        Row(f"20 to 40°, {name}", "sensitivity", sensitivity, "films", target=SENSITIVITY),
        Row(f"20 to 40°, {name}", "specificity", specificity, "films", target=SPECIFICITY),
        Row(
            f"all films, {name}", "not assessable", share(len(trials) - len(seen), len(trials)), "films", compared=False
        ),
    ]
    for severity in SEVERITIES:
        found = [bool(t.found) for t in rounded if t.severity_deg == severity]
        rows.append(Row(f"{severity:g}°, {name}", "sensitivity", _hits(found), "films"))
    scored = [(t.value, t.severity_deg) for t in seen if t.severity_deg <= SEVERITIES[0] and t.value is not None]
    area = auc([value for value, _ in scored], [severity > 0.0 for _, severity in scored])
    rows.append(Row(f"20° against none, {name}", "AUC", area, "films", unit=""))
    return rows


def _hits(hits: list[bool]) -> Estimate:
    return share(sum(hits), len(hits))


def _table(alone: list[_Trial], compared: list[_Trial]) -> Table:
    own = {(t.clip, t.severity_deg): t for t in compared}
    cells = []
    for trial in alone:
        clip, other = trial.clip, own.get((trial.clip, trial.severity_deg))
        where = (clip.exercise, clip.body, f"{clip.yaw_deg:g}°", f"{trial.severity_deg:g}°")
        cells.append((*where, _said(trial), _said(other) if other else ""))
    return Table("Films", ("exercise", "body", "turned", "rounding", "alone", "own good set"), tuple(cells))


def _said(trial: _Trial) -> str:
    if trial.found is None or trial.value is None:
        return "not assessable"
    return f"{'fault' if trial.found else 'no fault'} ({trial.value:+.3f})"
