"""What is said in the middle of a rep: only what the end of the rep will confirm."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stick import Body, deadlift, eased, film, romanian

from formcheck.body.pose import Pose
from formcheck.engine.at_once import EVERY_S, SUSTAINED_S
from formcheck.engine.events import CueEvent, Event, PhaseEvent
from formcheck.engine.report import Report
from formcheck.engine.session import Session
from formcheck.exercise.load import load_exercise

ROUND = 0.11
"""Well beyond the fault edges of every rule about a rounded back."""
Lift = Callable[..., Body]


def depths(count: int = 1, set_up_s: float = 1.6) -> list[float]:
    return eased((1.5, 0.0), *[(2.6, 1.0), (set_up_s, 1.0), (1.6, 0.0), (1.2, 0.0)] * count)


def follow(exercise: str, poses: Iterable[Pose]) -> tuple[Report, list[Event]]:
    session = Session(load_exercise(exercise))
    events = [event for pose in poses for event in session.update(pose)]
    return session.finish(), events


def rounding(lift: Lift, deepest: float, depth: list[float]) -> Iterable[Pose]:
    """Return somebody whose back rounds in the deeper half, by `deepest` at the bottom."""
    return film(lift(d, back=max(0.0, d - 0.4) / 0.6 * deepest) for d in depth)


def cues(events: Iterable[Event]) -> list[CueEvent]:
    return [event for event in events if isinstance(event, CueEvent)]


def faults(report: Report) -> set[tuple[str, int | None]]:
    return {(finding.rule, finding.rep) for finding in report.findings if finding.verdict == "fault"}


def entered(events: Iterable[Event], phase: str) -> float:
    return next(event.t for event in events if isinstance(event, PhaseEvent) and event.phase == phase)


def test_a_back_that_rounds_on_the_way_down_is_told_before_the_way_up() -> None:
    report, events = follow("romanian_deadlift", rounding(romanian, ROUND, depths()))
    (cue,) = cues(events)
    assert (cue.rule, cue.rep, cue.key, cue.text) == ("RD-01", 1, "cue", "Flat back, stop earlier")
    assert entered(events, "turn") <= cue.t < entered(events, "back")
    assert ("RD-01", 1) in faults(report)
    assert [(given.t, given.rule) for given in report.cues] == [(cue.t, "RD-01")]


def test_a_round_set_up_is_told_before_the_weight_leaves_the_floor() -> None:
    report, events = follow("deadlift", rounding(deadlift, ROUND, depths()))
    cue = cues(events)[0]
    assert (cue.rule, cue.rep, cue.text) == ("DL-02", 1, "Flatten your back")
    assert entered(events, "turn") < cue.t < entered(events, "back")
    assert ("DL-02", 1) in faults(report)


def test_a_back_that_rounds_only_in_the_pull_is_told_in_the_pull() -> None:
    depth = depths()
    pull = len(depth) - round((1.6 + 1.2) * 30)
    backs = [ROUND if i > pull and 0.3 < d < 0.93 else 0.0 for i, d in enumerate(depth)]
    report, events = follow("deadlift", film(deadlift(d, back=b) for d, b in zip(depth, backs, strict=True)))
    cue = cues(events)[0]
    assert (cue.rule, cue.rep) == ("DL-01", 1)
    assert cue.t < report.reps[0].t_turn
    assert ("DL-01", 1) in faults(report)


def test_leaning_back_at_the_top_is_told_before_the_weight_is_lowered() -> None:
    depth = eased((1.5, 0.0), (1.6, 1.0), (1.0, 1.0), (1.6, 0.0), (2.5, 0.0), (1.6, 1.0), (0.5, 1.0))
    tops = [0.0 if i < round(4.1 * 30) else -22.0 for i in range(len(depth))]
    report, events = follow("deadlift", film(deadlift(d, top=a) for d, a in zip(depth, tops, strict=True)))
    cue = cues(events)[0]
    assert (cue.rule, cue.rep) == ("DL-09", 1)
    assert cue.t < 1.5 + 1.6 + 1.0 + 1.6 + 2.5
    assert ("DL-09", 1) in faults(report)


@pytest.mark.parametrize(("exercise", "lift"), [("deadlift", deadlift), ("romanian_deadlift", romanian)])
def test_a_good_back_is_met_with_silence(exercise: str, lift: Lift) -> None:
    report, events = follow(exercise, rounding(lift, 0.0, depths(2)))
    assert len(report.reps) == 2
    assert cues(events) == []


@pytest.mark.parametrize(("seconds", "told"), [(SUSTAINED_S - 0.15, False), (SUSTAINED_S + EVERY_S + 0.15, True)])
def test_what_lasts_only_a_moment_is_not_told(seconds: float, told: bool) -> None:
    depth = depths()
    bottom = round(4.2 * 30)
    backs = [ROUND if bottom <= i < bottom + round(seconds * 30) else 0.0 for i in range(len(depth))]
    _, events = follow("romanian_deadlift", film(romanian(d, back=b) for d, b in zip(depth, backs, strict=True)))
    assert [cue.rule for cue in cues(events) if cue.t < entered(events, "back")] == (["RD-01"] if told else [])


def test_a_bow_that_is_no_hinge_is_not_corrected() -> None:
    shallow = [0.45 * d for d in depths()]
    report, events = follow("romanian_deadlift", film(romanian(d, back=ROUND * (d > 0.2)) for d in shallow))
    assert report.reps == ()
    assert cues(events) == []


@settings(max_examples=10, deadline=None)
@given(
    exercise=st.sampled_from(["deadlift", "romanian_deadlift"]),
    deepest=st.floats(-0.02, 0.12),
    slow=st.floats(0.5, 2.0),
    shift=st.floats(-0.02, 0.02),
)
def test_whatever_is_told_stands_in_the_report(exercise: str, deepest: float, slow: float, shift: float) -> None:
    lift: Lift = deadlift if exercise == "deadlift" else romanian
    shaped = partial(_shaped, lift, deepest, shift)
    report, events = follow(exercise, film(map(shaped, depths(2, slow))))
    safety = {rule.id for rule in load_exercise(exercise).rules if rule.severity == "safety"}
    told = {(cue.rule, cue.rep) for cue in cues(events) if cue.key == "cue" and cue.rule in safety}
    assert told <= faults(report)


def _shaped(lift: Lift, deepest: float, shift: float, depth: float) -> Body:
    return lift(depth, back=shift + max(0.0, depth - 0.4) / 0.6 * deepest)
