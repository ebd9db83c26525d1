"""The poses that a person can calibrate: what each asks for, what is read in it, and what is refused as a slouch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import BASELINE, CalibrationPose, Condition, Exercise, Flow, Rule, ViewName, Watch


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measure must read for a pose to be kept; `again` is what to do where it does not."""

    measure: str
    low: float
    high: float
    again: str


@dataclass(frozen=True, slots=True)
class PoseToKeep:
    """One pose of calibration.

    Attributes
    ----------
    name : str
    like : str
        The exercise of the catalogue that knows when somebody is in this pose.
    view : {"side", "front"}
    instruction : str
        What to do before the camera.
    driver : str
        The measure that has to be still.
    still_within : float
        Largest standard deviation of the driver, in its unit.
    seconds : float
        How long the pose has to be kept.
    parts : int
        2 for a pose that is taken sitting tall, then relaxed: `seconds` are halved, and each half gives its value.
    still_s : float
        Length of the stillest stretch of each part, which is what is read.
    limits : tuple of Limit
        Measures that must be read, and between which values.
    besides : tuple of str
        Measures that are kept though no exercise of the catalogue compares with them.
    """

    name: CalibrationPose
    like: str
    view: ViewName
    instruction: str
    driver: str
    still_within: float
    limits: tuple[Limit, ...]
    seconds: float = 3.0
    parts: int = 1
    still_s: float = 3.0
    besides: tuple[str, ...] = ()

    def measures(self, own: Sequence[Exercise] = ()) -> tuple[str, ...]:
        """Return the measures that are kept: what rules compare with this pose, in the catalogue and in `own`."""
        exercises = [load_exercise(name) for name in catalogue()]
        compared = [rule.measure for rule in self.rules((*exercises, *own))]
        return tuple(dict.fromkeys((*compared, *self.besides)))

    def rules(self, exercises: Sequence[Exercise]) -> list[Rule]:
        """Return the rules of some exercises that compare with this pose and can be seen from its view."""
        return [
            rule
            for exercise in exercises
            if self.name in exercise.baseline_poses
            for rule in exercise.rules
            if rule.relative_to == BASELINE and self.view in rule.views and not rule.not_measurable
        ]

    @property
    def present(self) -> tuple[Condition, ...]:
        """What holds while somebody is in this pose."""
        movement = load_exercise(self.like).movement
        assert isinstance(movement, Watch | Flow)  # noqa: S101 - of the catalogue's own files
        return movement.present if isinstance(movement, Watch) else movement.start


_TALL: Final = "stand tall, look ahead"
_SIT: Final = "sit tall, chin back, the head over the shoulders"
_ALL: Final = (
    PoseToKeep(
        name="standing-side",
        like="standing_side",
        view="side",
        instruction="Stand at ease, side to the camera, arms hanging, look ahead, and keep still.",
        driver="trunk_inclination",
        still_within=1.5,
        limits=(
            Limit("trunk_inclination", -14.0, 18.0, _TALL),
            Limit("hip_flexion", -18.0, 25.0, f"{_TALL}, the hips over the feet"),
            Limit("knee_flexion", -16.0, 25.0, f"{_TALL}, the knees neither bent nor locked"),
            Limit("face_to_trunk", -25.0, 25.0, _TALL),
            Limit("neck_inclination", -25.0, 27.0, f"{_TALL}, the head over the shoulders"),
        ),
    ),
    PoseToKeep(
        name="standing-front",
        like="standing_front",
        view="front",
        instruction="Stand at ease, facing the camera squarely, arms hanging, and keep still.",
        driver="side_sway",
        still_within=1.5,
        limits=(
            Limit("shoulder_tilt", -8.0, 8.0, "let both shoulders hang, with the camera level"),
            Limit("head_roll", -8.0, 8.0, "hold the head upright"),
            Limit("side_sway", -6.0, 6.0, "stand with your weight on both feet"),
        ),
    ),
    PoseToKeep(
        name="all-fours",
        like="cat_cow",
        view="side",
        instruction="Kneel on hands and knees, side to the camera, the back neither round nor hollow, and keep still.",
        driver="trunk_inclination",
        still_within=1.5,
        limits=(
            Limit("trunk_inclination", 60.0, 110.0, "hands under the shoulders, knees under the hips"),
            Limit("face_to_trunk", -11.0, 25.0, "look at the floor, the neck long"),
        ),
        besides=("back_curvature", "lower_back_curvature"),
    ),
    PoseToKeep(
        name="desk-side",
        like="desk_side",
        view="side",
        instruction="Sit at your desk, side to the camera: ten seconds tall, then ten relaxed, but as you want to sit.",
        driver="trunk_inclination",
        still_within=1.5,
        seconds=20.0,
        parts=2,
        still_s=5.0,
        limits=(
            Limit("neck_inclination", -25.0, 27.0, _SIT),
            Limit("upper_body_inclination", -25.0, 14.0, _SIT),
            Limit("trunk_inclination", -25.0, 14.0, "sit upright, or lean back a little"),
        ),
    ),
    PoseToKeep(
        name="desk-front",
        like="desk_front",
        view="front",
        instruction="Sit before your camera, look at it: ten seconds tall, then ten relaxed, but as you want to sit.",
        driver="head_above_shoulders",
        still_within=0.015,  # shoulder widths; people who sat still read 0.004 to 0.012
        seconds=20.0,
        parts=2,
        still_s=5.0,
        limits=(
            # Rendered people who sit tall read 0.56 to 0.61, those who sink or push the head forward 0.38 to 0.40.
            Limit("head_above_shoulders", 0.42, 1.2, "sit tall, shoulders down, the neck long"),
            Limit("shoulder_tilt", -8.0, 8.0, "let both shoulders hang"),
            Limit("head_roll", -8.0, 8.0, "hold the head upright"),
            Limit("head_turn", -15.0, 15.0, "face the camera"),
        ),
    ),
)
POSES: Final[Mapping[str, PoseToKeep]] = {pose.name: pose for pose in _ALL}
"""Every pose of calibration by name."""
