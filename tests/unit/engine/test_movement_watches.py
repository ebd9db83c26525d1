"""Watching a posture window by window, and adding up what was found."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from tests.findings import finding
from tests.signals import FPS, sample

from formcheck.engine.movement import Completed, Cycle, Step
from formcheck.engine.watch_tracker import WatchTracker
from formcheck.engine.watching import TOO_SHORT, WatchTally
from formcheck.engine.wording import summary_of_watch
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import Watch

SPEC = Watch.model_validate(
    {
        "kind": "watch",
        "measure": "neck_inclination",
        "present": [{"measure": "hip_flexion", "above": 50.0}],
        "window_s": 2.0,
        "stretch_s": 10.0,
        "settle_s": 1.0,
        "still": {"measure": "trunk_inclination", "within": 6.0},
    }
)


def run(hips: Sequence[float], trunk: Sequence[float] | float = 0.0) -> list[Step]:
    tracker, steps = WatchTracker(SPEC), []
    for i, (hip, lean) in enumerate(zip(hips, np.broadcast_to(trunk, len(hips)), strict=True)):
        values = {"neck_inclination": 15.0, "hip_flexion": hip, "trunk_inclination": float(lean)}
        steps += tracker.update(sample(i / FPS, values), "side")
    return steps + tracker.finish()


def windows(steps: list[Step]) -> list[Cycle]:
    return [s.cycle for s in steps if isinstance(s, Completed)]


def seconds(*stretches: tuple[float, float]) -> list[float]:
    return [value for length, value in stretches for _ in range(round(length * FPS))]


def test_windows_follow_each_other_from_when_the_person_has_settled() -> None:
    found = windows(run(seconds((3.0, 5.0), (7.2, 90.0), (3.0, 5.0))))
    assert [(w.t_start, w.t_end) for w in found] == [
        pytest.approx(span, abs=0.05) for span in [(4.0, 6.0), (6.0, 8.0), (8.0, 10.0)]
    ]
    assert all(w.spans["window"] == (w.t_start, w.t_end) for w in found)
    assert all("less than" in w.missing["stretch"] for w in found)


def test_a_glance_away_does_not_end_the_posture() -> None:
    assert len(windows(run(seconds((4.0, 90.0), (0.3, 20.0), (4.8, 90.0))))) == 4


def test_what_is_not_seen_does_not_deny_the_posture_but_nothing_seen_ends_it() -> None:
    assert windows(run(seconds((5.0, math.nan)))) == []
    assert len(windows(run(seconds((5.0, 90.0), (5.0, math.nan))))) == 2


def test_nothing_is_judged_while_the_person_moves() -> None:
    trunk = [10.0 * math.sin(2 * math.pi * i / FPS / 2) if 90 <= i < 150 else 0.0 for i in range(210)]
    found = windows(run(seconds((7.0, 90.0)), trunk))
    assert ["window" in w.spans for w in found] == [True, False, True]
    assert found[1].missing["window"] == "you were moving"


def test_a_long_stretch_is_looked_at_once_it_has_lasted() -> None:
    found = windows(run(seconds((15.0, 90.0))))
    assert ["stretch" in w.spans for w in found] == [False] * 4 + [True] * 3
    assert found[-1].spans["stretch"][1] - found[-1].spans["stretch"][0] == pytest.approx(10.0)


# -- adding up --------------------------------------------------------------------------------------------------------

RULES = [load_exercise("squat").rules[0]]
RULE = RULES[0].id


def tally(values: Sequence[str], window_s: float = 2.0) -> WatchTally:
    levels: Mapping[str, float | None] = {"met": 25.0, "warning": 50.0, "fault": 70.0, "unseen": None}
    found = WatchTally(RULES)
    for i, verdict in enumerate(values):
        found.add([finding(RULE, verdict, levels[verdict])], i * window_s, (i + 1) * window_s)  # type: ignore[arg-type]
    return found


def test_windows_with_one_verdict_are_one_episode() -> None:
    found = tally(["met", "fault", "fault", "warning", "met", "unseen", "fault"])
    assert [(e.verdict, e.t_start, e.t_end) for e in found.episodes] == [
        ("fault", 2.0, 6.0),
        ("warning", 6.0, 8.0),
        ("fault", 12.0, 14.0),
    ]
    (times,) = found.rule_times
    assert (times.met_s, times.warning_s, times.fault_s, times.unseen_s) == (4.0, 2.0, 6.0, 2.0)
    assert found.watched_s == 14.0
    assert len(found.findings) == 3


def test_a_rule_that_was_never_off_leaves_one_finding() -> None:
    assert [f.verdict for f in tally(["unseen", "met", "unseen"]).findings] == ["met"]
    assert [f.verdict for f in tally(["unseen", "unseen"]).findings] == ["unseen"]


def test_a_posture_gets_a_score_from_ten_minutes_on() -> None:
    assert tally(["met"] * 299).score.reason == TOO_SHORT
    assert tally(["met"] * 300).score.value == 100
    half = tally(["met", "warning"] * 150).score  # half-way between ideal and fault edge: quality 0.7
    assert half.value == 85
    assert tally(["met"] * 100 + ["unseen"] * 200).score.value is None


def test_what_could_not_be_judged_is_not_called_fine() -> None:
    assert summary_of_watch(tally(["met", "unseen"])) == "Nothing to change in 4 s."
    assert summary_of_watch(tally(["unseen", "unseen"])) == "Watched, but too little could be seen to judge it."
    assert summary_of_watch(tally(["fault", "met"])) == f"{tally(['fault']).episodes[0].name} for 2 s of 4 s."
