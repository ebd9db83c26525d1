"""The scripted day at a desk."""

import math
from dataclasses import replace

import pytest
from tests.desk_poses import sitting

from formcheck.engine.desk import PostureAlert
from formcheck.evaluation.desk_day import DAY_S, RATE_HZ, Act, View, faults_of, script
from formcheck.evaluation.desk_study import SITS_FOR_S, Played, alerts_of, kept_at_fault_s, looped, play


@pytest.mark.parametrize("view", ["front", "side"])
def test_a_day_has_eight_hours_and_every_fault_once(view: View) -> None:
    acts = script(view)
    assert sum(act.seconds for act in acts) == DAY_S
    assert min(act.seconds for act in acts) > 0.0
    assert [act.posture for act in acts if act.is_fault] == list(faults_of(view))


def test_a_part_of_a_day_is_followed_with_its_truth() -> None:
    acts = [
        Act(20.0, "nobody", "away"),
        Act(180.0, "upright", "sitting"),
        Act(200.0, "shoulders_uneven", "sitting"),
        Act(60.0, "upright", "sitting"),
        Act(100.0, "off", None),
        Act(120.0, "standing", "standing"),
    ]
    day = play("front", "man", acts)
    ((alert, number),) = alerts_of(day)
    assert (alert.rule, number) == ("DF-05", 2)
    assert 290.0 <= alert.t <= 310.0
    assert day.starts == [0.0, 20.0, 200.0, 400.0, 460.0, 560.0]
    assert day.known_s == 580.0
    assert day.right_s / day.known_s > 0.97
    assert day.clock_off_s < 10.0
    assert day.state_s["sitting"] == pytest.approx(440.0, abs=6.0)


def test_alerts_belong_to_the_posture_they_are_about() -> None:
    acts = [Act(100.0, "upright", "sitting"), Act(300.0, "sinking", "sitting"), Act(100.0, "upright", "sitting")]
    day = Played(acts, {"sinking": ("DF-03",)}, starts=[0.0, 100.0, 400.0])
    alerts = [(t, PostureAlert(t, "DF-03", "", 0.0)) for t in (50.0, 250.0, 405.0, 450.0)]
    day.alerts = [(alert, sum(t >= start for start in day.starts) - 1) for t, alert in alerts]
    assert [about for _, about in alerts_of(day)] == [None, 1, 1, None]


def test_what_goes_with_the_furniture_is_kept_and_an_alert_about_it_is_about_nothing() -> None:
    acts = [Act(180.0, "upright", "sitting"), Act(300.0, "reaching", "sitting"), Act(60.0, "upright", "sitting")]
    day = play("side", "man", acts)
    assert not day.alerts
    assert 270.0 <= kept_at_fault_s(day, 1) <= 300.0
    assert kept_at_fault_s(day, 1) == sum(minute.rule_seconds.get("DS-07", (0, 0, 0, 0))[2] for minute in day.minutes)
    day.alerts = [(PostureAlert(t, "DS-07", "", 0.0), 1) for t in (300.0, 400.0)]
    assert [about for _, about in alerts_of(day)] == [None, None]


def test_a_film_is_repeated_to_and_fro_and_a_photo_over_and_over() -> None:
    film = [replace(sitting(10.0 + i / 30.0, aside=i / 100.0), t=10.0 + i / 30.0) for i in range(60)]
    poses = list(looped(film, 0.0, math.inf))
    assert len(poses) == SITS_FOR_S * RATE_HZ
    assert [pose.t for pose in poses[:3]] == [0.0, 0.5, 1.0]
    places = [round(float(pose.xy_px[0, 0] - film[0].xy_px[0, 0])) for pose in poses[:7]]
    assert places == [0, 30, 60, 90, 60, 30, 0]
    assert len({float(pose.xy_px[0, 0]) for pose in looped(film[:1], 0.0, math.inf)}) == 1
