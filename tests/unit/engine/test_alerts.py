"""When a posture is spoken of."""

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.engine.alerts import DeskSettings, PostureAlert, PostureAlerts, PostureRecovered
from formcheck.engine.judging import unseen
from formcheck.engine.report import Finding, Verdict
from formcheck.exercise.load import load_exercise

RULES = {rule.id: rule for rule in (*load_exercise("desk_front").rules, *load_exercise("desk_side").rules)}
VALUES = {"met": 0.0, "warning": 0.6, "fault": 2.0}  # shares of the way from ideal to fault, beyond the ideal


def finding(rule: str, verdict: Verdict, much: float = 1.0) -> Finding:
    """Return a finding of a rule of the catalogue; `much` takes a fault further."""
    blank = unseen(RULES[rule], 0.0, 10.0, None, "nobody looked")
    if verdict == "unseen":
        return blank
    limits = blank.limits
    ideal, fault = (
        (limits.ideal_max, limits.fault_above) if limits.fault_above else (limits.ideal_min, limits.fault_below)
    )
    value = (ideal or 0.0) + VALUES[verdict] * much * ((fault or 0.0) - (ideal or 0.0))
    return replace(blank, verdict=verdict, value=value, confidence=1.0, reason=None)


class Stream:
    """Windows of ten seconds, one after the other."""

    def __init__(self, settings: DeskSettings | None = None) -> None:
        self.alerts = PostureAlerts(settings or DeskSettings())
        self.t = 0.0
        self.said: list[PostureAlert] = []
        self.mended: list[PostureRecovered] = []

    def add(self, seconds: float, **verdicts: str) -> list[PostureAlert]:
        """Let rules (``DF_04="fault"``) be so for a time."""
        before = len(self.said)
        for _ in range(round(seconds / 10.0)):
            found = [finding(name.replace("_", "-"), v) for name, v in verdicts.items()]  # type: ignore[arg-type]
            self.mended += self.alerts.add(found, self.t, self.t + 10.0)
            self.t += 10.0
            alert = self.alerts.choose(self.t)
            self.said += [alert] if alert else []
        return self.said[before:]


def test_a_fault_is_spoken_of_after_its_onset_delay() -> None:
    stream = Stream()
    stream.add(100.0, DF_04="met")
    (alert,) = stream.add(200.0, DF_04="fault")
    assert alert.rule == "DF-04"
    assert alert.cue == "Shoulders down, neck long"
    assert alert.since_t == 105.0  # the middle of the first window that shows it
    assert 190.0 <= alert.t <= 210.0


def test_a_warning_takes_five_minutes() -> None:
    stream = Stream()
    stream.add(50.0, DF_04="met")
    (alert,) = stream.add(400.0, DF_04="warning")
    assert 350.0 <= alert.t <= 370.0


def test_what_was_mended_for_half_a_minute_is_past_even_if_nothing_was_said() -> None:
    stream = Stream()
    stream.add(290.0, DF_04="warning")
    assert not stream.add(30.0, DF_04="met")
    assert not stream.add(200.0, DF_04="warning")
    (alert,) = stream.add(150.0, DF_04="warning")
    assert alert.since_t == 325.0


def test_windows_that_could_not_be_judged_mend_nothing() -> None:
    stream = Stream()
    stream.add(200.0, DF_04="warning")
    stream.add(10.0, DF_04="met")
    stream.add(20.0, DF_04="unseen")
    (alert,) = stream.add(110.0, DF_04="warning")
    assert alert.since_t == 5.0


def test_a_face_too_far_away_brings_nothing_about() -> None:
    ahead, away = finding("DF-01", "fault"), replace(finding("DF-02", "warning"), value=0.8)
    alerts, said = PostureAlerts(DeskSettings()), []
    for t in range(0, 200, 10):
        alerts.add([ahead, away], t, t + 10.0)
        said += [alert] if (alert := alerts.choose(t + 10.0)) else []
    assert [alert.rule for alert in said] == ["DF-01"]


@pytest.mark.parametrize("seconds", [20.0, 60.0, 80.0])
def test_what_is_mended_before_is_not_spoken_of(seconds: float) -> None:
    stream = Stream()
    stream.add(100.0, DF_04="met")
    assert not stream.add(seconds, DF_04="fault")
    assert not stream.add(600.0, DF_04="met")


def test_a_good_moment_within_does_not_begin_anew_and_many_do() -> None:
    stream = Stream()
    stream.add(40.0, DF_04="fault")
    stream.add(10.0, DF_04="met")
    (alert,) = stream.add(60.0, DF_04="fault")
    assert alert.since_t == 5.0
    calm = Stream()
    for _ in range(60):
        assert not calm.add(20.0, DF_04="fault")
        assert not calm.add(10.0, DF_04="met")


def test_what_is_not_seen_is_not_off() -> None:
    stream = Stream()
    stream.add(50.0, DF_04="fault")
    assert not stream.add(200.0, DF_04="unseen")


def test_one_posture_that_shows_in_several_rules_is_spoken_of_once() -> None:
    stream = Stream()
    said = stream.add(500.0, DF_03="fault", DF_04="warning", DF_05="fault")
    assert [alert.rule for alert in said] == ["DF-03"]


def test_what_matters_more_is_said_after_what_matters_less() -> None:
    stream = Stream()
    said = stream.add(400.0, DF_05="fault", DF_04="warning")
    assert [alert.rule for alert in said] == ["DF-05", "DF-04"]


