"""Pose to sample: despike, smooth, measure, and say what was not seen."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Final, get_args

import numpy as np

from formcheck.body import MEASURES, Measure
from formcheck.body.figure import Figure, SegmentLengths, clarity_of, plain_name
from formcheck.body.geometry import Point, distance, midpoint
from formcheck.body.landmarks import INDEX, Side
from formcheck.body.plausibility import IMPLAUSIBLE, strangeness
from formcheck.body.pose import Array, Pose
from formcheck.body.silhouette import LOWER_BACK, WHOLE_BACK, back_curvature, torn
from formcheck.body.view import Orientation, ViewName
from formcheck.filters.despike import Despike
from formcheck.filters.one_euro import OneEuro

MIN_CLARITY: Final = 0.25
"""A value whose least clear landmark falls below this is not a value."""
MIN_CONFIDENCE: Final = 0.5
"""A value judged with less confidence than this is unseen."""
AT_AN_ANGLE: Final = "the camera sees the body at an angle"
MIN_TRUNK_PX: Final = 60.0
"""A smaller trunk leaves the mask too coarse to read the back."""
JUMP: Final = 0.8  # trunk lengths the hips may move between two samples without being somebody else's
JUMP_WITHIN_S: Final = 0.15
_HIPS: Final = slice(INDEX["left_hip"], INDEX["right_hip"] + 1)
_BACK_AND_ARM: Final = {
    side: np.array([INDEX[f"{side}_{joint}"] for joint in ("hip", "shoulder", "elbow", "wrist")])
    for side in get_args(Side)
}
_WHOLE_BODY: Final[dict[Side, tuple[int, ...]]] = {
    "left": tuple(INDEX[f"left_{joint}"] for joint in ("shoulder", "hip", "knee", "ankle")),
    "right": tuple(INDEX[f"right_{joint}"] for joint in ("shoulder", "hip", "knee", "ankle")),
}

Rows = Sequence[int]


@dataclass(frozen=True, slots=True)
class Sample:
    """The measures of one moment.

    Attributes
    ----------
    t : float
        Seconds.
    values : mapping of str to float
        Measure name to value; NaN = unseen.
    confidence : mapping of str to float
        Measure name to confidence in [0, 1]: landmark clarity times how well the view suits the measure.
    why_unseen : mapping of str to str
        For measures without a confident value, what was missing.
    """

    t: float
    values: Mapping[str, float]
    confidence: Mapping[str, float]
    why_unseen: Mapping[str, str]

    @property
    def unseen(self) -> frozenset[str]:
        """Names of the measures without a confident value."""
        return frozenset(self.why_unseen)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which measures a view shows, with the landmarks they read (None: it depends), and why it hides the others."""

    visible: list[tuple[Measure, Rows | None]]
    hidden: dict[str, str]


@lru_cache(256)
def _plan(names: tuple[str, ...], view: ViewName, near: Side) -> _Plan:
    """Return what a view can show; a body at an angle is followed like one from the side, if not judged."""
    shown = "side" if view == "oblique" else view
    measures = [MEASURES[name] for name in names]
    hidden = {m.name: f"cannot be seen from the {view}" for m in measures if shown not in m.views}
    return _Plan([(m, m.fixed_landmarks(near)) for m in measures if shown in m.views], hidden)


