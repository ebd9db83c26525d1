"""Two films of one set, from two sides, judged together: aligned on their reps, each rule from where it is seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import Final, TypeVar

from formcheck.engine import wording
from formcheck.engine.fading import fading
from formcheck.engine.report import Finding, Hold, Rep, Report, SecondFilm
from formcheck.engine.scoring import score_of, score_of_set
from formcheck.exercise.spec import Exercise

Part = TypeVar("Part", Rep, Hold)

MOST_APART_S: Final = 0.6
"""How far, on average, turns of reps may be apart once the films are aligned."""
CLEARLY_BETTER_S: Final = 0.15
"""An alignment that pairs fewer reps must fit better by so much."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a second film lies against a first.

    Attributes
    ----------
    offset_s : float
        To be added to times of the second film.
    shift : int
        Part `i` of the first film is part ``i + shift`` of the second.
    error_s : float
        Mean distance of moments that belong together.
    """

    offset_s: float
    shift: int
    error_s: float


def align(first: Sequence[Rep] | Sequence[Hold], second: Sequence[Rep] | Sequence[Hold]) -> Alignment | None:
    """Find how two films of one set lie against each other by the rhythm of their turns, or of their holds.

    Returns
    -------
    Alignment or None
        None where no pairing brings them within `MOST_APART_S`: the films show different sets.
    """
    found = [_at(first, second, shift) for shift in range(1 - len(first), len(second))]
    fitting = [
        a for a in found if a.error_s <= MOST_APART_S and _paired(first, second, a.shift) >= _enough(first, second)
    ]
    if not fitting:
        return None
    most = max(_paired(first, second, a.shift) for a in fitting)
    best = min((a for a in fitting if _paired(first, second, a.shift) == most), key=lambda a: (a.error_s, abs(a.shift)))
    closer = min(fitting, key=lambda a: a.error_s)
    return closer if closer.error_s < best.error_s - CLEARLY_BETTER_S else best


def _instants(part: Rep | Hold) -> tuple[float, ...]:
    """Return the moments that every side shows alike: the turn of a rep, the ends of a hold."""
    return (part.t_turn,) if isinstance(part, Rep) else (part.t_start, part.t_end)


def _enough(first: Sequence[Rep] | Sequence[Hold], second: Sequence[Rep] | Sequence[Hold]) -> int:
    """Return how many reps must pair: all but one of the shorter film's."""
    return max(1, min(len(first), len(second)) - 1)


def _paired(first: Sequence[Rep] | Sequence[Hold], second: Sequence[Rep] | Sequence[Hold], shift: int) -> int:
    return sum(0 <= i + shift < len(second) for i in range(len(first)))


def _at(first: Sequence[Rep] | Sequence[Hold], second: Sequence[Rep] | Sequence[Hold], shift: int) -> Alignment:
    pairs = [(first[i], second[i + shift]) for i in range(len(first)) if 0 <= i + shift < len(second)]
    apart = [one - other for a, b in pairs for one, other in zip(_instants(a), _instants(b), strict=True)]
    offset = median(apart)
    return Alignment(offset, shift, fmean(abs(gap - offset) for gap in apart))


def merged(first: Report, second: Report, exercise: Exercise, name: str) -> Report:
    """Return the first report with what only the second film shows put in.

    Parameters
    ----------
    first, second : Report
        Of the same exercise.
    exercise : Exercise
    name : str
        What the second film is called, for the remark.

    Raises
    ------
    ValueError
        If the films cannot be aligned.
    """
    one, other = first.reps or first.holds, second.reps or second.holds
    alignment = align(one, other) if one and other else None
    if alignment is None:
        raise ValueError(f"{len(one)} against {len(other)}")
    reps = _joined(first.reps, second.reps, alignment, exercise)
    holds = _joined(first.holds, second.holds, alignment, exercise)
    parts: Sequence[Rep] | Sequence[Hold] = reps or holds
    findings = [finding for part in parts for finding in part.findings]
    score = score_of_set(parts, findings, exercise)
    findings += _of_the_set(first.findings, second.findings, {f.rule for f in findings}, alignment)
    paired = _paired(one, other, alignment.shift)
    film = SecondFilm(name, second.view, alignment.offset_s, paired)
    remark = (
        f"Judged together with {name}, filmed from the {second.view.name}: {paired} of {len(one)} "
        f"{exercise.movement.counts}s were seen in both."
    )
    return replace(
        first,
        summary=wording.summary(exercise, reps, holds, findings),
        reps=reps,
        holds=holds,
        findings=tuple(findings),
        score=score,
        fading=fading(parts),
        remarks=(*first.remarks, remark, *(f"{name}: {text}" for text in second.remarks)),
        second=film,
    )


def _joined(
    first: tuple[Part, ...], second: tuple[Part, ...], alignment: Alignment, exercise: Exercise
) -> tuple[Part, ...]:
    joined = []
    for i, part in enumerate(first):
        at = i + alignment.shift
        seen = second[at].findings if 0 <= at < len(second) else ()
        findings = _put_in(part.findings, seen, alignment.offset_s, part.index)
        measurable = {rule.id for rule in exercise.rules if not rule.not_measurable}
        present = {finding.rule for finding in findings}
        key = [group for group in (tuple(r for r in g if r in present) for g in exercise.key) if group]
        score = score_of([f for f in findings if f.rule in measurable], key)
        joined.append(replace(part, findings=findings, score=score.value, coverage=score.coverage))
    return tuple(joined)


def _put_in(
    first: Sequence[Finding], second: Sequence[Finding], offset_s: float, rep: int | None
) -> tuple[Finding, ...]:
    """Take each rule from the film that could judge it, from the first where both could."""
    by_rule = {f.rule: f for f in first}
    for finding in second:
        before = by_rule.get(finding.rule)
        if before is None or (before.verdict == "unseen" and finding.verdict != "unseen"):
            by_rule[finding.rule] = replace(
                finding,
                rep=rep,
                t_start=finding.t_start + offset_s,
                t_end=finding.t_end + offset_s,
                t_worst=finding.t_worst + offset_s,
            )
    return tuple(by_rule.values())


def _of_the_set(
    first: Sequence[Finding], second: Sequence[Finding], present: set[str], alignment: Alignment
) -> tuple[Finding, ...]:
    """Return findings about the whole set, without those of rules that single reps were judged by."""
    whole = [[f for f in findings if f.rep is None and f.rule not in present] for findings in (first, second)]
    return _put_in(whole[0], whole[1], alignment.offset_s, None)
