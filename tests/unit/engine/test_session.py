"""The fold from poses to a report, at the level of poses."""

import copy
import json
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.stick import all_fours, deadlift, eased, film, mirror_image, plank, pose_of, romanian

from formcheck import Baseline, Pose, Report, Session, load_exercise
from formcheck.body.trunk_and_head import TRUNK_OFFSET_DEG
from formcheck.engine.events import (
    AttemptEvent,
    CountEvent,
    CueEvent,
    Event,
    HoldEvent,
    PhaseEvent,
    RepEvent,
    ViewEvent,
)
from formcheck.engine.report import Finding, Quality
from formcheck.engine.sampling import Sample
from formcheck.engine.session import KEEP_S

FLOOR: dict[str, Any] = {"planted": "hip", "at_px": (640.0, 400.0)}
ELBOWS: dict[str, Any] = {"planted": "elbow", "at_px": (900.0, 560.0)}


def lifts(count: int, pull_s: float = 2.6) -> list[float]:
    """Return how deep a lifter is: standing, then down, set-up, pull and lockout, `count` times."""
    return eased((1.5, 0.0), *[(1.6, 1.0), (0.8, 1.0), (pull_s, 0.0), (1.2, 0.0)] * count)


@cache
def deadlifts(count: int = 3) -> tuple[Pose, ...]:
    return tuple(film(map(deadlift, lifts(count))))


@cache
def bird_dogs(hold_s: float = 8.0) -> tuple[Pose, ...]:
    return tuple(film(map(all_fours, eased((2.0, 0.0), (1.0, 1.0), (hold_s, 1.0), (1.0, 0.0), (1.5, 0.0))), **FLOOR))


def run(name: str, poses: Iterable[Pose], baseline: Baseline | None = None) -> tuple[Report, list[Event]]:
    session = Session(load_exercise(name), baseline=baseline)
    events = [event for pose in poses for event in session.update(pose)]
    return session.finish(), events


def rules(findings: Iterable[Finding], verdict: str) -> set[str]:
    return {finding.rule for finding in findings if finding.verdict == verdict}


# -- the same poses give the same report ------------------------------------------------------------------------------


def test_live_and_replayed_poses_give_equal_events_and_reports() -> None:
    live, seen = run("deadlift", deadlifts())
    replayed, seen_again = run("deadlift", [copy.deepcopy(pose) for pose in deadlifts()])
    assert replayed == live
    assert seen_again == seen
    assert len(live.reps) == 3


def test_two_sessions_at_once_do_not_disturb_each_other() -> None:
    alone, _ = run("deadlift", deadlifts())
    one, two = Session(load_exercise("deadlift")), Session(load_exercise("romanian_deadlift"))
    other = list(film(map(romanian, lifts(3))))
    for a, b in zip(deadlifts(), other, strict=True):
        one.update(a)
        two.update(b)
    assert one.finish() == alone
    assert two.finish() == run("romanian_deadlift", other)[0]


def test_a_listener_changes_nothing_and_hears_every_sample_in_order() -> None:
    heard: list[Sample] = []
    session = Session(load_exercise("deadlift"), on_sample=heard.append)
    for pose in deadlifts():
        session.update(pose)
    assert session.finish() == run("deadlift", deadlifts())[0]
    assert [sample.t for sample in heard] == [pose.t for pose in deadlifts()]


def test_the_clock_of_the_film_does_not_matter() -> None:
    here, _ = run("deadlift", deadlifts())
    later, _ = run("deadlift", (replace(pose, t=pose.t + 1000.0) for pose in deadlifts()))
    assert [r.t_start + 1000.0 for r in here.reps] == pytest.approx([r.t_start for r in later.reps])
    assert [f.verdict for f in here.findings] == [f.verdict for f in later.findings]
    assert here.score == later.score


