"""What the lifts with a barbell share."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.synth.posing import UP, Figure, hang_hands, stand_on_feet
from formcheck.synth.posture import Posture
from formcheck.synth.timeline import Stance

Floats = NDArray[np.float64]

ROUNDING: Final = {"lumbar": 0.6, "thoracic": 0.4}
"""A rounded back: trunk inclination stays, the spine between hip and shoulder bends."""
LEANING_BACK: Final = {"trunk": -1, "lumbar": -0.4, "neck": 0.3, "thigh": -0.25, "shank": -0.25}
HEAD_BACK: Final = {"neck": -1, "head": -0.3}
ARMS_AHEAD: Final = {"upper_arm": 1, "forearm": 1}
PLATE_RADIUS_M: Final = 0.14
"""Small ones: large plates hide the hips when standing."""
_GRIP_APART_M: Final = 0.56
_BAR_BELOW_WRIST_M: Final = 0.09


def hands_on_bar(ahead_m: float) -> Stance:
    """Stand with both hands on a bar that moves up and down in front of the ankles."""

    def stance(figure: Figure, now: Posture) -> None:
        stand_on_feet(figure)
        hang_hands(figure, now, ahead_m=ahead_m, apart_m=_GRIP_APART_M)

    return stance


def grip_m(figure: Figure) -> Floats:
    """Return the middle of the bar in the hands."""
    return np.asarray(figure.middle_m("wrist") - _BAR_BELOW_WRIST_M * UP)
