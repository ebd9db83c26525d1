"""What a motion is: key poses, timing, and faults as additions to key poses or as haste."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from formcheck.synth.body import Body
from formcheck.synth.mesh import Mesh
from formcheck.synth.posing import Figure, pose
from formcheck.synth.posture import Posture, add, mix

Stance = Callable[[Figure, Posture], None]
"""Puts a posed figure on the ground and its hands where they belong."""


@dataclass(frozen=True, slots=True)
class Step:
    """Move to a key pose and stay there.

    Attributes
    ----------
    to : str
        Key pose to reach.
    move_s, hold_s : float
        How long to move, and how long to stay.
    moving, holding : str
        Names of these two phases in the truth.
    passing : str or None
        Name under which a fault can add something that is largest a quarter of the way and gone at the end.
    """

    to: str
    move_s: float
    hold_s: float
    moving: str
    holding: str
    passing: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A way of doing it wrong.

    Attributes
    ----------
    severity_deg : float
        How strong the fault is unless asked otherwise; 0 for one of timing alone.
    shows_in : str or None
        True angle that differs from a faultless repetition by `severity_deg` where the fault is worst; None where
        no true angle does.
    per_degree : mapping of str to mapping of str to float
        Key pose (or `Step.passing`) to what each degree of severity adds to its channels.
    hurry : mapping of str to float
        Key pose to how many times as fast it is moved to.
    shows : tuple of str
        Rules of the exercise that are meant to find it; any one of them will do.
    view : {"side", "front"}
        From where the camera must look to see it.
    """

    severity_deg: float
    shows_in: str | None
    per_degree: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    hurry: Mapping[str, float] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    view: Literal["side", "front"] = "side"


@dataclass(frozen=True, slots=True)
class Moment:
    """What is going on at one time of a motion; `rep` counts from 1 and is 0 before the first repetition."""

    posture: Posture
    phase: str
    rep: int


Equipment = Callable[[Figure, Moment], list[Mesh]]
"""Returns what else is in the picture."""


def no_equipment(_body: Body, _motion: "Motion") -> Equipment:
    """Leave the person alone in the picture."""
    return lambda _figure, _moment: []


@dataclass(frozen=True, slots=True)
class Motion:
    """An exercise as one body does it.

    Attributes
    ----------
    poses : mapping of str to Posture
        The key poses.
    start : str
        Key pose at the beginning.
    start_s, end_s : float
        How long the first and the last key pose are kept.
    waiting : str
        Name of the phase meanwhile.
    cycle : tuple of Step
        One repetition.
    reps : int
        How many repetitions unless asked otherwise.
    faults : mapping of str to Fault
        What can go wrong.
    stance : Stance
        How the body touches the ground and its equipment.
    equip : callable
        Prepares the equipment for a body and this motion, faults included.
    passing : mapping of str to mapping of str to float
        What a fault adds under way, by `Step.passing`.
    target_m, distance_m, height_m
        Where the camera looks, how far it is away, and how high, unless asked otherwise.
    """

    poses: Mapping[str, Posture]
    start: str
    cycle: tuple[Step, ...]
    stance: Stance
    faults: Mapping[str, Fault]
    target_m: tuple[float, float, float]
    distance_m: float
    height_m: float
    reps: int = 3
    start_s: float = 1.0
    end_s: float = 0.8
    waiting: str = "rest"
    equip: Callable[[Body, "Motion"], Equipment] = no_equipment
    passing: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def cycle_s(self) -> float:
        """Length of one repetition in seconds."""
        return sum(step.move_s + step.hold_s for step in self.cycle)

    def duration_s(self, reps: int) -> float:
        """Return how long `reps` repetitions take from the first picture to the last."""
        return self.start_s + reps * self.cycle_s + self.end_s

    def with_fault(self, fault: Fault, severity_deg: float | None = None) -> "Motion":
        """Return the same motion done wrong, as strongly as asked for or as the fault usually is."""
        degrees = fault.severity_deg if severity_deg is None else severity_deg
        poses = {key: add(base, fault.per_degree.get(key, {}), degrees) for key, base in self.poses.items()}
        passing = {
            key: {channel: degrees * share for channel, share in extra.items()}
            for key, extra in fault.per_degree.items()
            if key not in self.poses
        }
        cycle = tuple(replace(step, move_s=step.move_s / fault.hurry.get(step.to, 1.0)) for step in self.cycle)
        return replace(self, poses=poses, passing=passing, cycle=cycle)

    def figure(self, body: Body, now: Posture) -> Figure:
        """Return a body in a posture, standing, kneeling or lying where this motion wants it."""
        figure = pose(body, now)
        self.stance(figure, now)
        return figure

    def at(self, t_s: float, reps: int) -> Moment:
        """Return what is going on at a time in seconds; nothing moves before the first rep or after the last."""
        since_start = t_s - self.start_s
        if since_start < 0.0:
            return Moment(self.poses[self.start], self.waiting, 0)
        done, within = divmod(since_start, self.cycle_s)
        if done >= reps:
            return Moment(self.poses[self.cycle[-1].to], self.waiting, reps)
        return self._within_cycle(within, int(done) + 1)

    def _within_cycle(self, within_s: float, rep: int) -> Moment:
        previous = self.start if rep == 1 else self.cycle[-1].to
        for step in self.cycle:
            if within_s < step.move_s:
                return Moment(self._between(previous, step, within_s / step.move_s), step.moving, rep)
            if within_s < step.move_s + step.hold_s:
                break
            within_s -= step.move_s + step.hold_s
            previous = step.to
        return Moment(self.poses[step.to], step.holding, rep)

    def _between(self, start: str, step: Step, share: float) -> Posture:
        eased = (1.0 - np.cos(np.pi * share)) / 2.0
        early = float(np.sin(np.pi * np.sqrt(share)) ** 2)
        way = mix(self.poses[start], self.poses[step.to], float(eased))
        return add(way, self.passing.get(step.passing or "", {}), early)