def test_the_mirrored_film_is_judged_the_same() -> None:
    here, _ = run("deadlift", deadlifts())
    there, _ = run("deadlift", map(mirror_image, deadlifts()))
    assert (here.view.facing, there.view.facing) == ("right", "left")
    assert (here.view.near_side, there.view.near_side) == ("right", "left")
    assert [(f.rule, f.verdict) for f in here.findings] == [(f.rule, f.verdict) for f in there.findings]
    assert [f.value for f in here.findings] == pytest.approx([f.value for f in there.findings], abs=1e-6)


def test_the_size_of_the_picture_does_not_matter() -> None:
    here, _ = run("deadlift", deadlifts())
    twice = (replace(p, xy_px=2.0 * p.xy_px, size_px=(2560, 1440)) for p in deadlifts())
    there, _ = run("deadlift", twice)
    assert [f.verdict for f in here.findings] == [f.verdict for f in there.findings]
    assert [f.value for f in here.findings] == pytest.approx([f.value for f in there.findings], abs=1e-6)


@pytest.mark.parametrize("at_s", [3.5, 4.5, 6.0, 8.0])
def test_one_flipped_frame_changes_no_count_and_no_verdict(at_s: float) -> None:
    poses = list(deadlifts())
    at = round(at_s * 30)
    poses[at] = mirror_image(poses[at])
    here, there = run("deadlift", deadlifts())[0], run("deadlift", poses)[0]
    assert len(there.reps) == 3
    assert [(f.rule, f.verdict) for f in there.findings] == [(f.rule, f.verdict) for f in here.findings]


def test_sides_that_the_model_mixes_up_in_mid_rep_are_kept() -> None:
    """Depth is a guess of the model: at the bottom, for two seconds, it takes the far side for the near one."""
    clean, _ = run("deadlift", deadlifts())
    mixed = [replace(p, world_m=mirror_image(p).world_m) if 2.8 < p.t < 4.8 else p for p in deadlifts()]
    report, events = run("deadlift", mixed)
    assert [(f.rule, f.verdict, f.value) for f in report.reps[0].findings] == [
        (f.rule, f.verdict, f.value) for f in clean.reps[0].findings
    ]
    assert not [e for e in events if isinstance(e, ViewEvent) and 2.8 < e.t < 4.8]


def test_a_trembling_model_changes_no_count_and_finds_no_fault() -> None:
    rng = np.random.default_rng(1)
    shaken = (replace(p, xy_px=p.xy_px + rng.normal(0.0, 2.0, p.xy_px.shape)) for p in deadlifts())
    report, _ = run("deadlift", shaken)
    assert len(report.reps) == 3
    assert rules(report.findings, "fault") == set()


# -- a set of reps ----------------------------------------------------------------------------------------------------


def test_a_good_set_of_deadlifts() -> None:
    report, events = run("deadlift", deadlifts(5))
    assert len(report.reps) == 5
    assert report.attempts == ()
    assert rules(report.findings, "fault") == set()
    assert report.score.value is not None
    assert report.score.value >= 95
    assert report.view.name == "side"
    assert report.view.yaw_deg == pytest.approx(0.0, abs=1.0)
    assert report.summary == "Everything that could be judged was as it should be."
    for i, rep in enumerate(report.reps):
        floor = 1.5 + 6.2 * i + 2.4
        assert rep.index == i + 1
        assert rep.t_start == pytest.approx(floor, abs=0.6)
        assert rep.t_turn == pytest.approx(floor + 2.6, abs=0.7)
        assert rep.range_of_motion == pytest.approx(62.0, abs=5.0)
        assert rep.score is not None
    assert [e.count for e in events if isinstance(e, CountEvent)] == [1, 2, 3, 4, 5]
    assert [e.rep for e in events if isinstance(e, RepEvent)] + [report.reps[4]] == list(report.reps)
    assert not [e for e in events if isinstance(e, CueEvent | AttemptEvent)]


