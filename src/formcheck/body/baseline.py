"""One person's calibrated neutral values, to compare with instead of everybody's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Baseline:
    """What measures read when this person stands, sits or hinges well.

    Attributes
    ----------
    values : mapping of str to float
        Measure name to median.
    spread : mapping of str to float
        Measure name to standard deviation while calibrating.
    taken_on : date
    good_set : mapping of str to float
        Rule id to what the rule's measure read, unreferenced, in a set that this person did well.
    """

    values: Mapping[str, float]
    spread: Mapping[str, float]
    taken_on: date
    good_set: Mapping[str, float] = field(default_factory=dict)
