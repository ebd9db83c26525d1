"""From a posture to a figure: turn the bones, reach for things, and put the person on the ground."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from formcheck.body.landmarks import COUNT, INDEX, Side
from formcheck.synth.body import NECK, SPINE, Body, carry
from formcheck.synth.mesh import Mesh
from formcheck.synth.posture import SIDED_CHANNELS, SIDES, Posture

Floats = NDArray[np.float64]

UP: Final = np.array([0.0, 0.0, 1.0])
FORWARD: Final = np.array([0.0, -1.0, 0.0])
_LETTER: Final[dict[Side, str]] = {"left": "L", "right": "R"}
_OUTWARD: Final[dict[Side, Floats]] = {"left": np.array([1.0, 0.0, 0.0]), "right": np.array([-1.0, 0.0, 0.0])}
_LUMBAR, _THORACIC = SPINE[:3], SPINE[3:]

KNEE_RADIUS_M: Final = 0.055
ELBOW_RADIUS_M: Final = 0.045
WRIST_HEIGHT_M: Final = 0.065
"""How far a joint's centre is above the floor that it rests on."""


def bend(angle_deg: float) -> Floats:
    """Return the rotation that bends an upright person forwards by `angle_deg`."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])


def segment(angle_deg: float, side: Side = "left", out_deg: float = 0.0) -> Floats:
    """Return the unit direction of a limb segment: 0 hangs down, 90 points forwards; `out_deg` leads sideways."""
    return _unit(bend(-angle_deg) @ -UP + np.tan(np.radians(out_deg)) * _OUTWARD[side])


def swing(start: Floats, end: Floats, share: float = 1.0) -> Floats:
    """Return the smallest rotation that takes one unit direction to another, or a share of the way."""
    axis = np.cross(start, end)
    angle = np.arctan2(np.linalg.norm(axis), start @ end)
    if np.linalg.norm(axis) < 1e-9:  # same or opposite directions: any axis square to them does
        axis = np.cross(start, np.eye(3)[np.abs(start).argmin()])
    return np.asarray(cv2.Rodrigues(share * angle * _unit(axis))[0])


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))


class Figure:
    """A body whose bones can be turned, from the pelvis outwards.

    Bones are kept as world rotations. Turning a bone takes everything that hangs from it along, so turn the bones from
    the trunk outwards. Bones never change their length.

    Attributes
    ----------
    body : Body
        The person.
    rotations : ndarray of shape (B, 3, 3)
        World rotation of each bone against its rest.
    origin_m : ndarray of shape (3,)
        Where the root bone begins.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self.rotations = np.tile(np.eye(3), (len(body.bones), 1, 1))
        self.origin_m = body.heads_m[0].copy()

    def positions_m(self) -> Floats:
        """Return where every bone begins, shape (B, 3): forward kinematics."""
        body = self.body
        steps = np.einsum("bij,bj->bi", self.rotations[list(body.parents)], body.offsets_m)
        steps[0] = self.origin_m
        return np.asarray(body.below.T @ steps)

    def landmarks_m(self) -> Floats:
        """Return the 33 landmarks in world metres, shape (33, 3); NaN for those that the body does not have."""
        positions = self.positions_m()
        landmarks = np.full((COUNT, 3), np.nan)
        for name, (bone, rest) in self.body.markers.items():
            landmarks[INDEX[name]] = positions[bone] + self.rotations[bone] @ (rest - self.body.heads_m[bone])
        return landmarks

    def point_m(self, name: str) -> Floats:
        """Return one landmark, for example ``left_hip``, in world metres."""
        bone, rest = self.body.markers[name]
        return np.asarray(self.positions_m()[bone] + self.rotations[bone] @ (rest - self.body.heads_m[bone]))

    def middle_m(self, joint: str) -> Floats:
        """Return the point halfway between a left and a right landmark, for example of ``hip``."""
        return np.asarray((self.point_m(f"left_{joint}") + self.point_m(f"right_{joint}")) / 2.0)

    def mesh(self) -> Mesh:
        """Return the posed surface."""
        return carry(self.body, self.rotations, self.positions_m())

    def turn(self, bone: str, rotation: Floats) -> None:
        """Give a bone, and everything that hangs from it, a world rotation."""
        self.rotations[self.body.below[self.body.bone(bone)]] = rotation

    def inherited(self, bone: str) -> Floats:
        """Return the rotation that a bone has from its parent."""
        return np.asarray(self.rotations[self.body.parents[self.body.bone(bone)]])

    def aim(
        self, bone: str, child: str, direction: Floats, *, turned_by: str | None = None, share: float = 1.0
    ) -> None:
        """Turn a bone so that the segment `bone` to `child` points along a world direction.

        With `turned_by`, a bone nearer to the trunk is turned instead, by only a share of the way.
        """
        turned = turned_by or bone
        start = self.inherited(turned)
        rest = self.body.heads_m[self.body.bone(child)] - self.body.heads_m[self.body.bone(bone)]
        self.turn(turned, swing(_unit(start @ rest), _unit(direction), share) @ start)

    def shift(self, by_m: ArrayLike) -> None:
        """Move the whole figure."""
        self.origin_m = self.origin_m + np.asarray(by_m)

    def tip(self, angle_deg: float, about_m: Floats) -> None:
        """Tip the whole figure forwards around a sideways axis through a point."""
        rotation = bend(angle_deg)
        self.rotations = rotation @ self.rotations
        self.origin_m = about_m + rotation @ (self.origin_m - about_m)

    def lowest_sole_m(self) -> float:
        """Return the height of the lowest point of both shoes."""
        positions = self.positions_m()
        heights = []
        for side in SIDES:
            foot = self.body.bone(f"foot.{_LETTER[side]}")
            rest = self.body.soles_m[side] - self.body.heads_m[foot]
            heights.append(float((rest @ self.rotations[foot].T)[:, 2].min() + positions[foot, 2]))
        return min(heights)


