"""Clocks of sitting, standing and time at the desk, and what they remind of."""

import math
from dataclasses import dataclass
from typing import Final

from formcheck.engine.alerts import DeskSettings
from formcheck.engine.presence import State

BREAK_S: Final = 60.0
"""Not to sit (or, for standing, not to stand) for so long ends a bout."""
LONG_BREAK_S: Final = 300.0
"""Away from the desk for so long is a break from the screen."""
AGAIN: Final = 0.5
"""A reminder that was not followed comes again after this share of its time; what is a habit, after all of it."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Time for something.

    Attributes
    ----------
    t : float
    kinds : tuple of str
        ``break``, ``screen``, ``stand_limit``, ``shift``, ``water``, ``eyes``; several that fall due together.
    """

    t: float
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreakTaken:
    """Somebody sits again who had not been sitting for a minute or longer."""

    t: float
    seconds: float


@dataclass(slots=True)
class _Clock:
    """Time in some states, ended by time in others.

    Attributes
    ----------
    limit_s : float
        When to remind; 0 never.
    states : tuple of str
        In these it runs.
    pause_s : float
        So long in other states without a break sets it back.
    again : float
        After which share of its limit it reminds again.
    """

    limit_s: float
    states: tuple[State, ...]
    pause_s: float
    again: float = AGAIN
    run_s: float = 0.0
    told_s: float | None = None
    """What it read when it reminded last."""
    off_s: float = 0.0

    def add(self, state: State, seconds: float) -> None:
        if state in self.states:
            self.off_s = 0.0
            self.run_s += seconds
            return
        self.off_s += seconds
        if self.off_s >= self.pause_s:
            self.reset()

    def reset(self) -> None:
        self.run_s, self.told_s = 0.0, None

    @property
    def left_s(self) -> float:
        """How long until it reminds."""
        due = self.limit_s if self.told_s is None else self.told_s + self.again * self.limit_s
        return due - self.run_s


_AT_DESK: Final[tuple[State, ...]] = ("sitting", "standing")


class Reminders:
    """Count the time in each state, and say when it is time for something.

    Parameters
    ----------
    settings : DeskSettings
    """

    def __init__(self, settings: DeskSettings) -> None:
        self._merge_s = settings.merge_s
        self._sitting = _Clock(settings.sitting_break_s, ("sitting",), BREAK_S)
        self._clocks = {
            "break": self._sitting,
            "screen": _Clock(settings.screen_break_s, _AT_DESK, LONG_BREAK_S),
            "stand_limit": _Clock(settings.standing_limit_s, ("standing",), BREAK_S),
            "shift": _Clock(settings.shift_s, ("sitting",), 0.0, again=1.0),
            "eyes": _Clock(settings.eyes_s, _AT_DESK, BREAK_S, again=1.0),
            "water": _Clock(settings.water_s, _AT_DESK, math.inf, again=1.0),
        }
        self._unknown_s = 0.0

    @property
    def sitting_s(self) -> float:
        """For how long somebody has sat since the last break."""
        return self._sitting.run_s

    def passed(self, t: float, state: State, seconds: float) -> list[BreakTaken]:
        """Count `seconds` up to `t` in a state."""
        self._unknown_s = 0.0
        rested = self._sitting.off_s
        for clock in self._clocks.values():
            clock.add(state, seconds)
        return [BreakTaken(t, rested)] if state == "sitting" and rested >= BREAK_S else []

    def unseen(self, seconds: float) -> None:
        """Let time pass of which nothing is known: it adds to no clock, and after five minutes all begin anew."""
        self._unknown_s += seconds
        if self._unknown_s >= LONG_BREAK_S:
            for clock in self._clocks.values():
                clock.reset()
                clock.off_s = 0.0

    def shifted(self) -> None:
        """Note that the position was changed."""
        self._clocks["shift"].reset()

    def due(self, t: float, state: State) -> Reminder | None:
        """Return what it is time for, if anything, and count it as said; while nobody is at the desk it waits."""
        running = [kind for kind, clock in self._clocks.items() if clock.limit_s and state in clock.states]
        if not any(self._clocks[kind].left_s <= 0.0 for kind in running):
            return None
        kinds = [kind for kind in running if self._clocks[kind].left_s <= self._merge_s]
        for kind in kinds:
            self._clocks[kind].told_s = self._clocks[kind].run_s
        if "break" in kinds and "shift" in kinds:
            kinds.remove("shift")  # who stands up shifts
        return Reminder(t, tuple(kinds))
