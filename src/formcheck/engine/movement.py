"""What a movement is cut into: phases, completed reps and holds with their spans, and attempts.

This only counts; whether it was good is judged elsewhere, by other numbers.
"""

from dataclasses import dataclass, field
from typing import Protocol

from formcheck.body.view import ViewName
from formcheck.engine.sampling import Sample

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cycle:
    """A completed rep or hold: when it was, and the spans that rules may look at."""

    t_start: float
    t_turn: float
    t_end: float
    range_of_motion: float
    spans: dict[str, Interval]
    missing: dict[str, str] = field(default_factory=dict)
    cut_short: str | None = None
    """Why its true length is unknown, if it is."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A phase began at `t`."""

    t: float
    phase: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A rep or hold counts from `t` on."""

    t: float


@dataclass(frozen=True, slots=True)
class Completed:
    """A rep or hold is over with everything that belongs to it."""

    cycle: Cycle


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A movement that began and does not count."""

    t_start: float
    t_end: float
    reason: str


Step = Entered | Counted | Completed | Abandoned


class Tracker(Protocol):
    """What the session asks of a movement."""

    phase: str

    def update(self, sample: Sample, view: ViewName) -> list[Step]:
        """Take the next sample."""
        ...

    def interrupt(self, reason: str) -> list[Step]:
        """End what was under way with the last sample: for a while nobody knows what happened."""
        ...

    def finish(self) -> list[Step]:
        """Close what is open at the end of the film."""
        ...

    @property
    def resting(self) -> bool:
        """Whether nothing is under way, so that view and sides may be decided anew."""
        ...

    @property
    def needs_since(self) -> float:
        """Samples before this time are not needed any more."""
        ...