def test_events_tell_what_happens_in_order() -> None:
    _, events = run("deadlift", deadlifts())
    assert isinstance(events[0], ViewEvent)
    assert sum(isinstance(e, ViewEvent) for e in events) == 1
    kinds = [type(e).__name__ for e in events if isinstance(e, CountEvent | RepEvent)]
    assert kinds == ["CountEvent", "RepEvent"] * 2 + ["CountEvent"]  # the last rep is judged when the film ends
    phases = [e.phase for e in events if isinstance(e, PhaseEvent)]
    assert phases == ["rest", *["away", "turn", "back", "rest"] * 3]


def test_the_session_tells_phase_and_count_as_they_are() -> None:
    session = Session(load_exercise("deadlift"))
    told = []
    for pose in deadlifts():
        session.update(pose)
        told.append((session.phase, session.count))
    assert told[0] == ("unknown", 0)
    assert told[round(1.3 * 30)] == ("rest", 0)
    assert told[round(3.5 * 30)] == ("turn", 0)
    assert told[-1] == ("rest", 3)


def test_a_lean_back_is_found_in_the_reps_where_it_was() -> None:
    rule = next(rule for rule in load_exercise("deadlift").rules if rule.id == "DL-09")
    assert rule.fault_below is not None
    leaning = {1: rule.fault_below - 8.0, 3: rule.fault_below - 8.0}  # the second and the fourth rep
    trunk, tops = [], [leaning.get(i, 0.0) for i in range(5)]
    depth = lifts(5)
    for i, d in enumerate(depth):
        rep = max(0, math.floor((i / 30 - 1.5 - 2.0) / 6.2))
        trunk.append(deadlift(d, top=tops[min(rep, 4)] if i / 30 > 3.5 else 0.0))
    report, events = run("deadlift", film(trunk))
    assert len(report.reps) == 5
    faulty = [rep.index for rep in report.reps if rules(rep.findings, "fault") == {"DL-09"}]
    assert faulty == [2, 4]
    assert all(not rules(rep.findings, "fault") for rep in report.reps if rep.index not in faulty)
    finding = next(f for f in report.reps[1].findings if f.rule == "DL-09")
    assert finding.value == pytest.approx(leaning[1] + TRUNK_OFFSET_DEG, abs=1.0)
    assert report.reps[1].t_turn - 0.5 < finding.t_worst < report.reps[2].t_start
    assert report.summary.startswith("Leaning back at the top in reps 2 and 4.")
    assert next(e.text for e in events if isinstance(e, CueEvent)) == rule.cue
    assert report.score.value is not None
    assert report.score.value < 90


def test_a_rounding_back_is_found_and_told_while_it_happens() -> None:
    rule = next(rule for rule in load_exercise("romanian_deadlift").rules if rule.id == "RD-01")
    assert rule.fault_above is not None
    deepest = rule.fault_above + 0.02
    session = Session(load_exercise("romanian_deadlift"))
    bent = []
    for pose in film(romanian(d, back=max(0.0, d - 0.4) / 0.6 * deepest) for d in lifts(2)):
        session.update(pose)
        bent.append(session.back_bent)
    report = session.finish()
    assert [rules(rep.findings, "fault") for rep in report.reps] == [{"RD-01"}] * 2
    assert not any(bent[: round(1.5 * 30)])
    assert all(bent[round(3.2 * 30) : round(3.8 * 30)])
    assert not bent[-1]


def test_a_straight_back_is_never_bent() -> None:
    session = Session(load_exercise("deadlift"))
    for pose in deadlifts():
        session.update(pose)
        assert not session.back_bent


def test_every_rep_has_a_finding_for_every_rule_of_its_view_and_every_other_rule_says_why_not() -> None:
    exercise = load_exercise("deadlift")
    report, _ = run("deadlift", deadlifts())
    side = [rule.id for rule in exercise.rules if "side" in rule.views]
    others = [rule for rule in exercise.rules if "side" not in rule.views]
    for rep in report.reps:
        assert [f.rule for f in rep.findings] == side
        assert {f.rep for f in rep.findings} == {rep.index}
    assert len(report.findings) == 3 * len(side) + len(others)
    for rule in others:
        (finding,) = [f for f in report.findings if f.rule == rule.id]
        assert (finding.verdict, finding.rep) == ("unseen", None)
        assert finding.reason == f"can only be seen from the {' or '.join(rule.views)}"