def pose(body: Body, posture: Posture) -> Figure:
    """Return a figure in a posture; where it stands is left to the stance functions below.

    Parameters
    ----------
    body : Body
        The person.
    posture : Posture
        All channels, in degrees.
    """
    figure = Figure(body)
    _pose_trunk(figure, posture)
    for side in SIDES:
        _pose_leg(figure, side, posture)
        swing_arm(
            figure,
            side,
            segment(posture[f"{side}_upper_arm"], side, posture[f"{side}_arm_out"]),
            segment(posture[f"{side}_forearm"], side, posture[f"{side}_arm_out"] / 2.0),
        )
        turn_hand(figure, side, segment(posture[f"{side}_hand"]), -_OUTWARD[side])
    return figure


def _pose_trunk(figure: Figure, posture: Posture) -> None:
    flexion_deg = 0.0
    sideways = np.eye(3)
    for bones, channel, tilt, twist in (
        (_LUMBAR, "lumbar", "side_bend", "turn"),
        (_THORACIC, "thoracic", "side_bend", "turn"),
        (NECK, "neck", "head_tilt", "head_turn"),
        (("head",), "head", "head_tilt", "head_turn"),
    ):
        along = len(SPINE) if channel in ("lumbar", "thoracic") else len(NECK) + 1
        step = _aside(posture[tilt] / along, posture[twist] / along)
        for bone in bones:
            flexion_deg += posture[channel] / len(bones)
            sideways = sideways @ step
            figure.turn(bone, bend(flexion_deg) @ sideways)
    chord = figure.middle_m("shoulder") - figure.middle_m("hip")
    figure.tip(posture["trunk"] - np.degrees(np.arctan2(chord @ FORWARD, chord @ UP)), figure.origin_m)


def _aside(tilt_deg: float, turn_deg: float) -> Floats:
    """Return the rotation that tilts an upright person to the left and turns them to the left."""
    tilted, turned = np.radians(tilt_deg), np.radians(turn_deg)
    tilt = [[np.cos(tilted), 0.0, np.sin(tilted)], [0.0, 1.0, 0.0], [-np.sin(tilted), 0.0, np.cos(tilted)]]
    turn = [[np.cos(turned), -np.sin(turned), 0.0], [np.sin(turned), np.cos(turned), 0.0], [0.0, 0.0, 1.0]]
    return np.array(turn) @ np.array(tilt)


