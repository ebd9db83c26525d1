"""What people who sit on a stool share."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.mesh import Mesh
from formcheck.synth.motions.furniture import seat
from formcheck.synth.posing import UP, Figure
from formcheck.synth.posture import Posture
from formcheck.synth.timeline import Equipment, Moment, Motion

SEAT_BELOW_HIP_M: Final = 0.10


def on_the_seat(figure: Figure, _now: Posture) -> None:
    """Put the middle between the hips over the world's origin and the lower shoe on the floor."""
    hips = figure.middle_m("hip")
    figure.shift([-hips[0], -hips[1], -figure.lowest_sole_m()])


def stool(body: Body, motion: Motion) -> Equipment:
    """Stand a stool under the person."""
    hip_m = float(motion.figure(body, motion.poses[motion.start]).middle_m("hip") @ UP)
    standing = seat(hip_m - SEAT_BELOW_HIP_M, depth_m=0.42, middle_m=(0.0, 0.04))

    def around(_figure: Figure, _moment: Moment) -> list[Mesh]:
        return [standing]

    return around
