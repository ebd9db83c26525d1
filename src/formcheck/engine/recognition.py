"""Which exercise is it? Every exercise follows the same poses, and the one that explains most of them is named.

Nothing is learned: an exercise explains the time in which its own file counts reps, holds or cycles, or sees its
posture. What it takes for another exercise's movement, its `tells` take away again.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body import MEASURES
from formcheck.body.pose import Pose
from formcheck.engine.events import Event, HoldEvent, RepEvent, WindowEvent
from formcheck.engine.report import Finding, Hold, Rep
from formcheck.engine.sampling import MIN_CONFIDENCE, Sample
from formcheck.engine.session import Session
from formcheck.exercise.spec import Exercise, HoldPose, RepCycle, Tell, Watch

AUTO: Final = "auto"
"""What stands for "see for yourself" where the id of an exercise is expected."""
HIGH: Final = 0.8
"""From this confidence on, the first candidate is taken without asking."""
CLEARLY: Final = 2.0
"""By this factor it must also be ahead of the second."""
LEAST: Final = 0.35
"""With less confidence in the first candidate, nothing is said to have been recognised."""
MENTIONED: Final = 0.05  # confidence of a further candidate that is worth a word
BIN_S: Final = 0.1
GONE_S: Final = 1.0
"""Whoever was out of sight for longer may have come back elsewhere, turned round, for something else."""
PAUSE_S: Final = 4.0
"""A shorter pause between two reps belongs to the set."""
WAYS_S: Final = 2.0
"""Between two holds there is also the way out of the one and into the other, which between two reps belong to these."""
POSTURE: Final = 0.25
"""What a second of a posture weighs against a second of a rep: one stands or sits between reps, too."""
IDLE: Final = 0.1  # what a second that an exercise does not explain costs it
CHANGE: Final = 0.06  # what a change of exercise costs, as a share of the film's length ...
MOST_CHANGE_S: Final = 1.5  # ... in seconds of a rep, and at most
NOTHING: Final = 0.28  # weight of "none of them" against an exercise that explains everything ...
BRIEF_S: Final = 0.1  # ... and what comes on top for so short a time, divided by its seconds
SOFT: Final = 1.0  # error budgets from the edge of a tell to where it has nearly decided
AROUND_S: Final = 0.5  # what a tell may also look at, before and after
HALF_SEEN: Final = 0.5  # weight of a rep whose beginning was not filmed
TECHNIQUE: Final = 0.4  # share of the weight that goes by the rules met: bad form must still be recognised
PERCENTILES: Final = {"highest": 98.0, "middle": 50.0, "lowest": 2.0}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exercise that it may be, and how sure that is, in [0, 1]."""

    exercise: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time with one exercise: what it may be, best first."""

    t_start: float
    t_end: float
    candidates: tuple[Candidate, ...]

    @property
    def certain(self) -> bool:
        """Whether the first candidate can be taken without asking."""
        first, *others = self.candidates
        return first.confidence >= HIGH and all(first.confidence >= CLEARLY * other.confidence for other in others)

    @property
    def exercise(self) -> str:
        """The first candidate."""
        return self.candidates[0].exercise


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was recognised, in order of time; no segment where nothing was."""

    segments: tuple[Segment, ...]

    @property
    def certain(self) -> bool:
        """Whether there is something, and nothing to ask."""
        return bool(self.segments) and all(segment.certain for segment in self.segments)


class Recogniser:
    """Follow one person and say which exercises were done, and when.

    Parameters
    ----------
    exercises : sequence of Exercise
        What it may be.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self._followers = [_Follower(exercise) for exercise in exercises]
        self._first = self._last = self._seen_at = math.nan

    def update(self, pose: Pose) -> None:
        """Take the next pose; errors as `Session.update`."""
        self._first = pose.t if math.isnan(self._first) else self._first
        self._last = pose.t
        if pose.has_person:
            if pose.t - self._seen_at > GONE_S:
                for follower in self._followers:
                    follower.start_afresh()
            self._seen_at = pose.t
        for follower in self._followers:
            follower.update(pose)

    def finish(self) -> Recognition:
        """Return what was recognised so far; no more poses can be taken."""
        if not self._last > self._first:
            return Recognition(())
        for follower in self._followers:
            follower.finish()
        found = [_explained(follower, self._first, self._last) for follower in self._followers]
        spans = _spans(found, self._last - self._first)
        segments = [_segment(found, best, start, end, self._first) for best, start, end in spans]
        return Recognition(tuple(s for s in segments if s.candidates[0].confidence >= LEAST))


@dataclass(frozen=True, slots=True)
class _Explained:
    """How well one exercise explains every bin of the film, [0, 1]."""

    exercise: str
    posture: bool
    share: Floats


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One rep, hold, cycle or window, and how well it fits its exercise, [0, 1]."""

    t_start: float
    t_end: float
    fit: float


