"""Whether somebody sits at the desk, stands, walks or is away."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from formcheck.body.geometry import distance, midpoint
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.body.view import ViewName

State = Literal["sitting", "standing", "walking", "away"]

MEASURES: Final = ("hip_flexion", "knee_flexion", "trunk_inclination", "squat_depth", "feet_spread")
"""What is read beside the measures of the rules."""
LASTING_S: Final[Mapping[State, float]] = {"sitting": 3.0, "standing": 3.0, "walking": 2.0, "away": 10.0}
"""For so long something else must be seen before it is a new state."""
SAME_SIZE: Final = (0.6, 1.67)
"""Who is smaller or larger than the usual is somebody else, or further away than the desk."""
STRANGER_S: Final = 60.0
"""Another size that stays for so long is the usual one from then on: the camera or the chair has moved."""
FOLLOWS: Final = 0.2
"""Weight of the newest place in the usual one: a chair that was set lower is the usual within a minute."""
RISEN: Final = 0.7
"""Shoulder widths, or trunk lengths from the side: people who stand up rise by 0.9 to 1.2."""
LOOK_BACK_S: Final = 4.0
TRAVELLED: Final = 1.0
STEP: Final = 0.35
"""Trunk lengths between the feet, from most forward to most backward."""
_SEATED_HIP_DEG: Final = 40.0
_STRAIGHT_KNEE_DEG: Final = 30.0
_UPRIGHT_DEG: Final = 40.0
_LEGS_UP: Final[Mapping[State, float]] = {"sitting": 0.08, "standing": 0.22}
"""Depth of a squat from the front by the present state: films of people who sit read 0.14 to 0.75, standing -0.1."""
_LEGS_UP_AT_FIRST: Final = 0.15
_CLEAR: Final = 0.5
_SHOULDERS: Final = (INDEX["left_shoulder"], INDEX["right_shoulder"])
_HIPS: Final = (INDEX["left_hip"], INDEX["right_hip"])
_NOSE: Final = INDEX["nose"]
_HANDS: Final = [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("wrist", "index")]
_HEAD: Final = [INDEX[name] for name in ("left_ear", "right_ear", "mouth_left", "mouth_right", "nose")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in the picture.

    Attributes
    ----------
    x, y : float
        Middle between the shoulders in pixels.
    size : float
        Width of the shoulders, from the side length of the trunk, in pixels.
    """

    x: float
    y: float
    size: float

    def above(self, other: "Place") -> float:
        """Return how much higher than `other` this is, in its sizes."""
        return (other.y - self.y) / other.size

    def towards(self, other: "Place", share: float) -> "Place":
        """Return the place that lies a share of the way from here to another."""
        pairs = ((self.x, other.x), (self.y, other.y), (self.size, other.size))
        return Place(*(here + share * (there - here) for here, there in pairs))


def place_of(pose: Pose, view: ViewName) -> Place | None:
    """Return where a person is, None where the shoulders (from the side also the hips) are not seen."""
    if not pose.has_person:
        return None
    left, right = (pose.xy_px[row].tolist() for row in _SHOULDERS)
    middle = midpoint(left, right)
    if view in ("front", "back"):
        size = distance(left, right)
    else:
        size = distance(middle, midpoint(*(pose.xy_px[row].tolist() for row in _HIPS)))
    return Place(*middle, size) if math.isfinite(middle[0] + size) and size > 0 else None


def middle_place(places: list[Place]) -> Place:
    """Return the medians of places."""
    return Place(median(p.x for p in places), median(p.y for p in places), median(p.size for p in places))


