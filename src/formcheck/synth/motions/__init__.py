"""The exercises that the rendered people can do.

To add one, write a file like `deadlift.py` and enter its function in `MOTIONS`; nothing else needs to change.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from formcheck.errors import ExerciseError
from formcheck.synth.body import Body
from formcheck.synth.motions.bird_dog import bird_dog
from formcheck.synth.motions.deadlift import deadlift
from formcheck.synth.motions.plank import plank
from formcheck.synth.motions.romanian_deadlift import romanian_deadlift
from formcheck.synth.motions.squat import squat
from formcheck.synth.timeline import Motion

MOTIONS: Final[Mapping[str, Callable[[Body], Motion]]] = {
    "deadlift": cache(deadlift),
    "romanian_deadlift": cache(romanian_deadlift),
    "squat": cache(squat),
    "bird_dog": cache(bird_dog),
    "plank": cache(plank),
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