class _Follower:
    """One exercise: what of it was counted, and how well that fits."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.stretches: list[_Stretch] = []
        self._tells = exercise.tells
        told = tuple(dict.fromkeys(tell.measure for tell in self._tells))
        self._told: dict[str, list[float]] = {name: [] for name in told}
        self._times: list[float] = []
        self._watching = exercise.model_copy(update={"charts": told})
        self._session = Session(self._watching, on_sample=self._note)
        self._before = 0  # samples that earlier sessions took
        self._counted = 0  # reps and holds that this one has handed over

    def update(self, pose: Pose) -> None:
        self._take(self._session.update(pose))

    def start_afresh(self) -> None:
        """Close what is open and forget from where and how large the person was seen."""
        self.finish()
        self._session = Session(self._watching, on_sample=self._note)
        self._before, self._counted = len(self._times), 0

    def finish(self) -> None:
        """Take the rep or hold that ends with the film."""
        report = self._session.finish()
        parts: Sequence[Rep | Hold] = report.reps or report.holds
        for part in parts[self._counted :]:
            self._add(part.t_start, part.t_end, part.findings)

    @property
    def _watched(self) -> bool:
        return isinstance(self.exercise.movement, Watch)

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case RepEvent(_, rep):
                    self._counted += 1
                    self._add(rep.t_start, rep.t_end, rep.findings)
                case HoldEvent(_, hold):
                    self._counted += 1
                    self._add(hold.t_start, hold.t_end, hold.findings)
                case WindowEvent(t, findings) if isinstance(self.exercise.movement, Watch):
                    self._add(t - self.exercise.movement.window_s, t, findings)

    def _note(self, sample: Sample) -> None:
        self._times.append(sample.t)
        for name, values in self._told.items():
            values.append(sample.values[name] if sample.confidence[name] >= MIN_CONFIDENCE else math.nan)

    def _add(self, t_start: float, t_end: float, findings: Iterable[Finding]) -> None:
        fit = math.prod(self._telling(tell, t_start, t_end) for tell in self._tells)
        if not self._watched:
            fit *= _technique(findings) * self._seen_whole(t_start)
        self.stretches.append(_Stretch(t_start, t_end, fit))

    def _telling(self, tell: Tell, t_start: float, t_end: float) -> float:
        """Return how well a stretch agrees with a tell: 0.5 at its edge, 1 where it was not seen."""
        inside = slice(*np.searchsorted(self._times, [t_start - AROUND_S, t_end + AROUND_S]).tolist())
        values = np.array(self._told[tell.measure][inside])
        values = values[np.isfinite(values)]
        if not len(values):
            return 1.0
        value = float(np.percentile(values, PERCENTILES[tell.at]))
        soft = SOFT * MEASURES[tell.measure].budget
        above = 1.0 if tell.above is None else _rising((value - tell.above) / soft)
        below = 1.0 if tell.below is None else _rising((tell.below - value) / soft)
        return above * below

    def _seen_whole(self, t_start: float) -> float:
        """Return less for a rep that was under way when the film began: what came before may have been anything."""
        movement = self.exercise.movement
        begun = (
            isinstance(movement, RepCycle)
            and movement.first == "eccentric"
            and t_start <= self._times[self._before] + BIN_S
        )
        return HALF_SEEN if begun else 1.0


def _technique(findings: Iterable[Finding]) -> float:
    worth = {"met": 1.0, "warning": 0.7, "fault": 0.0}
    seen = [worth[finding.verdict] for finding in findings if finding.verdict in worth]
    return 1.0 - TECHNIQUE * (1.0 - fmean(seen)) if seen else 1.0


def _rising(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, x))))


def _explained(follower: _Follower, first: float, last: float) -> _Explained:
    """Spread the stretches of an exercise over bins of time; a short pause counts as the weaker of its neighbours."""
    share = np.zeros(max(1, math.ceil((last - first) / BIN_S)))
    movement = follower.exercise.movement
    watched = isinstance(movement, Watch)
    pause_s = PAUSE_S + WAYS_S if isinstance(movement, HoldPose) else PAUSE_S
    before: _Stretch | None = None
    for stretch in follower.stretches:
        _fill(share, stretch.t_start - first, stretch.t_end - first, stretch.fit)
        if before and stretch.t_start - before.t_end <= pause_s:
            _fill(share, before.t_end - first, stretch.t_start - first, min(before.fit, stretch.fit))
        before = stretch
    # The more a posture asks for, the more it says that it is there.
    specific = len(movement.present) / (len(movement.present) + 0.5) if isinstance(movement, Watch) else 1.0
    return _Explained(follower.exercise.id, watched, specific * share)


def _fill(share: Floats, start_s: float, end_s: float, fit: float) -> None:
    inside = slice(max(0, round(start_s / BIN_S)), max(0, round(end_s / BIN_S)))
    share[inside] = np.maximum(share[inside], fit)


def _spans(found: Sequence[_Explained], length_s: float) -> list[tuple[_Explained, float, float]]:
    """Cut the film into stretches of one exercise each, in seconds from its start.

    Postures are left out where anything was counted: they are the pauses.
    """
    labels = _best_labels(found, min(MOST_CHANGE_S, CHANGE * length_s) / BIN_S)
    runs = [found[label] for label in dict.fromkeys(labels) if label < len(found)]
    wanted = [e for e in runs if not e.posture] or runs
    spans: list[tuple[_Explained, float, float]] = []
    for number, label in enumerate(labels):
        if label == len(found) or found[label] not in wanted or found[label].share[number] <= IDLE:
            continue
        start, end = number * BIN_S, (number + 1) * BIN_S
        if spans and spans[-1][0] is found[label]:
            spans[-1] = (found[label], spans[-1][1], end)
        else:
            spans.append((found[label], start, end))
    return spans


def _best_labels(found: Sequence[_Explained], change: float) -> list[int]:
    """Return for every bin the number of the exercise that is done, or that after the last for none of them.

    The path of labels with the greatest sum of what each explains, less what every change costs (Viterbi's algorithm).
    """
    gains = np.array([(POSTURE if e.posture else 1.0) * (e.share - IDLE) for e in found])
    gains = np.vstack([gains, np.zeros(gains.shape[1])])
    total, came_from = gains[:, 0].copy(), np.zeros(gains.shape, dtype=int)
    stay = np.arange(len(gains))
    for i in range(1, gains.shape[1]):
        best = int(np.argmax(total))
        came_from[:, i] = np.where(total >= total[best] - change, stay, best)
        total = np.maximum(total, total[best] - change) + gains[:, i]
    labels = [int(np.argmax(total))]
    for i in range(gains.shape[1] - 1, 0, -1):
        labels.append(int(came_from[labels[-1], i]))
    return labels[::-1]


def _segment(found: Sequence[_Explained], best: _Explained, start_s: float, end_s: float, first: float) -> Segment:
    """Weigh the exercises against each other, and against none of them, over one stretch."""
    inside = slice(round(start_s / BIN_S), round(end_s / BIN_S))
    weights = {e.exercise: float(e.share[inside].mean()) ** 2 for e in found if best.posture or not e.posture}
    seen_s = float((best.share[inside] > 0.0).sum() * BIN_S)
    whole = sum(weights.values()) + (NOTHING + BRIEF_S / seen_s) ** 2
    ranked = sorted(weights, key=lambda name: -weights[name])
    candidates = [Candidate(name, weights[name] / whole) for name in ranked]
    return Segment(
        first + start_s, first + end_s, (candidates[0], *(c for c in candidates[1:] if c.confidence >= MENTIONED))
    )
