"""Whether what is seen meets the conditions of an exercise file."""

import math
from collections.abc import Iterable, Mapping

from formcheck.body import MEASURES
from formcheck.exercise.spec import Condition


def met(condition: Condition, values: Mapping[str, float]) -> bool:
    """Whether a condition is met; one on a measure that is not seen is not."""
    value = values.get(condition.measure, math.nan)
    return (condition.above is None or value > condition.above) and (condition.below is None or value < condition.below)


def all_met(conditions: Iterable[Condition], values: Mapping[str, float]) -> bool:
    """Whether all conditions are seen and met."""
    return all(seen(c, values) and met(c, values) for c in conditions)


def any_unmet(conditions: Iterable[Condition], values: Mapping[str, float]) -> bool:
    """Whether any condition is seen and not met."""
    return any(seen(c, values) and not met(c, values) for c in conditions)


def seen(condition: Condition, values: Mapping[str, float]) -> bool:
    """Whether the measure of a condition is seen."""
    return math.isfinite(values.get(condition.measure, math.nan))


def unlike(condition: Condition, value: float) -> str | None:
    """Say in what way a value does not meet a condition, None where it does."""
    measure = MEASURES[condition.measure]
    for edge, side, off in ((condition.below, "below", 1.0), (condition.above, "above", -1.0)):
        if edge is not None and off * (value - edge) >= 0.0:
            said = [f"{v:.0f}°" if measure.unit == "deg" else f"{100 * v:.0f} %" for v in (value, edge)]
            return f"{measure.label} {said[0]}, expected {side} {said[1]}"
    return None
