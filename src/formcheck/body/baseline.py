"""One person's calibrated neutral values, to compare with instead of everybody's."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """

    values: Mapping[str, float]
    spread: Mapping[str, float]
    taken_on: date
