"""Values, bands and times in words."""

from collections.abc import Iterable, Sequence
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
    "shoulder widths": "of the shoulder width",
    "face widths": "of the face width",
    "standing heights": "of the standing height",
}
"""Units that are lengths of something on the body: people read them as a share of it."""

SHARE: Final = "share"
"""Unit of a share that is not one of a length."""

UNIT_SIGNS: Final = {
    "deg": "°",
    "s": " s",
    "%": " %",
    "px": " px",
    "times": " ×",
    "deg/s": "°/s",
    "/min": " a minute",
    "m": " m",
    "hz": " Hz",
    "ratio": "",
    "1": "",
    "": "",
}

SHORT_S: Final = 9.95
LONG_S: Final = 119.5
WHOLE_NUMBERS: Final = ("deg", "deg/s", "/min", "px")
"""Units too small for a decimal to mean anything."""


def value_text(value: float, unit: str, limits: Limits) -> str:
    """Return a value in words, with no more decimals than needed to keep it on its side of every edge.

    >>> value_text(8.2, "deg", Limits(ideal_max=8.0))
    '8.2°'
    >>> value_text(21.2, "deg", Limits(ideal_max=8.0))
    '21°'
    """
    if unit == YES_NO:
        return "yes" if value >= 0.5 else "no"
    of_what = share_of(unit)
    if of_what is not None:
        return value_text(100 * value, "%", _percent(limits)) + of_what
    edges = [edge for edge in _edges(limits) if edge is not None]
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
    of_what = share_of(unit)
    if of_what is not None and (low is not None or high is not None):
        return wanted_text(_percent(limits), "%") + of_what
    if low is not None and high is not None:
        return f"{_plain(low)} to {_with_unit(_plain(high), unit)}"
    if high is not None:
        return f"at most {_with_unit(_plain(high), unit)}"
    return f"at least {_with_unit(_plain(low), unit)}" if low is not None else ""


def share_of(unit: str) -> str | None:
    """Return what follows the percent sign where a unit is read as a share; None where it is not.

    >>> share_of("trunk lengths"), share_of("trunk lengths/s"), share_of("share"), share_of("deg")
    (' of the trunk', ' of the trunk a second', '', None)
    """
    if unit == SHARE:
        return ""
    length, speed, _ = unit.partition("/s")
    if length not in SHARES:
        return None
    return f" {SHARES[length]}{' a second' if speed else ''}"


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


def _edges(limits: Limits) -> tuple[float | None, ...]:
    return limits.ideal_min, limits.ideal_max, limits.fault_below, limits.fault_above


def _percent(limits: Limits) -> Limits:
    return Limits(*(None if edge is None else round(100 * edge, 6) for edge in _edges(limits)))


def _decimals(unit: str, values: Iterable[float]) -> int:
    if unit in WHOLE_NUMBERS:
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


def stretch(t_start: float, t_end: float) -> str:
    """Return a stretch of time as two clocks.

    >>> stretch(12.2, 75.9)
    '0:12–1:15'
    """
    return f"{clock(t_start)}–{clock(t_end)}"


def lasting(seconds: float) -> str:
    """Return a length of time: seconds with a decimal while it is short, minutes when it is long.

    >>> lasting(8.24), lasting(34.2), lasting(750.0)
    ('8.2 s', '34 s', '12:30 min')
    """
    if seconds < SHORT_S:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < LONG_S else f"{clock(seconds)} min"


def percent(share: float) -> str:
    """Return a share in [0, 1] as whole percent."""
    return f"{share:.0%}".replace("%", " %")