def test_from_the_front_the_rules_of_the_side_are_unseen_with_the_reason() -> None:
    report, _ = run("deadlift", film(map(deadlift, lifts(3, pull_s=4.5)), yaw_deg=90.0))
    assert report.view.name == "front"
    assert len(report.reps) == 3
    for rule in load_exercise("deadlift").rules:
        found = [f for f in report.findings if f.rule == rule.id]
        if "front" in rule.views:
            assert [f.rep for f in found] == [1, 2, 3]
            assert all(f.verdict != "unseen" for f in found)
        else:
            assert [(f.verdict, f.reason) for f in found] == [("unseen", "can only be seen from the side")]


def test_from_an_oblique_view_reps_count_but_nothing_is_judged() -> None:
    report, _ = run("deadlift", film(map(deadlift, lifts(3)), yaw_deg=47.0))
    assert report.view.name == "oblique"
    assert len(report.reps) == 3
    assert report.score.value is None
    assert rules(report.findings, "fault") == rules(report.findings, "warning") == set()
    side = [rule.id for rule in load_exercise("deadlift").rules if "side" in rule.views]
    for rep in report.reps:
        assert [f.rule for f in rep.findings] == side
        judged = {f.rule for f in rep.findings if f.verdict != "unseen"}
        assert judged <= {"DL-12"}  # how long the lowering took can be told from anywhere
        assert {f.reason for f in rep.findings if f.rule == "DL-09"} == {"the camera sees the body at an angle"}
    assert any("off a side view" in remark for remark in report.remarks)


def test_a_calibrated_person_is_judged_with_full_confidence() -> None:
    own = Baseline({"hip_flexion": 3.0, "face_to_trunk": 0.0}, {}, date(2026, 1, 2))
    without, with_own = run("deadlift", deadlifts())[0], run("deadlift", deadlifts(), own)[0]
    for report, confidence in ((without, 0.7), (with_own, 1.0)):
        finding = next(f for f in report.reps[0].findings if f.rule == "DL-08")
        assert finding.confidence == pytest.approx(confidence)


def test_who_walks_out_of_the_picture_in_mid_rep_has_made_an_attempt() -> None:
    poses = [p if not 9.5 < p.t < 14.5 else Pose.nobody(p.t, p.size_px) for p in deadlifts()]
    report, _ = run("deadlift", poses)
    assert len(report.reps) < 3
    assert any("you could not be followed" in attempt.reason for attempt in report.attempts)


# -- holds ------------------------------------------------------------------------------------------------------------


def test_a_hold_is_counted_judged_and_told_with_its_side() -> None:
    report, events = run("bird_dog", bird_dogs())
    (hold,) = report.holds
    assert hold.side == "left"
    assert 8.0 <= hold.t_end - hold.t_start <= 10.0  # part of the ways in and out belongs to it
    assert hold.good_time_s == pytest.approx(hold.t_end - hold.t_start, abs=0.1)
    assert hold.best_streak_s == pytest.approx(hold.good_time_s)
    assert rules(hold.findings, "fault") == set()
    assert [e.hold for e in events if isinstance(e, HoldEvent)] == [hold]
    assert report.reps == ()


def test_a_hold_knows_how_long_it_has_lasted() -> None:
    session = Session(load_exercise("plank"))
    for pose in film([plank()] * 300, **ELBOWS):
        session.update(pose)
    assert session.phase == "hold"
    assert session.held_s(10.0) == pytest.approx(10.0, abs=0.6)


