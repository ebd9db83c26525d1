"""A pose: where the landmarks of one person are at one moment."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import COUNT, Side

Array = NDArray[np.float64]

STATIONS: Final = np.linspace(0.0, 1.0, 41)
"""Where along the hip-shoulder chord a torso profile is measured: 0 = hip, 1 = shoulder."""


@dataclass(frozen=True, slots=True, eq=False)
class TorsoProfile:
    """The outline of the trunk, measured from the chord between the near hip and the near shoulder.

    Attributes
    ----------
    edges : ndarray of shape (2, 41)
        Distance from the chord to the edge of the person mask at `STATIONS`, in chord lengths. Row 0 lies to the left
        and
        row 1 to the right of somebody who walks along the chord from hip to shoulder *in the picture* (y downwards).
        NaN where the chord itself lies outside the person, no edge is met, or the edge is the picture's border.
    sharpness : ndarray of shape (2,)
        How crisp the mask edge is on either side: mean drop of the mask over 0.05 chord lengths, in [0, 1].
    side : {"left", "right"}
        The side of the body that was near, whose hip and shoulder span the chord.
    """

    edges: Array
    sharpness: Array
    side: Side

    def __post_init__(self) -> None:
        if self.edges.shape != (2, len(STATIONS)) or self.sharpness.shape != (2,):
            raise ValueError(
                f"a torso profile needs edges (2, {len(STATIONS)}) and sharpness (2,), "
                f"got {self.edges.shape} and {self.sharpness.shape}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person at one moment. All-NaN landmarks mean that nobody was found.

    Attributes
    ----------
    t : float
        Time in seconds.
    xy_px : ndarray of shape (33, 2)
        Landmark positions in pixels, x to the right, y downwards; may lie outside the picture. NaN = unseen.
    world_m : ndarray of shape (33, 3) or None
        Positions in metres around the mid-hip, axes parallel to the camera's: x right, y down, z away from the camera.
    visibility : ndarray of shape (33,)
        How visible each landmark is, in [0, 1]; 0 where unseen. The model's own estimate, which is optimistic, lowered
        where the person mask shows that something stands in front.
    size_px : tuple of int
        Width and height of the picture, to tell landmarks inside it from invented ones outside.
    torso : TorsoProfile or None
        Outline of the trunk, where a person mask was available.
    """

    t: float
    xy_px: Array
    world_m: Array | None
    visibility: Array
    size_px: tuple[int, int]
    torso: TorsoProfile | None = None

    def __post_init__(self) -> None:
        if self.xy_px.shape != (COUNT, 2) or self.visibility.shape != (COUNT,):
            raise ValueError(
                f"a pose needs xy_px ({COUNT}, 2) and visibility ({COUNT},), "
                f"got {self.xy_px.shape} and {self.visibility.shape}"
            )
        if self.world_m is not None and self.world_m.shape != (COUNT, 3):
            raise ValueError(f"a pose needs world_m ({COUNT}, 3) or None, got {self.world_m.shape}")

    @classmethod
    def nobody(cls, t: float, size_px: tuple[int, int]) -> "Pose":
        """Return the pose that stands for an empty picture at time `t`."""
        return cls(t, np.full((COUNT, 2), np.nan), None, np.zeros(COUNT), size_px)

    @property
    def has_person(self) -> bool:
        """Whether anybody was found."""
        first = self.xy_px[0, 0]
        return bool(first == first) or bool(np.isfinite(self.xy_px).any())  # noqa: PLR0124  (NaN differs from itself)
