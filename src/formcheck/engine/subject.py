"""Which of several people is followed: chosen once, then kept by place and size, and never exchanged for another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose

REACH: Final = 0.3
"""How far the trunk may move between two pictures, in body sizes; 0.8 trunk lengths."""
SEARCH_PER_S: Final = 0.2
"""By how much that grows with every second in which the person is not seen, in body sizes."""
FURTHEST: Final = 0.75
"""Where it ends, in body sizes: about 1 m."""
SIZE_CHANGE: Final = math.log(2.5)
SIZE_CHANGE_LOST: Final = math.log(1.6)
"""By how much the size may differ from the usual one, as a logarithm: while the person is followed, and after that."""
LOST_AFTER_S: Final = 0.5
"""Shorter gaps are not worth telling."""
GAP_S: Final = 0.25
"""For so long a person who is hidden is expected to go on as before."""
STAY_S: Final = 2.0
STAY: Final = 0.4
"""Who keeps within so many body sizes for so long has a place, where they are expected for some time after."""
PLACE_MEMORY_S: Final = 8.0
STAY_MARGIN_S: Final = 0.2
AT_PLACE: Final = 0.35
SIZE_AT_PLACE: Final = math.log(1.3)
SIZE_MEMORY_S: Final = 2.0
SPEED_MEMORY_S: Final = 0.3
"""Time constants: one wild pose must not change what is looked for."""

_SIDES: Final = ("left", "right")
_TRUNK: Final = [INDEX[f"{side}_{joint}"] for joint in ("shoulder", "hip") for side in _SIDES]
_LEGS: Final = [[INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")] for side in _SIDES]
_WHOLE: Final = [INDEX[f"{side}_{joint}"] for joint in ("shoulder", "hip", "knee", "ankle") for side in _SIDES]


@dataclass(frozen=True, slots=True)
class _Place:
    """Middle of the trunk, and size: trunk, thigh and shank, one after the other; all in pixels.

    The middle of the trunk moves less than the hips when something hides them, and the three lengths together change
    less than each of them when the body bends.
    """

    x: float
    y: float
    size: float


class SubjectLock:
    """Follow one of the people in each picture.

    Parameters
    ----------
    person : int, optional
        Whom to follow: the n-th person from the left, from 1, in the first picture with so many people. Where left out,
        the largest, most central one who is whole in the first picture with anybody.

    Attributes
    ----------
    missing : bool
        Whether the person chosen was last seen half a second ago or longer.
    lost : int
        How often the person was not seen for half a second or longer.
    others_refused : int
        Pictures that showed somebody, but not the person.
    """

    def __init__(self, person: int | None = None) -> None:
        if person is not None and person < 1:
            raise ValueError(f"people are counted from 1, not {person}")
        self._person = person
        self._last: _Place | None = None
        self._seen_at = -math.inf
        self._speed = (0.0, 0.0)
        self._anchor: tuple[float, _Place] | None = None  # since when the person has been about here
        self._stand: _Place | None = None  # where they last stayed, and when they were last there
        self._stood_at = -math.inf
        self.missing = False
        self.lost = 0
        self.others_refused = 0

    @property
    def chosen(self) -> bool:
        """Whether a person has been chosen."""
        return self._last is not None

    def strays(self, t: float) -> bool:
        """Whether the person lately left the place where they stayed.

        Or did not: the pose model keeps to a body by where it was, and may go away with somebody who passes.
        """
        return self._stand is not None and STAY_MARGIN_S < t - self._stood_at <= PLACE_MEMORY_S

    @property
    def gone_since_s(self) -> float | None:
        """When the person who is missing was last seen; None when they are there."""
        return self._seen_at if self.missing else None

    def choose(self, t: float, poses: Sequence[Pose]) -> Pose | None:
        """Return the pose of the person who is followed, if it is among `poses`; `t` in seconds, increasing."""
        found = self.find(t, poses)
        place = None if found is None else _place(found)
        if place is not None:
            self._note(t, place)
        elif self.chosen:
            if not self.missing and t - self._seen_at >= LOST_AFTER_S:
                self.lost += 1
                self.missing = True
            self.others_refused += bool(poses)
        return found

    def find(self, t: float, poses: Sequence[Pose]) -> Pose | None:
        """Return what `choose` would, without following it."""
        placed = [(place, pose) for pose in poses if (place := _place(pose)) is not None]
        if self._last is None:
            return self._first(placed)
        last = self._last
        costs = [(self._cost(t, place, last), pose) for place, pose in placed]
        cost, nearest = min(costs, key=lambda pair: pair[0], default=(math.inf, None))
        back = self._at_stand(placed) if self.strays(t) else None
        return back or (nearest if cost < math.inf else None)

    def _at_stand(self, placed: list[tuple[_Place, Pose]]) -> Pose | None:
        """Return who is where the person stayed: rather they than somebody who has just left from there."""
        stand = self._stand
        if stand is None:
            return None
        near = [(_apart(place, stand), pose) for place, pose in placed if _alike(place, stand) <= SIZE_AT_PLACE]
        away, pose = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        return pose if away <= AT_PLACE else None

    def _first(self, placed: list[tuple[_Place, Pose]]) -> Pose | None:
        if self._person is None:
            return max(placed, key=lambda pair: _prominence(*pair), default=(None, None))[1]
        from_left = sorted(placed, key=lambda pair: pair[0].x)
        return from_left[self._person - 1][1] if len(from_left) >= self._person else None

    def _cost(self, t: float, place: _Place, last: _Place) -> float:
        """Return how unlike the person a place is; infinite when it is somebody else's."""
        away_s = t - self._seen_at
        coasting_s = away_s if away_s <= GAP_S else 0.0
        x, y = last.x + coasting_s * self._speed[0], last.y + coasting_s * self._speed[1]
        moved = math.hypot(place.x - x, place.y - y) / last.size
        grown = _alike(place, last)
        if moved > min(REACH + SEARCH_PER_S * away_s, FURTHEST):
            return math.inf
        if grown > (SIZE_CHANGE_LOST if self.missing else SIZE_CHANGE):
            return math.inf
        return moved + grown

    def _note(self, t: float, place: _Place) -> None:
        last, gap_s = self._last, t - self._seen_at
        self._seen_at, self.missing = t, False
        self._note_stand(t, place)
        if last is None or not gap_s > 0:
            self._last = place
            return
        kept = math.exp(-gap_s / SIZE_MEMORY_S)
        self._last = _Place(place.x, place.y, kept * last.size + (1.0 - kept) * place.size)
        kept = math.exp(-gap_s / SPEED_MEMORY_S)
        dx, dy = (place.x - last.x) / gap_s, (place.y - last.y) / gap_s
        self._speed = (kept * self._speed[0] + (1.0 - kept) * dx, kept * self._speed[1] + (1.0 - kept) * dy)

    def _note_stand(self, t: float, place: _Place) -> None:
        if self._anchor is None or _apart(place, self._anchor[1]) > STAY:
            self._anchor = (t, place)
        since, anchor = self._anchor
        if t - since >= STAY_S:
            self._stand, self._stood_at = anchor, t
        elif self._stand is not None and _apart(place, self._stand) <= STAY:
            self._stood_at = t