def _pose_leg(figure: Figure, side: Side, posture: Posture) -> None:
    letter, out_deg, in_deg = _LETTER[side], posture[f"{side}_leg_out"], posture[f"{side}_knee_in"]
    thigh = segment(posture[f"{side}_thigh"], side, out_deg - in_deg)
    shank = segment(posture[f"{side}_shank"], side, out_deg + in_deg)
    figure.aim(f"upperleg01.{letter}", f"lowerleg01.{letter}", thigh)
    figure.aim(f"lowerleg01.{letter}", f"foot.{letter}", shank)
    figure.turn(f"foot.{letter}", bend(90.0 - posture[f"{side}_foot"]))


def swing_arm(figure: Figure, side: Side, upper: Floats, fore: Floats) -> None:
    """Point upper arm and forearm along world directions; the shoulder blade helps when the arm goes high."""
    letter = _LETTER[side]
    spine = figure.rotations[figure.body.bone(SPINE[-1])]
    raised_deg = np.degrees(np.arccos(np.clip(_unit(upper) @ spine @ -UP, -1.0, 1.0)))
    help_share = np.clip((raised_deg - 80.0) / 100.0, 0.0, 1.0)
    figure.turn(f"clavicle.{letter}", spine)
    joint, elbow = f"upperarm01.{letter}", f"lowerarm01.{letter}"
    for blade, share in ((f"clavicle.{letter}", 0.12), (f"shoulder01.{letter}", 0.28)):
        figure.aim(joint, elbow, upper, turned_by=blade, share=float(share * help_share))
    figure.aim(joint, elbow, upper)
    figure.aim(elbow, f"wrist.{letter}", fore)


def turn_hand(figure: Figure, side: Side, fingers: Floats, palm: Floats) -> None:
    """Turn the hand so that its knuckles and its palm face along world directions."""
    (wrist, start), (_, index), (_, little) = (
        figure.body.markers[f"{side}_{name}"] for name in ("wrist", "index", "pinky")
    )
    to_index, to_little = index - start, little - start
    rest_palm = np.cross(to_little, to_index) if side == "left" else np.cross(to_index, to_little)
    rest = _frame(to_index + to_little, rest_palm)
    figure.turn(figure.body.bones[wrist], _frame(fingers, palm) @ rest.T)


def _frame(along: Floats, aside: Floats) -> Floats:
    """Return a rotation whose first column is along one direction and whose second is as near as can be to another."""
    first = _unit(along)
    second = _unit(aside - (aside @ first) * first)
    return np.column_stack([first, second, np.cross(first, second)])


def reach(figure: Figure, side: Side, wrist_m: Floats, elbow_towards: Floats) -> None:
    """Bend the arm so that the wrist comes to a point, or as near as the arm is long.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    side : {"left", "right"}
        Which arm.
    wrist_m : ndarray of shape (3,)
        Where the wrist shall be.
    elbow_towards : ndarray of shape (3,)
        Direction into which the elbow points.
    """
    upper_m, fore_m = arm_lengths_m(figure.body)
    for _ in range(3):  # the shoulder blade helps, which moves the shoulder a little
        shoulder = figure.point_m(f"{side}_shoulder")
        away = wrist_m - shoulder
        distance = min(float(np.linalg.norm(away)), 0.99999 * (upper_m + fore_m))
        line = _unit(away)
        cos = np.clip((upper_m**2 + distance**2 - fore_m**2) / (2.0 * upper_m * distance), -1.0, 1.0)
        aside = _unit(elbow_towards - (elbow_towards @ line) * line)
        to_elbow = upper_m * (cos * line + np.sqrt(1.0 - cos**2) * aside)
        swing_arm(figure, side, to_elbow, line * distance - to_elbow)


def arm_lengths_m(body: Body) -> tuple[float, float]:
    """Return the lengths of upper arm and forearm."""
    return body.length_m("upperarm01.L", "lowerarm01.L"), body.length_m("lowerarm01.L", "wrist.L")


def stand_on_feet(figure: Figure) -> None:
    """Put the lower shoe on the floor and the middle between the ankles over the world's origin."""
    ankles = figure.middle_m("ankle")
    figure.shift([-ankles[0], -ankles[1], -figure.lowest_sole_m()])


