"""The watch at the desk, on somebody drawn with a few landmarks."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_poses import BASELINE, Player, sitting, watch_of

from formcheck.engine.desk import (
    BreakTaken,
    CameraMoved,
    DeskSettings,
    DeskWatch,
    NotCalibrated,
    PostureAlert,
    PostureRecovered,
    Reminder,
    StateChanged,
)
from formcheck.exercise.load import load_exercise


def test_who_sits_well_hears_nothing_about_it() -> None:
    desk = Player()
    desk.sit(1500.0)
    assert [event.state for event in desk.of(StateChanged)] == ["sitting"]
    assert not desk.of(PostureAlert)
    assert desk.watch.view == "front"


def test_who_sinks_is_told_after_ninety_seconds_and_when_it_is_mended() -> None:
    desk = Player()
    desk.sit(300.0)
    (alert,) = [e for e in desk.sit(200.0, sunk=0.3) if isinstance(e, PostureAlert)]
    assert alert.rule in ("DF-03", "DF-04")
    assert 390.0 <= alert.t <= 410.0
    assert 300.0 <= alert.since_t <= 310.0
    (mended,) = [e for e in desk.sit(60.0) if isinstance(e, PostureRecovered)]
    assert mended.rule == alert.rule
    assert 530.0 <= mended.t <= 550.0


def test_a_rule_that_does_not_interrupt_is_kept_and_not_spoken_of() -> None:
    front, side = load_exercise("desk_front"), load_exercise("desk_side")
    silent = front.model_copy(update={"rules": tuple(r.model_copy(update={"interrupts": False}) for r in front.rules)})
    desk = Player(DeskWatch(silent, side, BASELINE, DeskSettings()))
    desk.sit(180.0)
    desk.sit(600.0, sunk=0.3)
    assert not desk.of(PostureAlert)
    assert not desk.watch.near_limit
    while record := desk.watch.minute(desk.t):
        last = record
    assert last.rule_seconds["DF-04"] == (0.0, 0.0, 60.0, 0.0)


@pytest.mark.parametrize("seconds", [5.0, 20.0, 60.0])
def test_a_glance_down_is_not_spoken_of(seconds: float) -> None:
    desk = Player()
    desk.sit(300.0)
    for _ in range(5):
        desk.sit(seconds, sunk=0.3)
        desk.sit(120.0)
    assert not desk.of(PostureAlert)


def test_nothing_in_the_first_two_minutes_after_sitting_down() -> None:
    desk = Player()
    desk.sit(200.0, sunk=0.3)
    (alert,) = desk.of(PostureAlert)
    assert 123.0 <= alert.t <= 135.0


def test_nothing_with_a_hand_at_the_ear() -> None:
    desk = Player()
    desk.sit(200.0)
    assert not [e for e in desk.sit(600.0, sunk=0.3, hand=True) if isinstance(e, PostureAlert)]
    assert desk.watch.busy


def test_nothing_while_snoozed_quiet_or_exercising() -> None:
    for silence in ("snooze", "quiet", "exercising"):
        desk = Player()
        desk.sit(200.0)
        if silence == "snooze":
            desk.watch.snooze(desk.t, desk.t + 1800.0)
        else:
            getattr(desk.watch, silence)(True)
        desk.sit(1790.0, sunk=0.3)
        assert not desk.of(PostureAlert)
        assert not desk.of(Reminder)
        if silence != "snooze":
            getattr(desk.watch, silence)(False)
        desk.sit(200.0, sunk=0.3)
        assert desk.of(PostureAlert)
        assert desk.of(Reminder)


def test_who_leaves_is_told_no_more_and_the_alert_is_over() -> None:
    desk = Player()
    desk.sit(150.0)
    desk.sit(150.0, sunk=0.3)
    assert len(desk.of(PostureAlert)) == 1
    desk.leave(200.0)
    assert [type(event) for event in desk.events[-2:]] == [StateChanged, PostureRecovered]


def test_a_break_is_told_when_it_is_over_and_sets_the_clock_back() -> None:
    desk = Player()
    desk.sit(600.0)
    desk.leave(300.0)
    desk.sit(60.0)
    (rest,) = desk.of(BreakTaken)
    assert rest.seconds == pytest.approx(300.0, abs=12.0)
    assert desk.watch.sitting_s == pytest.approx(57.0, abs=3.0)


def test_half_an_hour_asks_for_a_break() -> None:
    desk = Player()
    desk.sit(1900.0)
    reminders = [event for event in desk.of(Reminder) if "break" in event.kinds]
    assert reminders[0].t == pytest.approx(1803.0, abs=2.0)


def test_a_camera_that_is_tilted_is_told_and_no_posture_is_blamed() -> None:
    desk = Player()
    desk.sit(300.0)
    desk.sit(600.0, lower=0.4)
    (moved,) = desk.of(CameraMoved)
    assert 300.0 < moved.t < 330.0
    assert not desk.of(PostureAlert)
    desk.sit(300.0)
    assert not desk.of(PostureAlert)
    desk.sit(200.0, sunk=0.3)
    assert desk.of(PostureAlert)  # put back, it is compared again


def test_calibrated_anew_after_the_camera_was_moved() -> None:
    desk = Player()
    desk.sit(200.0)
    desk.sit(100.0, lower=0.4)
    desk.watch.calibrated(replace(BASELINE, values={**BASELINE.values, "head_height": -0.4}))
    desk.sit(300.0, lower=0.4)
    assert not desk.of(PostureAlert)
    desk.sit(200.0, lower=0.4, sunk=0.3)
    assert desk.of(PostureAlert)


def test_other_screens_end_an_alert_and_tell_nothing_twice() -> None:
    desk = Player()
    desk.sit(200.0)
    desk.sit(150.0, sunk=0.3)
    (alert,) = desk.of(PostureAlert)
    desk.watch.calibrated(BASELINE)
    desk.sit(20.0)
    (over,) = desk.of(PostureRecovered)
    assert over.rule == alert.rule
    assert len(desk.of(StateChanged)) == 1
    new = Player(watch_of(baseline=replace(BASELINE, values={})))
    new.sit(60.0)
    new.watch.calibrated(replace(BASELINE, values={}))
    new.sit(60.0)
    assert len(new.of(NotCalibrated)) == 1


def test_not_calibrated_is_told_once_and_what_can_be_judged_is() -> None:
    desk = Player(watch_of(baseline=None))
    desk.sit(300.0)
    (told,) = desk.of(NotCalibrated)
    assert told.view == "front"
    desk.sit(200.0, sunk=0.4)
    assert [alert.rule for alert in desk.of(PostureAlert)] == ["DF-04"]
    assert len(desk.of(NotCalibrated)) == 1


def test_bad_light_leaves_the_state_and_judges_nothing() -> None:
    desk = Player()
    desk.sit(300.0)
    dim = sitting(0.0, sunk=0.3)
    desk.show(300.0, replace(dim, visibility=dim.visibility * 0.3))
    assert desk.watch.state == "sitting"
    assert not desk.of(PostureAlert)


def test_somebody_else_who_passes_changes_nothing() -> None:
    desk = Player()
    desk.sit(300.0)
    desk.sit(6.0, scale=0.3, aside=1.0)
    desk.sit(100.0)
    desk.leave(60.0)
    desk.sit(8.0, scale=0.3)
    desk.leave(60.0)
    assert [event.state for event in desk.of(StateChanged)] == ["sitting", "away"]


def test_moving_about_is_not_judged() -> None:
    desk = Player()
    desk.sit(200.0)
    for turn in range(100):
        desk.sit(2.0, sunk=0.3, aside=0.3 * (-1) ** turn)
    assert not desk.of(PostureAlert)


def test_a_minute_is_whole() -> None:
    desk = Player()
    desk.sit(130.0)
    first = desk.watch.minute(desk.t)
    second = desk.watch.minute(desk.t)
    assert first is not None
    assert second is not None
    assert first.seconds["away"] == pytest.approx(3.0, abs=1.0)
    assert second.seconds == {"sitting": 60.0}
    assert second.score == 100
    assert second.rule_seconds["DF-04"] == (60.0, 0.0, 0.0, 0.0)
    assert desk.watch.minute(desk.t) is None


def test_worth_a_closer_look_while_something_is_off_that_was_not_told() -> None:
    desk, near = Player(), []
    for seconds, sunk in ((200.0, 0.0), (30.0, 0.3), (120.0, 0.3)):
        desk.sit(seconds, sunk=sunk)
        near.append(desk.watch.near_limit)
    assert near == [False, True, False]


def test_an_interruption_adds_no_time_and_forgets_what_was_about_to_be_said() -> None:
    desk = Player()
    desk.sit(200.0)
    desk.sit(80.0, sunk=0.3)
    sat = desk.watch.sitting_s
    desk.watch.interrupt(desk.t, "the camera is used by another program")
    desk.dark(120.0)
    assert desk.watch.sitting_s == sat
    assert not [e for e in desk.sit(80.0, sunk=0.3) if isinstance(e, PostureAlert)]
    assert desk.watch.sitting_s == pytest.approx(sat + 80.0, abs=1.0)


def test_no_reminder_during_a_call() -> None:
    desk = Player()
    desk.sit(1700.0)
    desk.sit(400.0, hand=True)
    assert not [e for e in desk.of(Reminder) if "break" in e.kinds]
    (said,) = [e for e in desk.sit(60.0) if isinstance(e, Reminder)]
    assert "break" in said.kinds


def test_the_time_from_an_interruption_to_the_next_pose_is_not_counted_however_short() -> None:
    desk = Player()
    desk.sit(200.0)
    sat = desk.watch.sitting_s
    desk.watch.interrupt(desk.t, "paused")
    desk.watch.update(sitting(desk.t + 2.0))
    assert desk.watch.sitting_s == sat


def test_an_alert_is_over_when_nothing_has_been_seen_for_a_minute() -> None:
    desk = Player()
    desk.sit(150.0)
    desk.sit(150.0, sunk=0.3)
    (alert,) = desk.of(PostureAlert)
    assert not desk.dark(55.0)
    assert [type(event) for event in desk.dark(10.0)] == [PostureRecovered]
    assert desk.of(PostureRecovered)[0].rule == alert.rule


def test_somebody_else_before_the_camera_is_not_judged() -> None:
    desk = Player()
    desk.sit(200.0)
    for _ in range(60):
        desk.sit(8.0, scale=0.4, sunk=0.3)
        desk.sit(4.0)
    assert not desk.of(PostureAlert)
    while record := desk.watch.minute(desk.t):
        last = record
    met, warning, fault, _ = last.rule_seconds["DF-04"]
    assert met > 40.0  # what is seen of the person who works there goes on being judged
    assert warning == fault == 0.0


def test_one_pose_a_second_is_enough_and_thirty_are_not_too_many() -> None:
    for step in (1.0, 1.0 / 30.0):
        watch, alerts = watch_of(), []
        for i in range(round(260.0 / step)):
            t = i * step
            events = watch.update(sitting(t, sunk=0.3 if t >= 130.0 else 0.0))
            alerts += [event for event in events if isinstance(event, PostureAlert)]
        assert len(alerts) == 1
        assert 220.0 <= alerts[0].t <= 241.0


def test_time_must_go_on() -> None:
    watch = watch_of()
    watch.update(sitting(1.0))
    with pytest.raises(ValueError, match="time must increase"):
        watch.update(sitting(1.0))
    with pytest.raises(ValueError, match="time must not go back"):
        watch.tick(0.5)


HOWS = st.sampled_from([{}, {"sunk": 0.3}, {"hand": True}, {"lower": -1.3}, {"scale": 0.3}, {"lower": 0.4}])
PARTS = st.lists(
    st.tuples(st.integers(1, 30), st.one_of(HOWS, st.sampled_from(["away", "dark", "interrupt"]))),
    min_size=1,
    max_size=8,
)


@given(PARTS)
@settings(max_examples=25, deadline=None)
def test_clocks_add_up_and_nothing_is_said_too_early(parts: list[tuple[Any, ...]]) -> None:
    desk, known, tens_dark = Player(), 0.0, 0.0
    sunk_since: float | None = None
    for tens, how in parts:
        seconds, before = 10.0 * tens, desk.watch.sitting_s
        sunk_since = (desk.t if sunk_since is None else sunk_since) if how == {"sunk": 0.3} else None
        if how == "away":
            desk.leave(seconds)
        elif isinstance(how, str):
            if how == "interrupt":
                desk.watch.interrupt(desk.t, "paused")
            desk.dark(seconds)
            tens_dark += seconds
            assert desk.watch.sitting_s <= before + 3.0
        else:
            alerts = [e for e in desk.sit(seconds, **how) if isinstance(e, PostureAlert)]
            assert all(a.t >= a.since_t + DeskSettings().onset_fault_s for a in alerts)
            if how == {"sunk": 0.3} and sunk_since is not None:
                assert all(a.t >= sunk_since + DeskSettings().onset_fault_s for a in alerts)
        known += seconds
    total = 0.0
    while record := desk.watch.minute(np.inf):
        assert sum(record.seconds.values()) <= 60.0 + 1e-6
        total += sum(record.seconds.values())
    assert total <= known
    assert total >= known - tens_dark - 4.0 * len(parts) - 1.0
