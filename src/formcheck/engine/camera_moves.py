"""Whether the camera at a desk was moved: the person jumps in the picture and keeps their shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from formcheck.body.baseline import Baseline

JUMP: Final = 0.3
"""Shoulder widths up or down, about 12 cm: no chair rolls that way, and who slides down so far changes shape."""
SAME_SHAPE: Final = 0.06
"""Shoulder widths of room between nose and shoulders."""
SAME_FACE: Final = 0.10
"""Share of its size against the shoulders: a lid tilted by ten degrees takes 6 to 7 % off."""
BACK_WITHIN: Final = 0.15
WITHIN_S: Final = 30.0
"""A person who gets there more slowly may have moved by themselves."""
AFTER_S: Final = 300.0
"""After an absence, for so long the shape that was there before it is looked for."""


@dataclass(frozen=True, slots=True)
class _View:
    """How somebody sat still at time `t`, in shoulder widths."""

    t: float
    shoulders: float
    head: float
    face: float

    def jumped_from(self, before: "_View") -> bool:
        """Whether this is the same posture in another place."""
        same = abs(self.head - before.head) < SAME_SHAPE and abs(self.face / before.face - 1.0) < SAME_FACE
        return same and abs(self.shoulders - before.shoulders) >= JUMP


class CameraMoves:
    """Compare how somebody sits in the picture from one still window to the next, and before and after an absence.

    Attributes
    ----------
    moved : bool
        Whether what was calibrated no longer holds. It holds again when the camera is put back.
    """

    def __init__(self) -> None:
        self.moved = False
        self._last: _View | None = None
        self._before: _View | None = None  # as it was before nobody sat there
        self._before_until: float | None = None

    def update(self, t_start: float, t_end: float, values: Mapping[str, float], baseline: Baseline | None) -> bool:
        """Take a window in which somebody sat still before the camera; return whether it has just been moved."""
        head = values["head_above_shoulders"]
        now = _View(t_end, values["head_height"] - head, head, values["face_to_shoulders"])
        last, self._last = self._last, now
        if self.moved and _back(values, baseline) and _as_calibrated(values, baseline):
            self.moved = False  # whether or not the jump back was seen
        if self._before is not None:
            self._before_until = self._before_until or t_end + AFTER_S
            last, self._before = self._before, None if t_end > self._before_until else self._before
        elif last is not None and t_start - last.t > WITHIN_S:
            return False
        if last is None or not now.jumped_from(last):
            return False
        self._before = None
        was, self.moved = self.moved, not _back(values, baseline)
        return self.moved and not was

    def absent(self) -> None:
        """Nobody sits there, or nothing is seen: the next window is compared with the last one."""
        if self._last is not None:
            self._before, self._before_until, self._last = self._last, None, None

    def calibrated(self) -> None:
        """Begin anew with what was calibrated now."""
        self.moved, self._last, self._before = False, None, None


def _as_calibrated(values: Mapping[str, float], baseline: Baseline | None) -> bool:
    """Whether somebody holds the head over the shoulders as when calibrated: nobody is at that place by slouching."""
    usual = baseline.values.get("head_above_shoulders") if baseline else None
    return usual is not None and abs(values["head_above_shoulders"] - usual) < SAME_SHAPE


def _back(values: Mapping[str, float], baseline: Baseline | None) -> bool:
    """Whether the head is about where it was when calibrated."""
    usual = baseline.values.get("head_height") if baseline else None
    return usual is not None and abs(values["head_height"] - usual) < BACK_WITHIN