def test_what_is_wrong_in_a_hold_is_said_while_it_can_be_mended() -> None:
    rule = next(rule for rule in load_exercise("plank").rules if rule.id == "PL-01")
    report, events = run("plank", film([plank(sag=28.0)] * 600, **ELBOWS))
    cues = [e for e in events if isinstance(e, CueEvent)]
    assert cues[0].text == rule.cue
    assert cues[0].t < 5.0
    (hold,) = report.holds
    assert rules(hold.findings, "fault") == {"PL-01"}
    assert hold.good_time_s < 1.0
    assert hold.score is not None
    assert hold.score <= 60


def test_a_hold_that_was_mostly_wrong_is_worth_sixty_at_most() -> None:
    """Hips that are too high are no matter of safety, and everything else is right."""
    report, _ = run("plank", film([plank(sag=-42.0)] * 750, **ELBOWS))
    (hold,) = report.holds
    assert rules(hold.findings, "fault") == {"PL-02"}
    assert hold.good_time_s == 0.0
    assert hold.score == 60


def test_only_the_time_without_a_fault_is_good_time() -> None:
    sag = [plank(sag=s) for s in eased((6.0, 0.0), (0.5, 28.0), (6.0, 28.0), (0.5, 0.0), (8.0, 0.0))]
    report, _ = run("plank", film(sag, **ELBOWS))
    (hold,) = report.holds
    assert hold.t_end - hold.t_start == pytest.approx(21.0, abs=0.6)
    assert hold.good_time_s == pytest.approx(14.5, abs=0.8)
    assert hold.best_streak_s == pytest.approx(8.2, abs=0.6)


def test_a_hold_that_the_film_cuts_off_is_not_called_too_short() -> None:
    report, _ = run("plank", film([plank()] * 150, **ELBOWS))
    (hold,) = report.holds
    finding = next(f for f in hold.findings if f.rule == "PL-08")
    assert (finding.verdict, finding.reason) == ("unseen", "the film ended during the hold")


# -- edges ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("t", [1.0, 0.5])
def test_time_must_increase(t: float) -> None:
    session = Session(load_exercise("deadlift"))
    session.update(pose_of(deadlift(0.0), 1.0))
    with pytest.raises(ValueError, match="time must increase"):
        session.update(pose_of(deadlift(0.0), t))


def test_nothing_can_be_added_to_a_finished_session() -> None:
    session = Session(load_exercise("deadlift"))
    session.finish()
    with pytest.raises(RuntimeError, match="finished"):
        session.update(pose_of(deadlift(0.0)))


@pytest.mark.parametrize("name", ["deadlift", "plank"])
def test_finishing_twice_gives_the_same_report(name: str) -> None:
    session = Session(load_exercise(name))
    for pose in deadlifts()[:200] if name == "deadlift" else film([plank()] * 150, **ELBOWS):
        session.update(pose)
    assert session.finish() == session.finish()


@pytest.mark.parametrize(("name", "word"), [("deadlift", "rep"), ("plank", "hold")])
@pytest.mark.parametrize("frames", [0, 1, 90])
def test_nobody_in_view_is_an_empty_report_that_says_so(name: str, word: str, frames: int) -> None:
    report, events = run(name, (Pose.nobody(i / 30, (640, 480)) for i in range(frames)))
    assert {type(event).__name__ for event in events} <= {"SetupEvent"}  # it asks to step into the picture
    assert report.summary == f"No {word} was counted."
    assert report.score.value is None
    assert report.score.reason == f"no {word} was counted"
    assert {f.verdict for f in report.findings} == {"unseen"}
    assert [f.rule for f in report.findings] == [rule.id for rule in load_exercise(name).rules]
    assert report.view.name == "unknown"
    assert (report.quality.frames, report.quality.person_share) == (frames, 0.0)


def test_an_empty_room_before_the_set_changes_nothing() -> None:
    empty = [Pose.nobody(i / 30, (1280, 720)) for i in range(150)]
    report, _ = run("deadlift", [*empty, *(replace(p, t=p.t + 5.0) for p in deadlifts())])
    assert len(report.reps) == 3
    assert rules(report.findings, "fault") == set()


