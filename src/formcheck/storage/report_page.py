"""What the report's page says: a report turned into headline, cards, changes and conditions; no markup."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from typing import Final

from formcheck.engine.report import Finding, Hold, Limits, PhaseSpan, Rep, Report, Verdict, ViewFound
from formcheck.engine.wording import SEVERITY_ORDER
from formcheck.storage.wording import (
    clock,
    lasting,
    measured_text,
    numbered,
    percent,
    plural,
    sentence,
    stretch,
    value_text,
    wanted_text,
)

Stills = Mapping[tuple[str, float], bytes]
"""JPEG or PNG pictures by rule id and moment (`Finding.t_worst`)."""

WINDOW: Final = "window"
"""What a watched posture is judged by; people are told the time instead."""
MOST_MOMENTS: Final = 12
"""Moments of one rule that can be pressed, where a posture was watched; the timeline shows all."""
MOST_LAPSES: Final = 6

PHASE_WORDS: Final = {
    "away": "going",
    "back": "coming back",
    "turn": "turning",
    "settle": "settling in",
    "hold": "holding",
    "there": "watched",
}
RESTING: Final = ("rest", "settle", "out", "unknown", "between")
"""Phases in which nothing is judged; charts leave them white."""
VERDICT_WORDS: Final[dict[Verdict, str]] = {
    "fault": "Change this",
    "warning": "Slightly off",
    "met": "Fine",
    "unseen": "Not seen",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A judged value and where to see it."""

    label: str
    t: float
    value: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on the scale of a gauge; `at` is in percent of its width."""

    at: float
    label: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Gauge:
    """A scale with the wanted band and the measured values on it; positions in percent of its width."""

    ideal: tuple[float, float]
    low_fault: float | None
    high_fault: float | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Still:
    """The picture of a worst moment."""

    src: str
    t: float
    where: str
    alt: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to change: the faults and warnings of one rule."""

    name: str
    verdict: Verdict
    word: str
    where: str
    cue: str
    why: str
    wanted: str
    borderline: bool
    sources: tuple[str, ...]
    moments: tuple[Moment, ...]
    more: int
    gauge: Gauge | None
    stills: tuple[Still, ...]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A stretch of a hold that does not count, and what was not right meanwhile."""

    t: float
    when: str
    names: str


@dataclass(frozen=True, slots=True)
class Card:
    """One rep, hold or cycle."""

    kind: str
    index: int
    side: str | None
    t: float
    t_end: float
    score: int | None
    figures: str
    marks: tuple[tuple[Verdict, str], ...]
    fine: int
    unseen: int
    lapses: tuple[Lapsed, ...] = ()
    more_lapses: int = 0


@dataclass(frozen=True, slots=True)
class SideRow:
    """What was held on one side."""

    side: str
    holds: int
    held: str
    good: str
    best: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that changed in the course of the set, and when; None where that is no one moment."""

    words: str
    t: float | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """What one reason kept from being judged."""

    reason: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    """The full text of a source, and its number on the page."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line: exercise, count, score."""

    name: str
    count: str
    score: int | None
    remark: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """All findings of one rule."""

    rule: str
    findings: list[Finding] = field(default_factory=list)

    def having(self, *verdicts: Verdict) -> list[Finding]:
        return [f for f in self.findings if f.verdict in verdicts]


def noun_of(report: Report) -> str:
    """Return what this report counts: "rep", "hold" or "cycle"; "window" where a posture was watched."""
    if report.rule_times:
        return WINDOW
    return "hold" if report.holds and not report.reps else report.exercise.counts


def all_findings(report: Report) -> list[Finding]:
    """Return every finding once, whether it is listed with its rep, for the whole set, or both."""
    spans: tuple[Rep | Hold, ...] = (*report.reps, *report.holds)
    return list(dict.fromkeys(chain(report.findings, *(span.findings for span in spans))))


def _by_rule(findings: Iterable[Finding]) -> list[_Judged]:
    rules: dict[str, _Judged] = {}
    for finding in findings:
        rules.setdefault(finding.rule, _Judged(finding.rule)).findings.append(finding)
    return list(rules.values())


def headline(report: Report) -> Headline:
    """Return the first line of the page."""
    score = report.score
    judged = f"{percent(score.coverage)} could be judged"
    remark = judged if score.value is not None else sentence(score.reason or "too little could be judged")
    return Headline(report.exercise.name, _count(report), score.value, remark)


