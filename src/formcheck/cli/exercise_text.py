"""An exercise, and how near its values come to its bands, in the words of those who train."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from formcheck.body import MEASURES
from formcheck.engine.report import Finding, Limits
from formcheck.exercise.load import sources
from formcheck.exercise.spec import BASELINE, Band, Exercise, Rule
from formcheck.storage.wording import SHARES, YES_NO, value_text, wanted_text

WHEN: Final = {
    "rep": "over the whole rep",
    "start": "before it begins",
    "eccentric": "on the way down",
    "half_way": "half way down",
    "turn": "at the deepest point",
    "eccentric_and_turn": "down to the deepest point",
    "concentric": "on the way up",
    "early_concentric": "as the way up begins",
    "top": "back at the top",
    "set_up": "just before the load leaves the floor",
    "liftoff": "as the load leaves the floor",
    "first_pull": "in the first half of the pull",
    "second_pull": "in the second half of the pull",
    "lockout": "standing after the pull",
    "lowering": "while lowering",
    "early_hinge": "in the first, shallow hinge",
    "hold": "over the whole hold",
    "hold_start": "in the first three seconds",
    "hold_middle": "while it is held",
    "start_pose": "in the start position",
}
HOW: Final = {
    "median": "the middle value",
    "max": "the highest value",
    "min": "the lowest value",
    "extreme": "the value furthest from zero",
    "range": "how much it changes",
    "sd": "how much it wavers",
}
MATTERS: Final = {"safety": "for safety", "effectiveness": "for the effect", "minor": "a little"}


def described(exercise: Exercise) -> dict[str, Any]:
    """Return what an exercise needs, checks and cannot see, ready for JSON."""
    checked = [rule for rule in exercise.rules if not rule.not_measurable]
    return {
        "id": exercise.id,
        "name": exercise.name,
        "version": exercise.version,
        "summary": exercise.summary,
        "views": list(exercise.views),
        "filming": exercise.filming,
        "checks": [_described_rule(rule) for rule in checked],
        "cannot_see": [
            {"rule": rule.id, "name": rule.name, "why": rule.not_measurable}
            for rule in exercise.rules
            if rule.not_measurable
        ],
        "not_checked": list(exercise.not_checked),
        "sources": {key: sources()[key] for key in dict.fromkeys(k for rule in checked for k in rule.sources)},
    }


def _described_rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "name": rule.name,
        "looks_at": looks_at(rule),
        "views": list(rule.views),
        "wanted": wanted(rule, unit_of(rule)),
        "unit": unit_of(rule),
        **rule.model_dump(include={"ideal_min", "ideal_max", "fault_below", "fault_above"}),
        "severity": rule.severity,
        "cue": rule.cue,
        "cue_below": rule.cue_below,
        "why": rule.why,
        "sources": list(rule.sources),
    }


def exercise_lines(exercise: Exercise) -> Iterator[str]:
    """Give an exercise line by line, for people."""
    data = described(exercise)
    numbers = {key: number for number, key in enumerate(data["sources"], 1)}
    yield f"{exercise.name} ({exercise.id}, version {exercise.version})"
    yield exercise.summary
    yield f"\nWhat it needs\n  Filmed from the {' or the '.join(exercise.views)}. {exercise.filming}"
    yield "\nWhat it checks"
    for rule in data["checks"]:
        yield from _rule_lines(rule, several=len(exercise.views) > 1)
        yield f"    Sources: {', '.join(f'[{numbers[key]}]' for key in rule['sources'])}"
    yield "\nWhat it cannot see"
    for rule in data["cannot_see"]:
        yield f"  {rule['rule']} {rule['name']}: {rule['why']}"
    yield from (f"  {thing}" for thing in data["not_checked"])
    yield "\nSources"
    yield from (f"  [{numbers[key]}] {reference}" for key, reference in data["sources"].items())


def _rule_lines(rule: Mapping[str, Any], *, several: bool) -> Iterator[str]:
    yield f"  {rule['rule']} {rule['name']}"
    yield f"    Looks at: {rule['looks_at']}"
    if several:
        yield f"    Seen from: {', '.join(rule['views'])}"
    yield f"    Wanted: {rule['wanted']}"
    cues = [f"“{cue}”" for cue in (rule["cue"], rule["cue_below"]) if cue]
    yield f"    Matters: {MATTERS[rule['severity']]}. Says: {' or '.join(cues)}"
    yield f"    Why: {rule['why']}"


def looks_at(rule: Rule) -> str:
    """Return what is measured, and when, such as "knee flexion, the middle value at the deepest point"."""
    if rule.reduce == "duration":
        return f"time {WHEN[rule.over]}"
    zero = ""
    if rule.relative_to:
        value = "the calibrated value" if rule.relative_to == BASELINE else f"the value {WHEN[rule.relative_to]}"
        zero = f", counted from {value}"
    return f"{MEASURES[rule.measure].label}, {HOW[rule.reduce]} {WHEN[rule.over]}{zero}"


def unit_of(rule: Rule) -> str:
    """Return the unit of what a rule judges."""
    return "s" if rule.reduce == "duration" else MEASURES[rule.measure].unit


def wanted(rule: Rule, unit: str) -> str:
    """Return the band of a rule in words, and those that stand beside it."""
    texts = [_band(rule, unit)]
    if rule.absolute:
        texts.append(f"and without comparing {_band(rule.absolute, unit)}")
    if rule.own_set:
        texts.append(f"or, against a good set of your own, {_band(rule.own_set, unit)}")
    return "; ".join(texts)


def _band(band: Band, unit: str) -> str:
    ideal = wanted_text(Limits(band.ideal_min, band.ideal_max), unit)
    if unit == YES_NO:
        return ideal
    faults = [
        f"{word} {wanted_text(Limits(ideal_max=edge), unit).removeprefix('at most ')}"
        for word, edge in (("below", band.fault_below), ("above", band.fault_above))
        if edge is not None
    ]
    return f"{ideal} (a fault {' or '.join(faults)})" if faults else f"{ideal} (never a fault)"


def margin_text(finding: Finding) -> str:
    """Return how near a value is to the edges of its band, such as "12° to spare" or "3° beyond, 5° before a fault".

    Empty for what was not seen and for yes or no.
    """
    value, limits = finding.value, finding.limits
    if value is None or finding.unit == YES_NO:
        return ""
    low = None if limits.ideal_min is None else limits.ideal_min - value
    high = None if limits.ideal_max is None else value - limits.ideal_max
    beyond = max(distance for distance in (low, high) if distance is not None)
    if beyond <= 0:
        return f"{_amount(-beyond, finding.unit)} to spare"
    fault = limits.fault_below if beyond == low else limits.fault_above
    words = f"{_amount(beyond, finding.unit)} beyond"
    if fault is not None:
        place = "past the edge of a fault" if finding.verdict == "fault" else "before a fault"
        words += f", {_amount(abs(value - fault), finding.unit)} {place}"
    return words + (", a close call" if finding.borderline else "")


def _amount(distance: float, unit: str) -> str:
    shown, sign = (100 * distance, "%") if unit in SHARES else (distance, unit)
    return value_text(shown, sign, Limits(ideal_max=0.0))