class Presence:
    """Follow the state of one person from pose to pose.

    Attributes
    ----------
    state : str
    since : float
        When it began, in seconds.
    usual : Place or None
        Where the person is when sitting, as far as known.
    """

    def __init__(self) -> None:
        self.state: State = "away"
        self.since = -math.inf
        self.usual: Place | None = None
        self._wanted: State = "away"
        self._wanted_since = -math.inf
        self._stranger_since: float | None = None
        self._past: deque[tuple[float, Place, float]] = deque()

    def update(self, pose: Pose, values: Mapping[str, float], view: ViewName) -> bool:
        """Take the next pose with its measures; return whether the state has changed."""
        place = self._own(pose.t, place_of(pose, view))
        seen = self._look(pose, place, values, view) if place else "away"
        if seen != self._wanted:
            somebody_came = self.state == "away" and "away" not in (seen, self._wanted)
            self._wanted_since = self._wanted_since if somebody_came else pose.t
            self._wanted = seen
        if seen == self.state or pose.t - self._wanted_since < LASTING_S[seen] - 1e-6:
            return False
        self.state, self.since = seen, pose.t
        return True

    def sits_at(self, place: Place) -> None:
        """Learn where the person is while sitting; it follows slowly."""
        self.usual = place if self.usual is None else self.usual.towards(place, FOLLOWS)

    def sits_elsewhere(self) -> None:
        """Forget where the person is while sitting: the camera or its pictures are others."""
        self.usual = None

    def is_own(self, place: Place | None) -> bool:
        """Whether somebody of about the usual size is there."""
        if place is None:
            return False
        ratio = place.size / self.usual.size if self.usual else 1.0
        return SAME_SIZE[0] <= ratio <= SAME_SIZE[1]

    def interrupt(self) -> None:
        """Nothing was seen for a while: what was about to become a state has to be seen anew."""
        self._wanted, self._wanted_since = self.state, math.inf
        self._stranger_since = None
        self._past.clear()

    def _own(self, t: float, place: Place | None) -> Place | None:
        """Return the place of the person who works here; of nobody else, unless that one stays."""
        if place is None or self.is_own(place):
            self._stranger_since = None
            return place
        if self._stranger_since is None:
            self._stranger_since = t
        if t - self._stranger_since < STRANGER_S:
            return None
        self.usual, self._stranger_since = None, None
        return place

    def _look(self, pose: Pose, place: Place, values: Mapping[str, float], view: ViewName) -> State:
        self._past.append((pose.t, place, values["feet_spread"]))
        while pose.t - self._past[0][0] > LOOK_BACK_S:
            self._past.popleft()
        legs = _by_legs(values, view, self.state)
        up = legs == "standing" or (legs is None and self._risen(pose, place))
        if (up or self.state != "sitting") and (self._travels(place) or (up and self._steps())):
            return "walking"
        return "standing" if up else "sitting"

    def _risen(self, pose: Pose, place: Place) -> bool:
        """Whether the head is out of the picture at its top, or the shoulders are far above where they usually are."""
        if float(pose.xy_px[_NOSE, 1]) < 0.0:
            return True
        return self.usual is not None and place.above(self.usual) >= RISEN

    def _travels(self, place: Place) -> bool:
        across = [p.x for _, p, _ in self._past]
        return max(across) - min(across) >= TRAVELLED * place.size

    def _steps(self) -> bool:
        spread = [feet for _, _, feet in self._past if math.isfinite(feet)]
        return len(spread) > 2 and max(spread) - min(spread) >= STEP


def _by_legs(values: Mapping[str, float], view: ViewName, before: State) -> State | None:
    """Return what hips and knees say, None where they are not seen."""
    if view in ("front", "back"):
        depth = values["squat_depth"]
        up = depth < _LEGS_UP.get(before, _LEGS_UP_AT_FIRST)
        return None if math.isnan(depth) else "standing" if up else "sitting"
    hip, knee, trunk = values["hip_flexion"], values["knee_flexion"], values["trunk_inclination"]
    if math.isnan(hip):
        return None
    straight = math.isnan(knee) or knee < _STRAIGHT_KNEE_DEG
    return "standing" if hip < _SEATED_HIP_DEG and straight and abs(trunk) < _UPRIGHT_DEG else "sitting"


def hand_at_the_head(pose: Pose, place: Place, view: ViewName) -> bool:
    """Whether a hand is at the ear or the mouth: somebody telephones, drinks or eats."""
    reach = place.size * (0.35 if view in ("front", "back") else 0.28)
    return any(
        distance(pose.xy_px[hand].tolist(), pose.xy_px[spot].tolist()) < reach
        for hand in _HANDS
        if pose.visibility[hand] >= _CLEAR
        for spot in _HEAD
    )