def _count(report: Report) -> str:
    parts = report.reps or report.holds
    if report.rule_times:
        return f"watched for {lasting(report.watched_s)}" if report.watched_s else "not seen"
    if not parts:
        return "nothing counted"
    counted = plural(len(parts), noun_of(report)) + _by_side(parts)
    return f"{counted}, {sum(hold.t_end - hold.t_start for hold in report.holds):.0f} s" if report.holds else counted


def _by_side(parts: Sequence[Rep] | Sequence[Hold]) -> str:
    sides = [part.side for part in parts if part.side]
    counts = [f"{sides.count(side)} {side}" for side in ("left", "right") if side in sides]
    return f" ({', '.join(counts)})" if counts else ""


def cards(report: Report) -> list[Card]:
    """Return one card for each rep, hold or cycle, in their order."""
    noun = report.exercise.counts if report.reps else "rep"
    reps = [_card(noun, rep, f"{rep.t_end - rep.t_start:.1f} s") for rep in report.reps]
    names = {finding.rule: finding.name for finding in all_findings(report)}
    return reps + [_hold_card(hold, names) for hold in report.holds]


def _hold_card(hold: Hold, names: Mapping[str, str]) -> Card:
    figures = f"{lasting(hold.t_end - hold.t_start)} held, {lasting(hold.good_time_s)} good"
    lapses = [
        Lapsed(
            lapse.t_start,
            f"{clock(lapse.t_start)}, {lasting(lapse.t_end - lapse.t_start)}:",
            ", ".join(names.get(rule, rule) for rule in lapse.rules),
        )
        for lapse in hold.lapses
    ]
    more = max(0, len(lapses) - MOST_LAPSES)
    return replace(_card("hold", hold, figures), lapses=tuple(lapses[:MOST_LAPSES]), more_lapses=more)


def _card(kind: str, span: Rep | Hold, figures: str) -> Card:
    order = ("fault", "warning")
    off = sorted((f for f in span.findings if f.verdict in order), key=lambda f: order.index(f.verdict))
    marks = dict.fromkeys((f.verdict, f.name) for f in off)
    fine, unseen = (sum(f.verdict == verdict for f in span.findings) for verdict in ("met", "unseen"))
    return Card(kind, span.index, span.side, span.t_start, span.t_end, span.score, figures, tuple(marks), fine, unseen)


def side_rows(report: Report) -> list[SideRow]:
    """Return what was held on each side; nothing for an exercise without sides."""
    if all(total.side is None for total in report.side_totals):
        return []
    return [
        SideRow(
            (total.side or "side not seen").capitalize(),
            total.holds,
            lasting(total.total_s),
            lasting(total.good_s),
            lasting(total.best_streak_s),
        )
        for total in report.side_totals
    ]


def turns(report: Report) -> list[Turn]:
    """Return what faded in the course of the set, and when the set should have ended."""
    starts: dict[int, float] = {rep.index: rep.t_start for rep in report.reps}
    starts |= {hold.index: hold.t_start for hold in report.holds}
    found = []
    for fading in report.fading:
        first, last = (value_text(value, fading.unit, Limits()) for value in (fading.first, fading.last))
        words = f"Form that faded: {fading.name}, from {first} to {last}, since {noun_of(report)} {fading.since}"
        found.append(Turn(sentence(words), starts.get(fading.since)))
    if report.set_over:
        over = report.set_over
        found.append(Turn(sentence(f"The set should have ended at {clock(over.t)}: {over.reason}"), over.t))
    return found


def changes(report: Report, stills: Stills) -> list[Change]:
    """Return what to change, most useful first."""
    rules = [rule for rule in _by_rule(all_findings(report)) if rule.having("fault", "warning")]
    return [_change(rule, noun_of(report), stills) for rule in sorted(rules, key=_usefulness)]


def _usefulness(rule: _Judged) -> tuple[bool, int, int, float]:
    """Sort clear faults first, then by severity, by how often, and by how far."""
    off = rule.having("fault", "warning")
    clear = any(not f.borderline for f in rule.having("fault"))
    return (not clear, SEVERITY_ORDER[off[0].severity], -len(off), -max(map(excess, off)))