def hang_hands(figure: Figure, posture: Posture, ahead_m: float, apart_m: float) -> None:
    """Let both hands hang in front of the ankles, as if they held a bar; a bent elbow lifts them.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    posture : Posture
        Forearm minus upper arm is taken as the elbow's flexion; an upper arm that points further forwards than at ease
        takes the hands along.
    ahead_m : float
        How far the wrists are in front of the ankles.
    apart_m : float
        Distance between the wrists.
    """
    upper_m, fore_m = arm_lengths_m(figure.body)
    ahead = figure.middle_m("ankle") @ FORWARD + ahead_m
    for side in SIDES:
        inner = np.radians(180.0 - (posture[f"{side}_forearm"] - posture[f"{side}_upper_arm"]))
        length_m = np.sqrt(upper_m**2 + fore_m**2 - 2.0 * upper_m * fore_m * np.cos(inner))
        shoulder = figure.point_m(f"{side}_shoulder")
        swung_m = length_m * np.sin(np.radians(posture[f"{side}_upper_arm"] - SIDED_CHANNELS["upper_arm"]))
        wrist = (ahead + swung_m) * FORWARD + apart_m / 2.0 * _OUTWARD[side]
        aside = wrist - shoulder
        wrist[2] = shoulder[2] - np.sqrt(length_m**2 - aside[0] ** 2 - aside[1] ** 2)
        reach(figure, side, wrist, elbow_towards=0.5 * _OUTWARD[side] - FORWARD)
        turn_hand(figure, side, -UP, palm=-FORWARD)


def kneel(figure: Figure) -> None:
    """Put the lower knee on the floor, at the world's origin along y."""
    knees = [figure.point_m(f"{side}_knee") for side in SIDES]
    lower = min(knees, key=lambda knee: float(knee[2]))
    figure.shift([0.0, -lower[1], KNEE_RADIUS_M - lower[2]])


def plant_hands(figure: Figure, posture: Posture, ahead_m: float) -> None:
    """Keep each hand on the floor as far as its channel `hand_planted` says; else it stays where the arm points.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    posture : Posture
        Its `hand_planted` channels count.
    ahead_m : float
        How far the planted wrists are in front of the world's origin.
    """
    for side in SIDES:
        planted = posture[f"{side}_hand_planted"] ** 3  # lets go early, so that a straight arm can swing up
        free = figure.point_m(f"{side}_wrist")
        shoulder = figure.point_m(f"{side}_shoulder")
        spot = np.array([shoulder[0], 0.0, WRIST_HEIGHT_M]) + ahead_m * FORWARD
        reach(figure, side, free + planted * (spot - free), elbow_towards=-FORWARD - UP)
        turn_hand(figure, side, segment(posture[f"{side}_hand"]), palm=-UP)


def lean_on_elbows(figure: Figure, toes_m: float, elbows_m: float) -> None:
    """Tip a figure around its toes until the elbows rest on their place on the floor, forearms forwards.

    Parameters
    ----------
    figure : Figure
        Changed in place; lies face down, seen from the toes.
    toes_m, elbows_m : float
        Where toes and elbows are, in metres in front of the world's origin.
    """
    upper_m, _ = arm_lengths_m(figure.body)
    for _ in range(3):  # the shoulder blades and the shoes' round tips move a little while tipping
        toes = figure.middle_m("foot_index")
        figure.shift(toes_m * FORWARD - toes * [1.0, 1.0, 0.0] - figure.lowest_sole_m() * UP)
        toes = figure.middle_m("foot_index")
        chest = in_profile(figure.middle_m("shoulder") - toes)
        elbow = in_profile(elbows_m * FORWARD + ELBOW_RADIUS_M * UP - toes)
        wanted = np.angle(elbow) + _angle_between(abs(chest), abs(elbow), upper_m)
        figure.tip(float(np.degrees(np.angle(chest) - wanted)), toes)
        for side in SIDES:
            shoulder = figure.point_m(f"{side}_shoulder")
            elbow_m = np.array([shoulder[0], 0.0, ELBOW_RADIUS_M]) + elbows_m * FORWARD
            swing_arm(figure, side, elbow_m - shoulder, FORWARD - 0.12 * _OUTWARD[side])
            turn_hand(figure, side, FORWARD, palm=-UP)


def in_profile(vector: Floats) -> complex:
    """Return a vector as seen from the left: forwards as the real part, up as the imaginary part."""
    return complex(vector @ FORWARD, vector @ UP)


def _angle_between(side_a: float, side_b: float, opposite: float) -> float:
    """Return the angle in radians between two sides of a triangle."""
    return float(np.arccos(np.clip((side_a**2 + side_b**2 - opposite**2) / (2.0 * side_a * side_b), -1.0, 1.0)))
