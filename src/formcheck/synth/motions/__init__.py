"""The exercises that the rendered people can do.

To add one, write a file like `deadlift.py` and enter its function in `MOTIONS`; nothing else needs to change.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from formcheck.errors import ExerciseError
from formcheck.synth.body import Body
from formcheck.synth.motions.back_extension import back_extension
from formcheck.synth.motions.bent_over_row import bent_over_row
from formcheck.synth.motions.bird_dog import bird_dog
from formcheck.synth.motions.cat_cow import cat_cow
from formcheck.synth.motions.child_pose import child_pose
from formcheck.synth.motions.deadlift import deadlift
from formcheck.synth.motions.desk_front import desk_front
from formcheck.synth.motions.desk_side import desk_side
from formcheck.synth.motions.floor_lift import floor_lift
from formcheck.synth.motions.glute_bridge import glute_bridge
from formcheck.synth.motions.high_plank import high_plank
from formcheck.synth.motions.knee_plank import knee_plank
from formcheck.synth.motions.lunge import lunge
from formcheck.synth.motions.plank import plank
from formcheck.synth.motions.quadruped_twist import quadruped_twist
from formcheck.synth.motions.romanian_deadlift import romanian_deadlift
from formcheck.synth.motions.seated_row import seated_row
from formcheck.synth.motions.seated_twist import seated_twist
from formcheck.synth.motions.side_plank import side_plank
from formcheck.synth.motions.squat import squat
from formcheck.synth.motions.standing_front import standing_front
from formcheck.synth.motions.standing_side import standing_side
from formcheck.synth.motions.walking import walking
from formcheck.synth.timeline import Motion

MOTIONS: Final[Mapping[str, Callable[[Body], Motion]]] = {
    "deadlift": cache(deadlift),
    "romanian_deadlift": cache(romanian_deadlift),
    "squat": cache(squat),
    "bird_dog": cache(bird_dog),
    "plank": cache(plank),
    "desk_side": cache(desk_side),
    "walking": cache(walking),
    "desk_front": cache(desk_front),
    "standing_side": cache(standing_side),
    "standing_front": cache(standing_front),
    "bent_over_row": cache(bent_over_row),
    "seated_row": cache(seated_row),
    "glute_bridge": cache(glute_bridge),
    "back_extension": cache(back_extension),
    "seated_twist": cache(seated_twist),
    "floor_lift": cache(floor_lift),
    "lunge": cache(lunge),
    "cat_cow": cache(cat_cow),
    "child_pose": cache(child_pose),
    "high_plank": cache(high_plank),
    "knee_plank": cache(knee_plank),
    "side_plank": cache(side_plank),
    "quadruped_twist": cache(quadruped_twist),
}
"""Every exercise by name, as a function of the body that does it."""


def find_motion(exercise: str, body: Body, fault: str | None = None, severity_deg: float | None = None) -> Motion:
    """Return how a body does an exercise.

    Parameters
    ----------
    exercise : str
        One of `MOTIONS`.
    body : Body
        The person.
    fault : str, optional
        What is done wrong.
    severity_deg : float, optional
        How strongly; left out, as strongly as the fault usually is.

    Raises
    ------
    ExerciseError
        If there is no such exercise, or it has no such fault.
    """
    if exercise not in MOTIONS:
        raise ExerciseError(f"Nobody can be rendered doing '{exercise}'; choose one of {', '.join(MOTIONS)}.")
    motion = MOTIONS[exercise](body)
    if fault is None:
        return motion
    if fault not in motion.faults:
        raise ExerciseError(f"'{exercise}' has no fault '{fault}'; choose one of {', '.join(motion.faults)}.")
    return motion.with_fault(motion.faults[fault], severity_deg)