class Sampler:
    """Turn poses of one person into samples of the wanted measures.

    Parameters
    ----------
    names : sequence of str
        Measures to take.
    calm : bool
        Smooth harder: for positions that are kept.
    """

    def __init__(self, names: Sequence[str], *, calm: bool = False) -> None:
        self._names = tuple(names)
        self._unseen = dict.fromkeys(names, math.nan)
        self._doubtful = dict.fromkeys(names, 0.0)
        self._nobody = dict.fromkeys(names, "nobody in the picture")
        self._wants_lower_back = "lower_back_curvature" in names
        self._despike = Despike()
        self._plan = _Plan([], {})
        self._planned: tuple[ViewName, Side] | None = None
        self._smooth = OneEuro(min_cutoff_hz=0.7, beta=1.0) if calm else OneEuro()
        self._segments = SegmentLengths()
        self._hips: Point | None = None
        self._hips_at = -math.inf
        self.jumps = 0
        self.whole_body_frames = 0
        self.implausible = 0

    def sample(self, pose: Pose, orientation: Orientation) -> Sample:
        """Measure one pose; poses must come in order of time."""
        if not pose.has_person:
            return Sample(pose.t, self._unseen, self._doubtful, self._nobody)
        figure, doubted = self._figure(pose, orientation)
        factor, clarities = orientation.factor, figure.clarity
        plan = self._plan_for(orientation)
        values, confidence, missing = self._unseen.copy(), self._doubtful.copy(), dict[str, str]()
        for measure, fixed in plan.visible:
            rows, name = fixed or measure.landmarks(figure), measure.name
            clarity = min([clarities[row] for row in rows])
            if clarity < MIN_CLARITY:
                missing[name] = _landmark_reason(figure, rows, clarity, doubted)
                continue
            value = measure.of_seen(figure)
            trust = (min(clarity, figure.outline_clarity) if measure.outline else clarity) * factor
            if trust < MIN_CONFIDENCE or value != value:  # noqa: PLR0124  (NaN differs from itself)
                trust, missing[name] = _doubt(measure, rows, figure, value, clarity, trust, doubted)
            values[name], confidence[name] = value, trust
        return Sample(pose.t, values, confidence, plan.hidden | missing if missing else plan.hidden)

    def _plan_for(self, orientation: Orientation) -> _Plan:
        seen_from = orientation.view, orientation.near
        if seen_from != self._planned:
            self._plan, self._planned = _plan(self._names, *seen_from), seen_from
        return self._plan

    def _figure(self, pose: Pose, orientation: Orientation) -> tuple[Figure, str | None]:
        scale = self._segments.trunk_px
        if not scale > 0:
            scale = _trunk(pose.xy_px.tolist())
        smooth = pose.xy_px
        if scale > 0:
            smooth = self._smooth.update(pose.t, self._despike.update(pose.t, pose.xy_px, scale), scale)
        points: list[list[float]] = (smooth * (orientation.stretch, 1.0)).tolist()
        clarity = clarity_of(pose.visibility, smooth, pose.size_px)
        self._segments.add(pose.t, points, orientation.near)
        # From the front a thigh that comes towards the camera honestly shrinks to nothing.
        frontal = orientation.view in ("front", "back")
        doubted = None if frontal else self._segments.doubt(points, clarity, orientation.near)
        self._count(pose, clarity, orientation)
        self.implausible += doubted is not None or strangeness(pose) > IMPLAUSIBLE
        back, lower, outline = self._back(pose, smooth, orientation)
        figure = Figure(
            points,
            clarity,
            pose.world_m,
            orientation,
            orientation.facing,
            orientation.near,
            self._segments.trunk_px,
            pose.size_px[1],
            back,
            lower,
            outline,
            pose.size_px[0],
        )
        return figure, doubted

    def _count(self, pose: Pose, clarity: list[float], orientation: Orientation) -> None:
        hips = midpoint(*pose.xy_px[_HIPS].tolist())
        if self._hips and pose.t - self._hips_at <= JUMP_WITHIN_S:
            self.jumps += distance(hips, self._hips) > JUMP * self._segments.trunk_px
        self._hips_at, self._hips = pose.t, hips
        self.whole_body_frames += min([clarity[row] for row in _WHOLE_BODY[orientation.near]]) > MIN_CLARITY

    def _back(self, pose: Pose, xy_px: Array, orientation: Orientation) -> tuple[float, float, float]:
        """Return curvature of the whole and the lower back and how far the outline can be trusted."""
        profile = pose.torso
        if profile is None or self._segments.trunk_px < MIN_TRUNK_PX or orientation.view != "side":
            return math.nan, math.nan, 0.0
        row = dorsal_row(orientation)
        if (
            profile.side != orientation.near
            or torn(profile, row)
            or _arm_over_back(xy_px, orientation, profile.edges[row])
        ):
            return math.nan, math.nan, 0.0
        lower = back_curvature(profile, row, LOWER_BACK) if self._wants_lower_back else math.nan
        return back_curvature(profile, row, WHOLE_BACK), lower, float(profile.sharpness[row])


