"""What a pose tells about the camera: how the body sits in the picture, and whether the camera leans or looks down.

Only what one camera can know is read; everything else is NaN. What is read how well stands in
`docs/decisions/0030-what-the-set-up-coach-says.md`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from formcheck.body.geometry import Point, distance, midpoint
from formcheck.body.landmarks import Side, index, other
from formcheck.body.pose import Array

Points = Sequence[Point]

UPRIGHT_WITHIN_DEG: Final = 12.0
"""A standing body is no further from the vertical than this; a camera that leans more is levelled by eye."""
LYING_BEYOND_DEG: Final = 45.0
FLOOR_LINE_WITHIN_DEG: Final = 20.0
"""A line from hand to foot that is steeper does not lie on the floor: a limb is lifted."""
BROADSIDE_UP_TO_DEG: Final = 8.0
"""Further off a true side view the foot is so much farther away than the hand that the floor line rises."""
STRAIGHT_LEG: Final = 0.97
"""Distance from hip to ankle over thigh and shank of a leg that is not bent."""

CARRIED_ABOVE: Final = 0.35
"""A shoulder this many trunk lengths above its hand is carried by the arm."""

_HIPS: Final = slice(index("hip", "left"), index("hip", "right") + 1)
_SHOULDERS: Final = slice(index("shoulder", "left"), index("shoulder", "right") + 1)
_LOOKS_DOWN_ARMS: Final = 0.25  # trunk lengths between the near and the far hand
_LOOKS_DOWN_FEET: Final = 0.15  # trunk lengths between the near and the far ankle
_LOOKS_DOWN_TILT_DEG: Final = 14.0


@dataclass(frozen=True, slots=True)
class Extent:
    """The box around all landmarks, those outside the picture too, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def fill(self, size_px: tuple[int, int]) -> float:
        """Return the share of the picture's width or height that the body takes, whichever is more."""
        return max((self.right - self.left) / size_px[0], (self.bottom - self.top) / size_px[1])

    def within(self, size_px: tuple[int, int], margin: float) -> bool:
        """Tell whether all of the body is in the picture: no landmark lies over an edge, as `edge_beyond` has it."""
        corners = (self.left, self.top), (self.right, self.bottom)
        return not any(edge_beyond(corner, size_px, margin) for corner in corners)


def extent_of(points: Points) -> Extent:
    """Return the box around a body; at least one landmark must be known."""
    xs = [x for x, _ in points if x == x]  # noqa: PLR0124  (NaN differs from itself)
    ys = [y for _, y in points if y == y]  # noqa: PLR0124
    return Extent(min(xs), min(ys), max(xs), max(ys))


def edge_beyond(point: Point, size_px: tuple[int, int], margin: float) -> str | None:
    """Return over which edge of the picture a landmark lies ("bottom", "top", "left", "right"), None if over none.

    `margin` is the border that already counts as outside, as a share of width and height. An unknown point is over
    none: nothing is known of it.
    """
    (x, y), (width, height) = point, size_px
    if y > (1.0 - margin) * height:
        return "bottom"
    if y < margin * height:
        return "top"
    if x < margin * width:
        return "left"
    return "right" if x > (1.0 - margin) * width else None


def trunk_lean_deg(points: Points) -> float:
    """Return how far the trunk is off the picture's vertical, [0, 180]: 0 upright, 90 lying, 180 head down."""
    return abs(_lean_deg(_middle(points, "hip"), _middle(points, "shoulder")))


def trunk_lean_in_space_deg(world_m: Array) -> float:
    """Return the same from a pose's landmarks in metres: a trunk that points at the camera lies too."""
    left_hip, right_hip = world_m[_HIPS]
    left_shoulder, right_shoulder = world_m[_SHOULDERS]
    across, down, away = (left_hip + right_hip - left_shoulder - right_shoulder).tolist()
    return math.degrees(math.atan2(math.hypot(across, away), down))


def scale_px(points: Points) -> float:
    """Return the length of the trunk or the width of the shoulders, whichever is more, in pixels."""
    trunk = distance(_middle(points, "hip"), _middle(points, "shoulder"))
    return max(trunk, distance(points[index("shoulder", "left")], points[index("shoulder", "right")]))


def stretched(points: Points, side: Side) -> tuple[Point, Point]:
    """Return where hand and foot of one side would be, were arm and leg stretched out in line with the trunk."""
    hip, shoulder, knee, ankle, elbow, wrist, hand, toe = (
        points[index(joint, side)]
        for joint in ("hip", "shoulder", "knee", "ankle", "elbow", "wrist", "index", "foot_index")
    )
    arm = distance(shoulder, elbow) + distance(elbow, wrist) + distance(wrist, hand)
    leg = distance(hip, knee) + distance(knee, ankle) + 0.5 * distance(ankle, toe)
    trunk = distance(hip, shoulder)
    ux, uy = ((shoulder[0] - hip[0]) / trunk, (shoulder[1] - hip[1]) / trunk) if trunk else (math.nan, math.nan)
    return (shoulder[0] + arm * ux, shoulder[1] + arm * uy), (hip[0] - leg * ux, hip[1] - leg * uy)