def test_a_face_turned_down_comes_before_the_nose_that_it_lowers() -> None:
    stream = Stream()
    said = stream.add(200.0, DF_03="fault", DF_04="fault", DF_08="fault")
    assert [alert.rule for alert in said] == ["DF-08"]


@pytest.mark.parametrize(
    ("off", "named"),
    [
        ({"DF_04": "fault", "DF_01": "warning"}, "DF-01"),
        ({"DF_04": "fault", "DF_01": "warning", "DF_03": "warning"}, "DF-01"),
        ({"DF_04": "fault", "DF_08": "warning"}, "DF-08"),
        ({"DF_04": "fault", "DF_01": "warning", "DF_08": "fault"}, "DF-08"),
        ({"DF_04": "fault"}, "DF-04"),
        ({"DF_03": "fault", "DF_01": "warning", "DF_08": "warning"}, "DF-03"),
        ({"DF_03": "fault", "DF_01": "fault", "DF_02": "fault"}, "DF-02"),
        ({"DF_03": "fault", "DF_02": "warning"}, "DF-03"),
        ({"DF_01": "fault", "DF_02": "warning"}, "DF-02"),
    ],
)
def test_what_brought_another_rule_off_is_named(off: dict[str, str], named: str) -> None:
    stream = Stream()
    assert [alert.rule for alert in stream.add(120.0, **off)] == [named]


def test_what_has_just_come_is_not_blamed_for_what_was_there_before() -> None:
    stream = Stream()
    stream.add(70.0, DF_04="fault", DF_01="met")
    (alert,) = stream.add(30.0, DF_04="fault", DF_01="warning")
    assert (alert.rule, alert.since_t) == ("DF-04", 5.0)


def test_what_brought_it_about_keeps_its_own_cool_down() -> None:
    stream = Stream()
    (first,) = stream.add(120.0, DF_01="fault", DF_04="met")
    stream.add(60.0, DF_01="met", DF_04="met")
    (second,) = stream.add(600.0, DF_01="fault", DF_04="fault")
    assert (first.rule, second.rule) == ("DF-01", "DF-01")
    assert second.t - first.t == pytest.approx(600.0)


def test_the_same_rule_waits_for_its_cool_down_and_longer_each_time() -> None:
    stream = Stream()
    said = stream.add(7200.0, DF_04="fault")
    waits = [b.t - a.t for a, b in pairwise(said)]
    assert waits == [600.0, 1200.0, 2400.0]


def test_what_was_mended_is_told_and_may_be_told_of_again_after_the_cool_down() -> None:
    stream = Stream()
    stream.add(120.0, DF_04="fault")
    stream.add(60.0, DF_04="met")
    assert [event.rule for event in stream.mended] == ["DF-04"]
    assert stream.mended[0].t == 150.0
    (again,) = stream.add(1000.0, DF_04="fault")
    assert again.t - stream.said[0].t == pytest.approx(600.0)


def test_forgetting_ends_what_was_told_and_keeps_the_cool_down() -> None:
    stream = Stream()
    stream.add(120.0, DF_04="fault")
    assert stream.alerts.forget(stream.t) == [PostureRecovered(120.0, "DF-04")]
    assert stream.alerts.forget(stream.t) == []
    (again,) = stream.add(800.0, DF_04="fault")
    assert again.t >= stream.said[0].t + 600.0


def test_pending_until_it_is_told() -> None:
    stream, pending = Stream(), []
    for seconds, verdict in ((20.0, "met"), (20.0, "warning"), (100.0, "fault")):
        stream.add(seconds, DF_04=verdict)
        pending.append(stream.alerts.pending)
    assert pending == [False, True, False]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 40),
            *(st.sampled_from(["met", "warning", "fault", "unseen"]) for _ in range(3)),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_never_too_early_nor_more_than_four_an_hour_nor_twice_in_a_cool_down(
    parts: list[tuple[Any, ...]],
) -> None:
    settings = DeskSettings()
    stream = Stream(settings)
    verdicts: dict[str, list[tuple[float, str]]] = {rule: [] for rule in ("DF-04", "DF-05", "DS-01")}
    for windows, first, second, third, gap in parts:
        for rule, verdict in zip(verdicts, (first, second, third), strict=True):
            verdicts[rule] += [(stream.t + 10.0 * i, verdict) for i in range(windows)]
        stream.add(10.0 * windows, DF_04=first, DF_05=second, DS_01=third)
        stream.t += 400.0 if gap else 0.0
    for alert in stream.said:
        off = {t for t, verdict in verdicts[alert.rule] if verdict in ("warning", "fault")}
        assert alert.since_t - 5.0 in off
        assert alert.t - alert.since_t >= settings.onset_fault_s
        lasting = [t for t in off if alert.since_t - 5.0 <= t < alert.t]
        assert 10.0 * len(lasting) >= 0.8 * (alert.t - alert.since_t - 5.0) - 1e-6
    times = [alert.t for alert in stream.said]
    assert all(sum(t - 3600.0 < other <= t for other in times) <= 4 for t in times)
    for rule in verdicts:
        own = [alert.t for alert in stream.said if alert.rule == rule]
        assert min((b - a for a, b in pairwise(own)), default=math.inf) >= settings.cooldown_s
