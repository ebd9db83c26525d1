"""An exercise, and how near its values come to its bands, in the words of those who train."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from formcheck.body import MEASURES
from formcheck.engine.report import Finding, Limits
from formcheck.exercise.load import sources
from formcheck.exercise.spec import BASELINE, SIDES, Band, Exercise, Flow, HoldPose, RepCycle, Rule
from formcheck.storage.wording import YES_NO, share_of, value_text, wanted_text

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
    "getting_in": "while getting into it",
    "cycle": "over the whole cycle",
    "window": "as long as it lasts",
    "stretch": "over a long stretch of time",
}
HOW: Final = {
    "median": "the middle value",
    "mean": "the mean",
    "max": "the highest value",
    "min": "the lowest value",
    "extreme": "the value furthest from zero",
    "range": "how much it changes",
    "sd": "how much it wavers",
    "fastest": "how fast it changes at most",
    "per_minute": "how often it swings to and fro",
    "unevenness": "how unevenly it swings to either side",
}
KEPT: Final = "kept for the report of the day; nobody is interrupted with it"
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
        "checks": [_described_rule(rule, exercise) for rule in checked],
        "cannot_see": [
            {"rule": rule.id, "name": rule.name, "why": rule.not_measurable}
            for rule in exercise.rules
            if rule.not_measurable
        ],
        "not_checked": list(exercise.not_checked),
        "sources": {key: sources()[key] for key in dict.fromkeys(k for rule in checked for k in rule.sources)},
    }


def _described_rule(rule: Rule, exercise: Exercise) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "name": rule.name,
        "looks_at": looks_at(rule, exercise),
        "views": list(rule.views),
        "wanted": wanted(rule, rule.unit),
        "unit": rule.unit,
        **rule.model_dump(include={"ideal_min", "ideal_max", "fault_below", "fault_above"}),
        "severity": rule.severity,
        "interrupts": rule.interrupts,
        "cue": rule.cue,
        "cue_below": rule.cue_below,
        "why": rule.why,
        "sources": list(rule.sources),
    }


def counted_by(exercise: Exercise) -> str:
    """Say in a sentence what is counted, and by which measure."""
    movement = exercise.movement
    label = MEASURES[movement.measure].label
    match movement:
        case RepCycle():
            return f"Reps are counted by the {label}: away from the start position and back."
        case HoldPose():
            return (
                f"A hold counts from {movement.min_s:g} s on, once the {label} is steady, while the position is kept."
            )
        case Flow():
            names = " and ".join(position.name for position in movement.positions)
            return f"Cycles are counted by the {label}: {names}, in any order."
    return f"The posture is judged every {movement.window_s:g} s for as long as it lasts."


def exercise_page(exercise: Exercise) -> str:
    """Return the page of an exercise in Markdown."""
    data = described(exercise)
    numbers = {key: number for number, key in enumerate(data["sources"], 1)}
    several = len(exercise.views) > 1
    lines = [
        f"# {exercise.name}",
        f"<!-- Made from {exercise.id}.toml by `formcheck exercises pages`; change that file, not this one. -->",
        f"{exercise.summary}",
        f"`formcheck analyze film.mp4 --exercise {exercise.id}`",
        "## What it needs",
        f"Filmed from the {' or the '.join(exercise.views)}. {exercise.filming}",
        "## What it counts",
        counted_by(exercise),
        "## What it checks",
    ]
    for rule in data["checks"]:
        cues = " or ".join(f"“{cue}”" for cue in (rule["cue"], rule["cue_below"]) if cue)
        cited = ", ".join(f"[{numbers[key]}](#sources)" for key in rule["sources"])
        facts = [
            f"- Looks at: {rule['looks_at']}",
            *([f"- Seen from: {', '.join(rule['views'])}"] if several else []),
            f"- Wanted: {rule['wanted']}",
            f"- Matters: {MATTERS[rule['severity']]}. Says: {cues}",
            *([] if rule["interrupts"] else [f"- At the desk: {KEPT}"]),
            f"- Why: {rule['why']} {cited}",
        ]
        lines += [f"### {rule['rule']} {rule['name']}", "\n".join(facts)]
    hidden = [f"- {rule['rule']} {rule['name']}: {rule['why']}" for rule in data["cannot_see"]]
    lines += ["## What it cannot see", "\n".join([*hidden, *(f"- {thing}" for thing in data["not_checked"])])]
    lines += ["## Sources", "\n".join(f"{numbers[key]}. {text}" for key, text in data["sources"].items())]
    return "\n\n".join(lines) + "\n"


def index_page(exercises: Sequence[Exercise]) -> str:
    """Return the page that leads to the pages of all exercises, in Markdown."""
    rows = [f"| [{e.name}]({e.id}.md) | `{e.id}` | {', '.join(e.views)} | {e.summary} |" for e in exercises]
    head = ["| name | id | filmed from | what it is |", "|---|---|---|---|"]
    return "# Exercises and postures\n\n" + "\n".join([*head, *rows]) + "\n"


def measures_page() -> str:
    """Return the page of everything that exercise files can measure, in Markdown."""
    head = ["| measure | what people read | unit | error budget | views | what it is |", "|---|---|---|---|---|---|"]
    rows = [
        f"| `{m.name}` | {m.label} | {m.unit} | {m.budget:g} | {', '.join(m.views)} | {_first_sentence(m.function)} |"
        for m in sorted(MEASURES.values(), key=lambda m: m.name)
    ]
    return "# Measures\n\n" + "\n".join([*head, *rows]) + "\n"


def _first_sentence(function: Callable[..., float]) -> str:
    text = " ".join((function.__doc__ or "").split("\n\n")[0].split())
    return text.replace("|", "/")


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
    if not rule["interrupts"]:
        yield f"    At the desk: {KEPT}"
    yield f"    Why: {rule['why']}"


def looks_at(rule: Rule, exercise: Exercise) -> str:
    """Return what is measured, and when, such as "knee flexion, the middle value at the deepest point"."""
    if rule.over == SIDES:
        what = "time" if rule.reduce == "duration" else f"{MEASURES[rule.measure].label}, {HOW[rule.reduce]}"
        return f"{what} {_when(rule.of or '', exercise)}, left against right"
    if rule.reduce == "duration":
        return f"time {_when(rule.over, exercise)}"
    zero = ""
    if rule.relative_to:
        calibrated = rule.relative_to == BASELINE
        value = "the calibrated value" if calibrated else f"the value {_when(rule.relative_to, exercise)}"
        zero = f", divided by {value}" if rule.compare == "ratio" else f", counted from {value}"
    return f"{MEASURES[rule.measure].label}, {HOW[rule.reduce]} {_when(rule.over, exercise)}{zero}"


def _when(span: str, exercise: Exercise) -> str:
    return exercise.phase_words.get(span) or WHEN.get(span) or f"in the {span.replace('_', ' ')}"


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
    shown, sign = (distance, unit) if share_of(unit) is None else (100 * distance, "%")
    return value_text(shown, sign, Limits(ideal_max=0.0))