def roll_from_front(points: Points) -> float:
    """Return how far the camera is turned clockwise, in degrees, from somebody who stands facing it.

    The line from between the ankles to between the ears is vertical in most people to one or two degrees. NaN where a
    knee is out to the side: that is not standing.
    """
    if not (_straight(points, "left") and _straight(points, "right")):
        return math.nan
    return -_lean_deg(_middle(points, "ankle"), _middle(points, "ear"))


def roll_from_floor(points: Points, near: Side, yaw_deg: float) -> float:
    """Return how far the camera is turned clockwise, in degrees, from a body on the floor; NaN if it cannot be told.

    Near hand (or elbow, whichever is lower) and near toes rest on the floor, equally far from the camera as long as
    the body lies across the picture and is carried by its arms.
    """
    if not yaw_deg <= BROADSIDE_UP_TO_DEG or not _carried(points, near):
        return math.nan
    hand, toe = _resting_hand(points, near), points[index("foot_index", near)]
    right, left = (hand, toe) if hand[0] > toe[0] else (toe, hand)
    roll = math.degrees(math.atan2(left[1] - right[1], right[0] - left[0]))
    return roll if abs(roll) <= FLOOR_LINE_WITHIN_DEG else math.nan


def look_down_on_floor(points: Points, near: Side) -> float:
    """Return how far a camera looks down on a body on hands or elbows, 1 where that matters; NaN if not so carried.

    Seen from the height of the mat, the far hand lies behind the near one; from above it lies higher in the picture.
    """
    if not _carried(points, near):
        return math.nan
    near_y, far_y = _resting_hand(points, near)[1], _resting_hand(points, other(near))[1]
    return (near_y - far_y) / scale_px(points) / _LOOKS_DOWN_ARMS


def look_down_on_stance(points: Points, world_m: Points, near: Side) -> float:
    """Return how far a camera looks down on somebody who stands in profile, 1 where it matters; NaN if bent.

    Two signs must agree: the far ankle lies higher in the picture than the near one, and in the model's space, whose
    axes are the camera's, the body leans towards the camera.
    """
    ankles, shoulders = _middle(points, "ankle"), _middle(points, "shoulder")
    if not (_straight(points, near) and abs(_lean_deg(ankles, shoulders)) < UPRIGHT_WITHIN_DEG):
        return math.nan
    near_y, far_y = points[index("ankle", near)][1], points[index("ankle", other(near))][1]
    feet = (near_y - far_y) / scale_px(points)
    down, away = (_mean_of(world_m, "ankle", axis) - _mean_of(world_m, "shoulder", axis) for axis in (1, 2))
    return min(feet / _LOOKS_DOWN_FEET, math.degrees(math.atan2(away, down)) / _LOOKS_DOWN_TILT_DEG)


def _resting_hand(points: Points, side: Side) -> Point:
    elbow, wrist = points[index("elbow", side)], points[index("wrist", side)]
    return elbow if elbow[1] > wrist[1] else wrist


def _carried(points: Points, side: Side) -> bool:
    """Whether the trunk lies and its arm of this side carries it."""
    above = _resting_hand(points, side)[1] - points[index("shoulder", side)][1]
    return trunk_lean_deg(points) > LYING_BEYOND_DEG and above > CARRIED_ABOVE * scale_px(points)


def _straight(points: Points, side: Side) -> bool:
    hip, knee, ankle = points[index("hip", side)], points[index("knee", side)], points[index("ankle", side)]
    return distance(hip, ankle) > STRAIGHT_LEG * (distance(hip, knee) + distance(knee, ankle))


def _lean_deg(lower: Point, upper: Point) -> float:
    """Return the angle of a line to the picture's vertical: + leans to the right."""
    return math.degrees(math.atan2(upper[0] - lower[0], lower[1] - upper[1]))


def _middle(points: Points, joint: str) -> Point:
    return midpoint(points[index(joint, "left")], points[index(joint, "right")])


def _mean_of(points: Points, joint: str, axis: int) -> float:
    return (points[index(joint, "left")][axis] + points[index(joint, "right")][axis]) / 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What only the picture knows, in gray levels from 0 to 255.

    Attributes
    ----------
    brightness, contrast : float
        Mean and standard deviation of the whole picture.
    burnt : float
        Share of it that is burnt out, [0, 1].
    person_brightness, person_contrast, person_burnt : float
        The same of the box around the person; NaN where nobody was found.
    people : int
        How many are in the picture.
    """

    brightness: float
    contrast: float
    burnt: float
    person_brightness: float = math.nan
    person_contrast: float = math.nan
    person_burnt: float = math.nan
    people: int = 1

    @property
    def has_person(self) -> bool:
        """Whether the person's part of the picture is known."""
        return math.isfinite(self.person_brightness)

    @property
    def highlights(self) -> float:
        """How bright the bright parts of the person, or else of the picture, are: mean plus two standard deviations.

        The mean alone says little: a black border or dark clothes lower it in the best of light.
        """
        if self.has_person:
            return self.person_brightness + 2.0 * self.person_contrast
        return self.brightness + 2.0 * self.contrast