def excess(finding: Finding) -> float:
    """How far a value lies beyond the ideal band, in widths of the warning zone where there is one."""
    limits, value = finding.limits, finding.value
    if value is None:
        return 0.0
    beyond = [
        (value - ideal) * sign / (abs(fault - ideal) if fault is not None and fault != ideal else 1.0)
        for ideal, fault, sign in (
            (limits.ideal_max, limits.fault_above, 1),
            (limits.ideal_min, limits.fault_below, -1),
        )
        if ideal is not None
    ]
    return max(beyond, default=0.0)


def _change(rule: _Judged, noun: str, stills: Stills) -> Change:
    off = sorted(rule.having("fault", "warning"), key=lambda f: (f.verdict != "fault", -excess(f)))
    worst = off[0]
    pictured = [f for f in off if (f.rule, f.t_worst) in stills]
    shown = off[:MOST_MOMENTS] if noun == WINDOW else off
    return Change(
        name=worst.name,
        verdict=worst.verdict,
        word=VERDICT_WORDS[worst.verdict],
        where=_where(noun, off),
        cue=worst.cue,
        why=worst.why,
        wanted=wanted_text(worst.limits, worst.unit),
        borderline=all(f.borderline for f in off),
        sources=worst.sources,
        moments=tuple(_moment(f, noun, worst.limits) for f in sorted(shown, key=lambda f: f.t_worst)),
        more=len(off) - len(shown),
        gauge=_gauge(rule.having("fault", "warning", "met"), worst.limits),
        stills=tuple(_still(f, noun, stills) for f in pictured),
    )


def _where(noun: str, findings: Sequence[Finding]) -> str:
    """Say in which reps or holds something was found, or for how long."""
    if noun == WINDOW:
        return f"for {lasting(sum(f.t_end - f.t_start for f in findings))}"
    return numbered(noun, [f.rep for f in findings])


def _when(noun: str, finding: Finding) -> str:
    """Name the rep or hold of a finding, or the stretch of time."""
    return stretch(finding.t_start, finding.t_end) if noun == WINDOW else numbered(noun, [finding.rep])


def _moment(finding: Finding, noun: str, usual: Limits) -> Moment:
    """Return where a value is seen, with its band where that is not the `usual` one (bands can follow the person)."""
    label = _when(noun, finding).capitalize()
    value = measured_text(finding)
    if finding.limits != usual:
        value += f" ({wanted_text(finding.limits, finding.unit)} wanted)"
    return Moment(label, finding.t_worst, value, finding.verdict)


def _still(finding: Finding, noun: str, stills: Stills) -> Still:
    picture = stills[finding.rule, finding.t_worst]
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    src = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
    where = _when(noun, finding)
    alt = f"{finding.name}, {where} at {clock(finding.t_worst)}: measured {measured_text(finding)}"
    return Still(src, finding.t_worst, where.capitalize(), alt)


def _gauge(findings: Sequence[Finding], limits: Limits) -> Gauge | None:
    """Lay the band and the values held against it out on one scale; None without a band."""
    edges = [edge for edge in asdict(limits).values() if edge is not None]
    values = [(f.value, f) for f in findings if f.value is not None and f.limits == limits]
    if not edges or not values:
        return None
    place = _scale([*edges, *(value for value, _ in values)])
    marks = [Mark(place(v), "" if f.verdict == "met" else str(f.rep or ""), f.verdict) for v, f in values]
    return Gauge(
        ideal=(
            0.0 if limits.ideal_min is None else place(limits.ideal_min),
            100.0 if limits.ideal_max is None else place(limits.ideal_max),
        ),
        low_fault=None if limits.fault_below is None else place(limits.fault_below),
        high_fault=None if limits.fault_above is None else place(limits.fault_above),
        marks=tuple(_joined(marks)),
    )


def _scale(values: Sequence[float]) -> Callable[[float], float]:
    """Return what maps a value to percent of a width that shows all `values` with room beside them."""
    room = 0.12 * (max(values) - min(values)) or 1.0
    low, width = min(values) - room, max(values) - min(values) + 2 * room
    return lambda value: round(100.0 * (value - low) / width, 2)


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    """Write marks that stand too close to be told apart as one."""
    joined: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.at):
        last = joined[-1] if joined else None
        if last and last.label and mark.label and mark.at - last.at < 5.0:
            worse: Verdict = "fault" if "fault" in (last.verdict, mark.verdict) else "warning"
            numbers = sorted(f"{last.label}, {mark.label}".split(", "), key=int)
            joined[-1] = Mark(mark.at, ", ".join(numbers), worse)
        else:
            joined.append(mark)
    return joined


