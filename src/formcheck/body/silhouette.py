"""The outline of the trunk in a person mask, and the curve of the back that it shows.

No landmark lies on the spine. The edge of the person mask along the back does move with the spine: rays are cast from
the chord
between the near hip and shoulder to the edge of the mask on both sides, once, where the mask still exists. The engine
later picks the side of the back and reads the curve from the stored distances, so recordings need no picture.
"""

import math
from typing import Final

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from formcheck.body.landmarks import Side, index
from formcheck.body.pose import STATIONS, Array, TorsoProfile

REACH: Final = 0.75
"""How far a ray looks for the edge of the mask, in chord lengths."""
STEPS: Final = 97
MIN_CHORD_PX: Final = 24.0
"""Below this the mask's own resolution (256 pixels for the whole person) leaves nothing to measure."""
WHOLE_BACK: Final = (0.0, 1.0)
LOWER_BACK: Final = (0.0, 0.5)
BESIDE: Final = 0.04
PERSON_ABOVE: Final = 0.3
COVERED: Final = 0.45
MIN_SHARE: Final = 0.75
"""Share of the outline that must be there."""
MAX_STEP: Final = 0.08
"""A back does not step further than this, in chord lengths, from one station to the next."""
EDGE_HALF_WIDTH: Final = 3  # steps on either side of the edge between which its sharpness is read

_PART: Final = {
    part: (round(part[0] * (len(STATIONS) - 1)), round(part[1] * (len(STATIONS) - 1)) + 1)
    for part in (WHOLE_BACK, LOWER_BACK)
}
"""First and one past the last station of each part of the back."""
_AROUND = np.array([(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)])
_RAY = np.linspace(0.0, REACH, STEPS)


def torso_profile(mask: NDArray[np.float32], xy_px: Array, side: Side) -> TorsoProfile | None:
    """Measure the outline of the trunk on both sides of the hip-shoulder chord.

    Parameters
    ----------
    mask : ndarray of shape (H, W), float32
        Person probability in [0, 1], one value per pixel of the picture.
    xy_px : ndarray of shape (33, 2)
        Landmarks in pixels of the same picture; NaN = unseen.
    side : {"left", "right"}
        The side of the body nearer to the camera. Its hip and shoulder span the chord: the midpoints of both sides
        would let a turn of the body look like a rounded back.

    Returns
    -------
    TorsoProfile or None
        None when hip or shoulder is unseen or they are less than `MIN_CHORD_PX` apart.
    """
    hip, shoulder = _chord_ends(xy_px, side)
    chord = shoulder - hip
    length = float(np.hypot(*chord))
    if not length >= MIN_CHORD_PX:  # also true for NaN
        return None
    left = np.array([chord[1], -chord[0]])
    starts = hip + STATIONS[:, None] * chord
    rays = starts[None, :, None] + np.array([1.0, -1.0])[:, None, None, None] * _RAY[:, None] * left
    inside = _sample(mask, rays)
    edges = _first_exit(inside)
    edges[_near_border(starts, left, edges, mask.shape)] = np.nan
    return TorsoProfile(edges, _sharpness(inside, edges), side)


def lower_covered(visibility: Array, mask: NDArray[np.float32], xy_px: Array, side: Side) -> Array:
    """Lower the visibility of landmarks where the person mask shows that something stands in front of them.

    The model gives a hidden ankle behind a plate a visibility of 0.7 to 0.9; the mask there is 0.

    Parameters
    ----------
    visibility : ndarray of shape (33,)
    mask, xy_px, side
        As for `torso_profile`.

    Returns
    -------
    ndarray of shape (33,)
        At most `COVERED` for landmarks with no person within `BESIDE` chord lengths: enough to follow a movement by,
        too little to judge by.
    """
    hip, shoulder = _chord_ends(xy_px, side)
    beside = BESIDE * float(np.hypot(*(shoulder - hip)))
    if not math.isfinite(beside):
        return visibility
    around = xy_px[:, None, :] + beside * _AROUND
    height, width = mask.shape
    inside = ((xy_px >= 0) & (xy_px < (width, height))).all(axis=1)
    covered = inside & (_sample(mask, np.nan_to_num(around)).max(axis=1) < PERSON_ABOVE)
    lowered: Array = np.where(covered, np.minimum(visibility, COVERED), visibility)
    return lowered


def _chord_ends(xy_px: Array, side: Side) -> tuple[Array, Array]:
    return xy_px[index("hip", side)], xy_px[index("shoulder", side)]


def _sample(mask: NDArray[np.float32], points: Array) -> Array:
    """Read the mask at points (..., 2) bilinearly; 0 outside the picture."""
    height, width = mask.shape
    x, y = points[..., 0], points[..., 1]
    outside = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    column, row = x.astype(np.intp), y.astype(np.intp)
    fx, fy = x - column, y - row
    flat, at = mask.ravel(), row * width + column
    top = flat[at] * (1 - fx) + flat[at + 1] * fx
    bottom = flat[at + width] * (1 - fx) + flat[at + width + 1] * fx
    values: Array = np.where(outside, 0.0, top * (1 - fy) + bottom * fy)
    return values


