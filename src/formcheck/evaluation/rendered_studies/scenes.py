"""Which clips are rendered: the same three people in rooms, clothes and cameras that differ from clip to clip."""

import zlib
from dataclasses import asdict
from typing import Final

import numpy as np

from formcheck.evaluation.study import Setting
from formcheck.synth.body import load_body
from formcheck.synth.clip import Clip, true_motion
from formcheck.synth.motions import MOTIONS
from formcheck.synth.truth import Truth

BODIES: Final = ("man", "woman", "heavy")
SPLIT: Final = (
    "Bands were chosen on clips of the same three bodies in one plain scene (default camera, light and clothes; turned "
    "0, 15 and 30°). The figures are taken on other clips: other turns, and distance, height and tilt of the camera, "
    "light, focus, noise, tone and looseness of the clothes drawn at random."
)
_DRAW: Final = "second"
"""Change it to draw other scenes; the first ones were looked at while bands were still being chosen."""
_DRAWN_AGAIN: Final = {
    "back_extension", "bent_over_row", "bird_dog", "child_pose", "plank", "quadruped_twist", "romanian_deadlift",
    "seated_twist", "side_plank", "walking",
}  # fmt: skip
"""Exercises whose bands or hold times were changed after their second scenes had been read off: they got third ones."""
_VARIANTS: Final = {"high_plank": "plank", "knee_plank": "plank"}
_TONES: Final = (None, "light", "medium", "dark")


def scene(exercise: str, body: str, yaw_deg: float, *, fault: str | None = None, **more: object) -> Clip:
    """Return a clip in a scene drawn at random; the same exercise, body and turn get the same scene.

    Parameters
    ----------
    exercise, body, yaw_deg, fault
        As in `Clip`.
    **more
        Other attributes of `Clip`.
    """
    random = np.random.default_rng(zlib.crc32(f"{_draw(exercise)} {exercise} {body} {yaw_deg:g}".encode()))
    motion = MOTIONS[exercise](load_body(body))
    drawn: dict[str, object] = {
        "distance_m": round(motion.distance_m * random.uniform(0.9, 1.15), 2),
        "height_m": round(motion.height_m + random.uniform(-0.15, 0.2), 2),
        "roll_deg": round(random.uniform(-2.0, 2.0), 1),
        "light": round(random.uniform(0.7, 1.25), 2),
        "blur_px": round(random.uniform(0.0, 0.8), 2),
        "noise": round(random.uniform(1.0, 4.0), 1),
        "tone": _TONES[random.integers(len(_TONES))],
        "looseness_m": round(random.uniform(0.0, 0.01), 3),
        "reps": 1,
    }
    return Clip(exercise, fault=fault, body=body, yaw_deg=yaw_deg, **(drawn | more))  # type: ignore[arg-type]


def _draw(exercise: str) -> str:
    return "third" if exercise in _DRAWN_AGAIN else _DRAW


def exercise_of(motion: str) -> str:
    """Return the exercise that judges a motion: variants are judged by the exercise that they are a variant of."""
    return _VARIANTS.get(motion, motion)


def truths(clip: Clip) -> list[Truth]:
    """Return what is true of every picture of a clip."""
    options = asdict(clip)
    return list(true_motion(options.pop("exercise"), **options))


def watch(setting: Setting, clips: list[Clip]) -> None:
    """Have all clips watched, several at a time."""
    setting.cache.prepare(clips, lambda done, of: setting.on_progress(f"watched {done} of {of} rendered clips"))