def fine(report: Report) -> list[tuple[str, str]]:
    """Return the names of rules that were met wherever they could be judged, and where that was."""
    noun = noun_of(report)
    seconds = {times.rule: times.met_s for times in report.rule_times}
    return [
        (
            rule.findings[0].name,
            f"for {lasting(seconds.get(rule.rule, 0.0))}" if noun == WINDOW else _where(noun, rule.having("met")),
        )
        for rule in _by_rule(all_findings(report))
        if rule.having("met") and not rule.having("fault", "warning")
    ]


def unseen(report: Report) -> list[Unseen]:
    """Return what could not be judged, by reason."""
    noun = noun_of(report)
    reasons: dict[str, dict[str, list[int | None]]] = {}
    for finding in all_findings(report):
        if finding.verdict == "unseen":
            names = reasons.setdefault(sentence(finding.reason or "not seen in this film"), {})
            names.setdefault(finding.name, []).append(finding.rep)
    return [
        Unseen(reason, tuple(name + _in_brackets(noun, where) for name, where in names.items()))
        for reason, names in reasons.items()
    ]


def _in_brackets(noun: str, numbers: Sequence[int | None]) -> str:
    return f" ({numbered(noun, numbers)})" if any(n is not None for n in numbers) else ""


def conditions(report: Report, source_name: str) -> list[tuple[str, str]]:
    """Return how the film was measured, as terms and descriptions."""
    quality = report.quality
    fps = f"{quality.fps:.4g} frames a second, " if quality.fps else ""
    lost = f", {quality.dropped} lost" if quality.dropped else ""
    people = "1 person" if quality.people == 1 else f"{quality.people} people"
    seen = f"{people} in the picture, found in {percent(quality.person_share)} of the frames"
    return [
        ("Film", f"{source_name}, {quality.duration_s:.1f} s"),
        *_second_film(report),
        ("View", _view_text(report.view)),
        ("Picture", f"{fps}{quality.width} × {quality.height} pixels"),
        ("Frames", f"{quality.frames} judged of {quality.decoded}{lost}"),
        ("Body", f"{seen}; whole body in {percent(quality.body_share)}"),
    ]


def _second_film(report: Report) -> list[tuple[str, str]]:
    film = report.second
    if film is None:
        return []
    both = f"{plural(film.paired, noun_of(report))} seen in both"
    return [("Second film", f"{film.name}: {_view_text(film.view)}; {both}")]


def _view_text(view: ViewFound) -> str:
    text: str = "not clear" if view.name == "unknown" else view.name
    if view.yaw_deg is not None:
        from_front = view.name in ("front", "back")
        off, what = (abs(90.0 - view.yaw_deg), "") if from_front else (view.yaw_deg, " the side")
        text += f", {off:.0f}° off{what if view.name != 'side' else ''}"
    if view.facing:
        text += f", you face the picture's {view.facing}"
    return text


def phase_word(name: str) -> str:
    """Return what a person calls a phase."""
    return PHASE_WORDS.get(name, name.replace("_", " "))


def phases(report: Report) -> list[PhaseSpan]:
    """Return the phases that charts know; a watched posture is "away" while it is not there."""
    return [phase for phase in report.phases if not (report.rule_times and phase.name == "away")]


def shaded_phases(report: Report) -> list[str]:
    """Return the words of the phases that charts shade, in their order."""
    return [phase_word(name) for name in dict.fromkeys(phase.name for phase in phases(report)) if name not in RESTING]


def versions(report: Report) -> list[str]:
    """Return what judged, by name and version."""
    exercise = report.exercise
    return [
        f"{exercise.id}, version {exercise.version}",
        *(f"{name} {value}" for name, value in report.versions.items()),
    ]


def footnotes(changes: Sequence[Change], sources: Mapping[str, str]) -> dict[str, Footnote]:
    """Return the sources that the page names and whose text is known, in the order of their first mention."""
    named = dict.fromkeys(chain.from_iterable(change.sources for change in changes))
    known = [key for key in named if key in sources]
    return {key: Footnote(number, sources[key]) for number, key in enumerate(known, start=1)}