def _first_exit(inside: Array) -> Array:
    """Distance along each ray (2, S, steps) to where the mask first falls below one half.

    The first exit, not the last: an arm that stands off the back is not the back.
    """
    below = inside < 0.5
    at = below.argmax(axis=2)
    found = below.any(axis=2) & (at > 0)
    before = np.maximum(at - 1, 0)
    high = np.take_along_axis(inside, before[..., None], axis=2)[..., 0]
    low = np.take_along_axis(inside, at[..., None], axis=2)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (high - 0.5) / (high - low)
    edges: Array = np.where(found, (before + share) * (_RAY[1] - _RAY[0]), np.nan)
    return edges


def _near_border(starts: Array, left: Array, edges: Array, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell edges that are only the end of the picture: the body goes on outside it."""
    height, width = shape
    points = starts[None] + np.array([1.0, -1.0])[:, None, None] * edges[..., None] * left
    x, y = points[..., 0], points[..., 1]
    at_border: NDArray[np.bool_] = (x < 2) | (y < 2) | (x > width - 3) | (y > height - 3)
    return at_border


def _sharpness(inside: Array, edges: Array) -> Array:
    """Mean drop of the mask across the edge, per side, in [0, 1]; 0 where no edge was found."""
    step = _RAY[1] - _RAY[0]
    at = np.rint(np.nan_to_num(edges) / step).astype(np.intp)
    inner = np.take_along_axis(inside, np.maximum(at - EDGE_HALF_WIDTH, 0)[..., None], axis=2)[..., 0]
    outer = np.take_along_axis(inside, np.minimum(at + EDGE_HALF_WIDTH, STEPS - 1)[..., None], axis=2)[..., 0]
    seen = np.isfinite(edges)
    drop = np.where(seen, inner - outer, 0.0).sum(axis=1)
    sharpness: Array = np.clip(drop / np.maximum(seen.sum(axis=1), 1), 0.0, 1.0)
    return sharpness


def back_curvature(profile: TorsoProfile, row: int, part: tuple[float, float] = WHOLE_BACK) -> float:
    """Mean height of the parabola that fits the outline best over the line between its ends.

    A fit to all stations is steadier than a height over two end points: on rendered people with and without a rounded
    back it parts the two by 4.0 standard deviations, against 3.5 for the plain mean sagitta.

    Parameters
    ----------
    profile : TorsoProfile
    row : int
        Which side of the chord is the back: 0 or 1.
    part : tuple of float
        First and last station to take, as shares of the chord from the hip.

    Returns
    -------
    float
        In chord lengths: positive rounded, negative hollow, 0 straight; NaN where more than a quarter of the outline
        is missing. A circular arc of 20° over the whole chord gives 0.029, of 40° 0.059.
    """
    first, last = _PART[part]
    out = profile.edges[row, first:last]
    total = float(_SECOND[part] @ out)
    if math.isfinite(total):
        return total
    seen = np.isfinite(out)
    if np.count_nonzero(seen) < MIN_SHARE * len(out):
        return math.nan
    along = np.linspace(-1.0, 1.0, len(out))[seen]
    return -float(legendre.legfit(along, out[seen], 2)[2])


def torn(profile: TorsoProfile, row: int) -> bool:
    """Whether the outline on one side jumps: something that is not the back stands in it."""
    first, last = _PART[WHOLE_BACK]
    out = profile.edges[row, first:last]
    steps = np.abs(out[1:] - out[:-1])
    return bool((steps > MAX_STEP).any())  # a comparison with NaN is False: a gap is not a jump


def outline_px(profile: TorsoProfile, row: int, xy_px: Array, part: tuple[float, float] = WHOLE_BACK) -> Array:
    """Return the outline on one side as points (K, 2) in pixels, missing stations left out."""
    hip, shoulder = _chord_ends(xy_px, profile.side)
    chord = shoulder - hip
    left = np.array([chord[1], -chord[0]]) * (1.0 if row == 0 else -1.0)
    points = hip + STATIONS[:, None] * chord + profile.edges[row][:, None] * left
    first, last = _PART[part]
    points = points[first:last]
    chosen: Array = points[np.isfinite(points[:, 0])]
    return chosen


def _second_coefficient(part: tuple[float, float]) -> Array:
    """Weights that give minus the second Legendre coefficient of a complete outline: the parabola's mean height."""
    first, last = _PART[part]
    basis = legendre.legvander(np.linspace(-1.0, 1.0, last - first), 2)
    weights: Array = -np.linalg.pinv(basis)[2]
    return weights


_SECOND = {part: _second_coefficient(part) for part in (WHOLE_BACK, LOWER_BACK)}
