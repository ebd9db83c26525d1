"""The registry of measures: named numbers that a figure shows, with unit, views and error budget.

A measure is a pure function of one `Figure`. `register` declares what it needs, so that the engine can say "not seen"
instead of guessing, and so that an exercise file that asks for the impossible is refused when it is read.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX, Side, index, other
from formcheck.body.view import ViewName

Unit = Literal[
    "deg",
    "trunk lengths",
    "chord lengths",
    "line lengths",
    "shank heights",
    "foot lengths",
    "hip widths",
    "face widths",
    "px",
    "shoulder widths",
    "stance widths",
    "standing heights",
    "yes/no",
]
Part = Literal["near", "both", "lifted leg", "lifted arm", "front leg"]
"""Which side of the body a measure reads."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One declared measure.

    Attributes
    ----------
    name, label : str
        Name in exercise files, and as shown to people.
    unit : str
    budget : float
        Error to expect within a session in a good view, in `unit`; no band may be decided more finely.
    views : tuple of str
        Views in which it can be read.
    part : str
        Which side it reads.
    joints : tuple of str
        Landmarks it needs, without side; unpaired ones by full name.
    outline : bool
        Whether it needs the outline of the trunk.
    function : callable
        What the landmarks say where all of them are seen; NaN where they say nothing.
    offset : float
        Added to that, because the pose model's landmarks lie elsewhere than the joints.
    """

    name: str
    label: str
    unit: Unit
    budget: float
    views: tuple[ViewName, ...]
    part: Part
    joints: tuple[str, ...]
    outline: bool
    function: Callable[[Figure], float]
    offset: float = 0.0

    def read(self, figure: Figure) -> float:
        """Return the value of a figure in `unit`; NaN when a needed landmark is."""
        points = figure.points
        if any(math.isnan(points[row][0]) for row in self.landmarks(figure)):
            return math.nan
        return self.of_seen(figure)

    def of_seen(self, figure: Figure) -> float:
        """Return the same, of a figure all of whose `landmarks` are known to be seen."""
        return self.function(figure) + self.offset

    def landmarks(self, figure: Figure) -> Sequence[int]:
        """Return the rows of the landmarks that this measure reads in `figure`."""
        fixed = self.fixed_landmarks(figure.near)
        if fixed is not None:
            return fixed
        return _ONE[self.joints, _side_of(self.part, figure)]

    def fixed_landmarks(self, near: Side) -> Sequence[int] | None:
        """Return the rows it reads whatever the body does, None where they depend on which limb is in use."""
        if self.part == "both":
            return _BOTH[self.joints]
        return _ONE[self.joints, near] if self.part == "near" else None


def _side_of(part: Part, figure: Figure) -> Side:
    if part == "front leg":
        return figure.front_leg
    return figure.lifted_leg if part == "lifted leg" else figure.lifted_arm or other(figure.lifted_leg)


MEASURES: Final[dict[str, Measure]] = {}
_BOTH: Final[dict[tuple[str, ...], tuple[int, ...]]] = {}
_ONE: Final[dict[tuple[tuple[str, ...], Side], tuple[int, ...]]] = {}


def register(
    label: str,
    unit: Unit,
    budget: float,
    *,
    joints: tuple[str, ...],
    views: tuple[ViewName, ...] = ("side",),
    part: Part = "near",
    outline: bool = False,
    offset: float = 0.0,
) -> Callable[[Callable[[Figure], float]], Callable[[Figure], float]]:
    """Declare the decorated function as the measure of its own name; see `Measure` for the arguments.

    Raises
    ------
    ValueError
        If the name is taken or a landmark does not exist.
    """
    _BOTH[joints] = tuple(row for joint in joints for row in _rows(joint, ("left", "right")))
    for side in ("left", "right"):
        _ONE[joints, side] = tuple(row for joint in joints for row in _rows(joint, (side,)))

    def declare(function: Callable[[Figure], float]) -> Callable[[Figure], float]:
        name = function.__name__
        if name in MEASURES:
            raise ValueError(f"measure {name!r} is declared twice")
        MEASURES[name] = Measure(name, label, unit, budget, views, part, joints, outline, function, offset)
        return function

    return declare


def _rows(joint: str, sides: Sequence[Side]) -> list[int]:
    if joint in INDEX:
        return [INDEX[joint]]
    try:
        return [index(joint, side) for side in sides]
    except KeyError:
        raise ValueError(f"no landmark is called {joint!r}") from None
