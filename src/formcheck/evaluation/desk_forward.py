"""A study on the watch at the desk: whether a head that comes forward is called so, with the pose model."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from formcheck.body.landmarks import Side
from formcheck.body.pose import Pose
from formcheck.engine.desk import DeskSettings, DeskWatch, PostureAlert
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.evaluation.desk_day import RATE_HZ
from formcheck.evaluation.desk_study import looped
from formcheck.evaluation.following import own_baseline
from formcheck.evaluation.statistics import share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.synth.body import BODIES, load_body
from formcheck.synth.camera import Camera
from formcheck.synth.motions import find_motion
from formcheck.synth.posing import FORWARD, Figure, segment
from formcheck.synth.posture import Posture, add
from formcheck.synth.rendering import Scene

PEOPLE: Final = 20
SEED: Final = 78
PICTURES: Final = 6
SKIPPED: Final = 2
"""Pictures that the pose model is given first, as it comes from another posture."""
WATCHED_S: Final = 450.0
"""Two minutes in which nothing is said, and the five after which what is slightly off is spoken of."""
SWAY_DEG: Final = {"trunk": 0.5, "head": 1.5, "head_turn": 3.0, "side_bend": 0.7, "head_tilt": 1.0}
SIZE_PX: Final = (640, 480)
BELOW_NOSE_M: Final = 0.09
"""So far below the nose is the middle of the picture."""
HEAD_FORWARD: Final = "DF-01"
EDGES_CM: Final = (0.0, 4.0, 5.0, 6.0, 99.0)
FORWARD_HEAD: Final = {"thoracic": 0.3, "neck": 1.0, "head": -1.1}
SINKING: Final = {"thigh": 0.35, "shank": 0.1, "lumbar": 0.4, "thoracic": 0.3, "neck": -0.2}
RAISED: Final[tuple[tuple[Side, str, float], ...]] = (("left", "L", -1.0), ("right", "R", 1.0))
SPLIT: Final = (
    "Which rule is named was chosen on 37 other people before other cameras. These were drawn afterwards; no band was "
    "moved."
)
NOTES: Final = (
    "Rendered people, three bodies and their mixtures, each with habits of their own, 50 to 75 cm before a webcam at "
    "the height of the eyes or that of a laptop; the poses are the pose model's. Each is calibrated on other pictures "
    "and watched for seven and a half minutes in each posture. What is said first counts; in brackets, how often.",
    "Travel is how far the ears come nearer to the screen against the shoulders. Who looks down by 20 or 35° brings "
    "the head forward by 2 to 4 cm, too.",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kept:
    """A posture that is kept.

    Attributes
    ----------
    name : str
    turned : mapping of str to float
        What it adds to the channels of a posture, in degrees.
    shrug_deg, nearer_m : float
        By how much the shoulder girdle is raised, and the whole person moved to the screen.
    glances : bool
        Whether one picture in six is of a look down.
    well : bool
        Whether nothing is to be said.
    """

    name: str
    turned: Mapping[str, float] = field(default_factory=dict)
    shrug_deg: float = 0.0
    nearer_m: float = 0.0
    glances: bool = False
    well: bool = False


def _times(shares: Mapping[str, float], degrees: float) -> dict[str, float]:
    return {channel: degrees * share for channel, share in shares.items()}


UPRIGHT: Final = Kept("upright", well=True)
PUSHED: Final = (
    *(
        Kept(f"head forward, neck bent by {a:g}°", _times(FORWARD_HEAD, a))
        for a in (16.0, 22.0, 28.0, 34.0, 40.0, 48.0)
    ),
    Kept("head forward, eyes level, neck bent by 45°", {"neck": 45.0, "head": -45.0}),
)
OTHERS: Final = (
    UPRIGHT,
    Kept("upright, glances down", glances=True, well=True),
    Kept("head turned by 10°", {"head_turn": 10.0}, well=True),
    Kept("trunk turned by 12°", {"turn": 12.0, "head_turn": -12.0}, well=True),
    Kept("leaning in by 8°", {"trunk": 8.0, "neck": -6.4}),
    Kept("leaning in by 16°", {"trunk": 16.0, "neck": -12.8}),
    Kept("chair 12 cm nearer", nearer_m=0.12),
    Kept("sinking by 7 cm", _times(SINKING, 20.0)),
    Kept("sinking by 14 cm", _times(SINKING, 40.0)),
    Kept("looking down by 20°", {"neck": 10.0, "head": 10.0}),
    Kept("looking down by 35°", {"neck": 17.5, "head": 17.5}),
    Kept("shoulders raised a little", shrug_deg=8.0),
    Kept("shoulders raised", shrug_deg=16.0),
)


@dataclass(frozen=True, slots=True)
class Named:
    """What was said first of somebody in a posture, ``nothing`` if nothing was, and how far the head travelled."""

    kept: Kept
    travel_cm: float
    rule: str


def desk_forward(setting: Setting) -> StudyResult:
    """Let the watch judge people before a webcam whose head comes forward, and who do what looks alike."""
    found: list[Named] = []
    people = 1 if setting.quick else PEOPLE
    for number in range(people):
        setting.on_progress(f"watching person {number + 1} of {people}")
        found += _Person(number).named(setting)
    forward = [one for one in found if one.kept in PUSHED]
    others = [one for one in found if one.kept in OTHERS and not one.kept.well]
    well = [one for one in found if one.kept.well]
    quiet = share(sum(one.rule == "nothing" for one in well), len(well))
    blamed = share(sum(one.rule == HEAD_FORWARD for one in others), len(others))
    rows = (
        *(row for low, high in pairwise(EDGES_CM) if (row := _row(forward, low, high))),
        Row("sitting well, with glances, a little turned", "nothing said", quiet, "postures"),
        Row(
            "leaning, sinking, looking down, shrugging", "called head forward", blamed, "postures", lower_is_better=True
        ),
    )
    return StudyResult("", "At the desk: a head that comes forward", SPLIT, rows, (_table(found),), NOTES)


def _row(forward: Sequence[Named], low: float, high: float) -> Row | None:
    """Return how often it was called so of those whose head came forward by so much."""
    some = [one for one in forward if low <= one.travel_cm < high]
    name = f"head forward by {low:g} to {high:g} cm" if high < EDGES_CM[-1] else f"head forward by {low:g} cm or more"
    name = name if low else f"head forward by less than {high:g} cm"
    right = share(sum(one.rule == HEAD_FORWARD for one in some), len(some))
    return Row(name, "called so", right, "postures") if some else None


def _table(found: Sequence[Named]) -> Table:
    cells = []
    for name in dict.fromkeys(one.kept.name for one in found):
        some = [one for one in found if one.kept.name == name]
        travel = [one.travel_cm for one in some]
        said = ", ".join(f"{rule} ({times})" for rule, times in Counter(one.rule for one in some).most_common())
        cells.append((name, f"{min(travel):.1f} to {max(travel):.1f} cm", said))
    return Table("What was said first", ("posture", "travel of the head", "said"), tuple(cells))


class _Person:
    """Somebody before a webcam, drawn by number: a body with habits, a room and a camera."""

    def __init__(self, number: int) -> None:
        chance = default_rng([SEED, number])
        names = chance.choice(list(BODIES), chance.integers(1, len(BODIES) + 1), replace=False)
        self._body = load_body("+".join(sorted(map(str, names))))
        motion = find_motion("desk_front", self._body)
        self._usual = add(motion.poses[motion.start], _habits(chance))
        nose = self.figure(UPRIGHT).point_m("nose")
        camera = Camera.around(
            (float(chance.uniform(-0.05, 0.05)), float(nose[1]), float(nose[2]) - BELOW_NOSE_M),
            yaw_deg=float(chance.uniform(84.0, 90.0)),
            distance_m=float(chance.uniform(0.5, 0.75)),
            height_m=float(nose[2] + chance.choice([chance.uniform(-0.02, 0.12), chance.uniform(-0.28, -0.15)])),
            size_px=SIZE_PX,
        )
        noise, light = float(chance.uniform(1.0, 5.0)), float(chance.uniform(0.6, 1.2))
        self._scene = Scene(camera, noise=noise, seed=number, light=light, blur_px=float(chance.uniform(0.0, 1.0)))
        self._chance = chance

    def figure(self, kept: Kept, more: Mapping[str, float] | None = None) -> Figure:
        """Return the figure in a posture, `more` degrees added."""
        now = add(add(self._usual, kept.turned), more or {})
        figure = find_motion("desk_front", self._body).figure(self._body, now)
        if kept.shrug_deg:
            _raise_shoulders(figure, now, kept.shrug_deg)
        figure.shift(kept.nearer_m * FORWARD)
        return figure

    def named(self, setting: Setting) -> Iterator[Named]:
        """Give what the watch says of each posture."""
        estimator = MediaPipeEstimator(setting.cache.model, masks=False)
        try:
            poses = [self._poses(estimator, kept, i) for i, kept in enumerate((UPRIGHT, *PUSHED, *OTHERS))]
        finally:
            estimator.close()
        baseline = own_baseline(islice(looped(poses[0], 0.0, np.inf), 60), "desk_front")
        for kept, seen in zip((*PUSHED, *OTHERS), poses[1:], strict=True):
            watch = DeskWatch(load_exercise("desk_front"), load_exercise("desk_side"), baseline, DeskSettings())
            while_watched = islice(looped(seen, 0.0, np.inf), round(WATCHED_S * RATE_HZ))
            alerts = (
                event for pose in while_watched for event in watch.update(pose) if isinstance(event, PostureAlert)
            )
            first = next(alerts, None)
            yield Named(kept, self.travel_cm(kept), first.rule if first else "nothing")

    def _poses(self, estimator: MediaPipeEstimator, kept: Kept, number: int) -> list[Pose]:
        seen = []
        for i in range(SKIPPED + PICTURES):
            picture = self._scene.draw([self._swaying(kept, glance=kept.glances and i == SKIPPED + 1).mesh()])
            t = (number * (SKIPPED + PICTURES) + i) / RATE_HZ
            seen.append(estimator.estimate(Frame(t, picture)))
        return seen[SKIPPED:]

    def _swaying(self, kept: Kept, *, glance: bool) -> Figure:
        sway = {channel: float(self._chance.normal(0.0, sd)) for channel, sd in SWAY_DEG.items()}
        return self.figure(kept, sway | ({"head": 25.0} if glance else {}))

    def travel_cm(self, kept: Kept) -> float:
        """Return how far the ears are ahead of where they are upright, against the shoulders."""
        return 100.0 * float((_ahead(self.figure(kept)) - _ahead(self.figure(UPRIGHT))) @ FORWARD)


def _habits(chance: Generator) -> dict[str, float]:
    """Return how somebody usually sits, in degrees from sitting tall: most keep their eyes level."""
    thoracic, neck = chance.uniform(0.0, 8.0), chance.uniform(-2.0, 8.0)
    head = -(thoracic + neck) * chance.uniform(0.7, 1.0) + chance.uniform(-3.0, 4.0)
    return {"trunk": chance.uniform(-4.0, 5.0), "thoracic": thoracic, "neck": neck, "head": head}


def _ahead(figure: Figure) -> Floats:
    """Return the way from the middle between the shoulders to that between the ears, in metres."""
    return figure.middle_m("ear") - figure.middle_m("shoulder")


def _raise_shoulders(figure: Figure, now: Posture, degrees: float) -> None:
    """Turn the collar-bones upwards and let the arms hang from them as before."""
    for side, letter, turned_deg in RAISED:
        blade = f"clavicle.{letter}"
        cos, sin = np.cos(np.radians(turned_deg * degrees)), np.sin(np.radians(turned_deg * degrees))
        figure.turn(blade, np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]]) @ figure.inherited(blade))
        out = now[f"{side}_arm_out"]
        figure.aim(f"upperarm01.{letter}", f"lowerarm01.{letter}", segment(now[f"{side}_upper_arm"], side, out))
        figure.aim(f"lowerarm01.{letter}", f"wrist.{letter}", segment(now[f"{side}_forearm"], side, out / 2.0))