def _apart(place: _Place, other: _Place) -> float:
    """Return the distance of two places in sizes of the second."""
    return math.hypot(place.x - other.x, place.y - other.y) / other.size


def _alike(place: _Place, other: _Place) -> float:
    return abs(math.log(place.size / other.size))


def _place(pose: Pose) -> _Place | None:
    points = pose.xy_px
    x, y = points[_TRUNK].mean(axis=0).tolist()
    sx, sy = (points[_TRUNK[:2]].mean(axis=0) - points[_TRUNK[2:]].mean(axis=0)).tolist()
    legs = sum(math.dist(points[a], points[b]) for leg in _LEGS for a, b in pairwise(leg)) / 2
    size = math.hypot(sx, sy) + legs
    return _Place(x, y, size) if math.isfinite(x + y) and 0 < size < math.inf else None


def _prominence(place: _Place, pose: Pose) -> float:
    """Return the size of a body, less towards the edges of the picture and when it is cut off."""
    width, height = pose.size_px
    off_middle = min(1.0, abs(place.x / width - 0.5) * 2)
    whole = all(0 <= x < width and 0 <= y < height for x, y in pose.xy_px[_WHOLE].tolist())
    return place.size * (1.0 - 0.5 * off_middle) * (1.0 if whole else 0.5)
