"""Values, bands and times in words."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from formcheck.engine.report import Finding, Limits

YES_NO: Final = "yes/no"
"""Unit of a measure that is 1 or 0."""

SHARES: Final = {
    "chord lengths": "of the back",
    "line lengths": "of the body line",
    "trunk lengths": "of the trunk",
    "shank heights": "of the shank",
    "foot lengths": "of the foot",
    "hip widths": "of the hip width",
    "stance widths": "of the stance",
}
"""Units that are lengths of something on the body: people read them as a share of it."""

UNIT_SIGNS: Final = {
    "deg": "°",
    "s": " s",
    "%": " %",
    "px": " px",
    "m": " m",
    "hz": " Hz",
    "ratio": "",
    "1": "",
    "": "",
}


def value_text(value: float, unit: str, limits: Limits) -> str:
    """Return a value in words, with no more decimals than needed to keep it on its side of every edge.

    >>> value_text(8.2, "deg", Limits(ideal_max=8.0))
    '8.2°'
    >>> value_text(21.2, "deg", Limits(ideal_max=8.0))
    '21°'
    """
    if unit == YES_NO:
        return "yes" if value >= 0.5 else "no"
    if unit in SHARES:
        return f"{value_text(100 * value, '%', _percent(limits))} {SHARES[unit]}"
    edges = [edge for edge in asdict(limits).values() if edge is not None]
    decimals = _decimals(unit, [value, *edges])
    while decimals < 4 and any(_side(round(value, decimals), edge) != _side(value, edge) for edge in edges):
        decimals += 1
    return _with_unit(f"{round(value, decimals) + 0.0:.{decimals}f}", unit)  # + 0.0 turns −0 into 0


def wanted_text(limits: Limits, unit: str) -> str:
    """Return the wanted band in words, such as ``"at most 8°"``; empty without a band.

    >>> wanted_text(Limits(ideal_min=-0.05, ideal_max=0.25), "ratio")
    '−0.05 to 0.25'
    """
    low, high = limits.ideal_min, limits.ideal_max
    if unit == YES_NO:
        return "yes" if low is not None else "no"
    if unit in SHARES and (low is not None or high is not None):
        return f"{wanted_text(_percent(limits), '%')} {SHARES[unit]}"
    if low is not None and high is not None:
        return f"{_plain(low)} to {_with_unit(_plain(high), unit)}"
    if high is not None:
        return f"at most {_with_unit(_plain(high), unit)}"
    return f"at least {_with_unit(_plain(low), unit)}" if low is not None else ""


def measured_text(finding: Finding) -> str:
    """Return what was measured in words, such as ``"17°"``; "not seen" without a value."""
    if finding.value is None:
        return "not seen"
    return value_text(finding.value, finding.unit, finding.limits)


def clock(t: float) -> str:
    """Return seconds as minutes and seconds.

    >>> clock(83.6)
    '1:23'
    """
    return f"{int(t) // 60}:{int(t) % 60:02d}"


def _percent(limits: Limits) -> Limits:
    return Limits(**{name: None if edge is None else round(100 * edge, 6) for name, edge in asdict(limits).items()})


def _decimals(unit: str, values: Iterable[float]) -> int:
    if unit == "deg":
        return 0
    if unit == "%":
        return 0 if max(map(abs, values)) >= 10 else 1
    return 1 if unit == "s" else 2 if max(map(abs, values)) >= 0.1 else 3


def _side(value: float, edge: float) -> int:
    return (value > edge) - (value < edge)


def _plain(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _with_unit(number: str, unit: str) -> str:
    return number.replace("-", "−") + UNIT_SIGNS.get(unit, f" {unit}")


def sentence(words: str) -> str:
    """Return words as a sentence: a capital first, a full stop last.

    >>> sentence("the left hip was not found")
    'The left hip was not found.'
    """
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def plural(count: int, noun: str) -> str:
    """Return "1 rep", "5 reps"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def numbered(noun: str, numbers: Sequence[int | None]) -> str:
    """Name reps or holds: "rep 4", "reps 4, 5", "reps 1–5"; "whole set" for None."""
    known = sorted({n for n in numbers if n is not None})
    if not known:
        return "whole set"
    if len(known) == 1:
        return f"{noun} {known[0]}"
    if len(known) > 2 and known[-1] - known[0] == len(known) - 1:
        return f"{noun}s {known[0]}–{known[-1]}"
    return f"{noun}s {', '.join(map(str, known))}"


def percent(share: float) -> str:
    """Return a share in [0, 1] as whole percent."""
    return f"{share:.0%}".replace("%", " %")