def middle_of(samples: Sequence[Sample], t: float) -> Sample:
    """Return one sample that stands for several: the medians of what was seen of each measure, at time `t`."""
    values: dict[str, float] = {}
    confidence: dict[str, float] = {}
    why: dict[str, str] = {}
    for name in samples[0].values:
        seen = [s for s in samples if s.confidence[name] >= MIN_CONFIDENCE and math.isfinite(s.values[name])]
        values[name] = median([s.values[name] for s in seen]) if seen else math.nan
        confidence[name] = median([s.confidence[name] for s in seen]) if seen else 0.0
        if not seen:
            why[name] = next((s.why_unseen[name] for s in samples if name in s.why_unseen), "not seen")
    return Sample(t, values, confidence, why)


def dorsal_row(orientation: Orientation) -> int:
    """Which row of a torso profile is the back: the left of the way from hip to shoulder for who faces right."""
    return 0 if orientation.facing > 0 else 1


def _doubt(
    measure: Measure, rows: Rows, figure: Figure, value: float, clarity: float, trust: float, doubted: str | None
) -> tuple[float, str]:
    """Return how far a value that is none, or not clear enough, can be trusted, and why no further."""
    if math.isnan(value):
        return 0.0, "the outline of the back could not be read" if measure.outline else "could not be measured"
    if figure.orientation.view == "oblique":
        return 0.0, AT_AN_ANGLE
    if clarity >= MIN_CONFIDENCE:
        blurred = measure.outline and figure.outline_clarity < MIN_CONFIDENCE
        return trust, "the outline of the back was not sharp enough" if blurred else AT_AN_ANGLE
    return trust, _landmark_reason(figure, rows, clarity, doubted)


def _landmark_reason(figure: Figure, rows: Rows, clarity: float, doubted: str | None) -> str:
    row = next(r for r in rows if figure.clarity[r] == clarity)
    x, y = figure.points[row]
    if not math.isfinite(x + y):
        return f"the {plain_name(row)} was not found"
    if figure.clarity[row] == 0.0 and doubted:
        return f"the {doubted} landmarks were not plausible, something may hide them"
    if not (0 <= y < figure.height_px) or figure.clarity[row] == 0.0:
        return f"the {plain_name(row)} was hidden or out of the picture"
    return f"the {plain_name(row)} was not clearly visible"


def _trunk(points: list[list[float]]) -> float:
    hips = midpoint(points[INDEX["left_hip"]], points[INDEX["right_hip"]])
    shoulders = midpoint(points[INDEX["left_shoulder"]], points[INDEX["right_shoulder"]])
    return distance(hips, shoulders)


def _arm_over_back(xy_px: Array, orientation: Orientation, edges: Array) -> bool:
    """Whether the near elbow or wrist hangs over or behind the outline of the back."""
    hip, shoulder, *arm = xy_px.take(_BACK_AND_ARM[orientation.near], axis=0).tolist()
    cx, cy = shoulder[0] - hip[0], shoulder[1] - hip[1]
    length_sq = cx * cx + cy * cy
    if not length_sq > 0:
        return False
    sign = 1.0 if orientation.facing > 0 else -1.0
    for x, y in arm:
        along = ((x - hip[0]) * cx + (y - hip[1]) * cy) / length_sq
        out = sign * ((x - hip[0]) * cy - (y - hip[1]) * cx) / length_sq
        if 0.1 <= along <= 0.9 and out > edges[round(along * (len(edges) - 1))] - 0.06:
            return True
    return False