def test_a_short_film_with_a_person_is_still_told_from_where() -> None:
    report, _ = run("deadlift", deadlifts()[:5])
    assert report.view.name == "side"
    assert report.summary == "No rep was counted."
    reasons = {f.rule: f.reason for f in report.findings}
    assert reasons["DL-09"] == "no rep was counted"
    assert reasons["DL-14"] == "can only be seen from the front"


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_the_view_is_decided_from_a_dozen_pictures_over_half_a_second(fps: float) -> None:
    session = Session(load_exercise("deadlift"))
    for i, pose in enumerate(film([deadlift(0.0)] * 40, fps=fps)):
        if any(isinstance(event, ViewEvent) for event in session.update(pose)):
            assert i + 1 >= 12
            assert pose.t >= 0.5
            return
    pytest.fail("the view was never decided")


def test_poses_without_depth_cannot_be_followed_but_do_no_harm() -> None:
    report, _ = run("deadlift", (replace(p, world_m=None) for p in deadlifts()))
    assert report.view.name == "unknown"
    assert report.reps == ()


def test_the_source_is_asked_for_the_quality_and_the_poses_fill_it_in() -> None:
    session = Session(load_exercise("deadlift"))
    poses = deadlifts()
    for pose in poses:
        session.update(pose)
    told = session.finish(Quality(0, 900, 7, 0.0, 0.0, 30.0, 1920, 1080, 0.0, people=2), {"formcheck": "1"})
    assert (told.quality.decoded, told.quality.dropped, told.quality.people) == (900, 7, 2)
    assert (told.quality.frames, told.quality.person_share, told.quality.body_share) == (len(poses), 1.0, 1.0)
    assert told.quality.duration_s == pytest.approx(poses[-1].t)
    assert told.versions == {"formcheck": "1"}
    assert session.finish().quality.width == 1280


def test_phases_of_the_report_follow_each_other_without_gaps() -> None:
    report, _ = run("deadlift", deadlifts())
    assert report.phases[0].name == "rest"
    for before, after in zip(report.phases, report.phases[1:], strict=False):
        assert before.t_end == pytest.approx(after.t_start)
    assert report.phases[-1].t_end == pytest.approx(deadlifts()[-1].t)


def test_a_report_is_plain_data() -> None:
    report, _ = run("bird_dog", bird_dogs())
    data = report.as_dict()
    assert next(iter(data)) == "schema_version"
    text = json.dumps(data, allow_nan=False)
    again = json.loads(text)
    version = load_exercise("bird_dog").version
    assert again["exercise"] == {"id": "bird_dog", "name": "Bird dog", "version": version, "counts": "hold"}
    assert len(again["holds"][0]["findings"]) > 5
    assert set(again["findings"][0]) >= {"rule", "verdict", "value", "unit", "reason", "t_worst", "limits", "sources"}


def kept(name: str, poses: Iterable[Pose]) -> tuple[int, Report]:
    """Return the largest number of samples that a session ever kept."""
    session, most = Session(load_exercise(name)), 0
    for pose in poses:
        session.update(pose)
        most = max(most, len(session._samples))
    return most, session.finish()


def test_memory_is_bounded_over_a_long_film() -> None:
    fps = 10.0
    minute = [deadlift(d) for d in eased((1.5, 0.0), (1.5, 1.0), (1.0, 1.0), (2.5, 0.0), (53.5, 0.0), fps=fps)]
    most, report = kept("deadlift", film(minute * 4, fps=fps))
    assert len(report.reps) == 4
    assert most <= 80 * fps  # the rest after a rep is its lockout until the next one begins
    most, report = kept("plank", film([plank(sag=-60.0)] * round(120 * fps), fps=fps, **ELBOWS))
    assert report.holds == ()
    assert most <= 15 * fps


def test_memory_is_bounded_even_when_a_movement_never_ends() -> None:
    fps = 5.0
    most, _ = kept("deadlift", film([deadlift(1.0)] * round((KEEP_S + 60.0) * fps), fps=fps))
    assert most <= (KEEP_S + 5.0) * fps
