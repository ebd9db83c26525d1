"""Minutes at the desk."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.test_alerts import finding

from formcheck.engine.minutes import Minutes


def test_time_is_shared_out_among_the_minutes_it_fell_in() -> None:
    minutes = Minutes()
    minutes.passed(50.0, 130.0, "sitting")
    minutes.passed(130.0, 140.0, "away")
    first, second = minutes.next_finished(120.0), minutes.next_finished(120.0)
    assert first is not None
    assert second is not None
    assert (first.start_t, first.seconds) == (0.0, {"sitting": 10.0})
    assert (second.start_t, second.seconds) == (60.0, {"sitting": 60.0})
    assert minutes.next_finished(179.9) is None
    third = minutes.next_finished(180.0)
    assert third is not None
    assert third.seconds == {"sitting": 10.0, "away": 10.0}


def test_a_minute_of_which_nothing_is_known_is_left_out() -> None:
    minutes = Minutes()
    minutes.passed(0.0, 10.0, "sitting")
    minutes.passed(600.0, 610.0, "sitting")
    assert [m.start_t for _ in range(2) if (m := minutes.next_finished(700.0))] == [0.0, 600.0]
    assert minutes.next_finished(10_000.0) is None


def test_rules_and_score() -> None:
    minutes = Minutes()
    minutes.judged([finding("DF-04", "met"), finding("DF-05", "unseen")], 0.0, 10.0)
    minutes.judged([finding("DF-04", "fault"), finding("DF-05", "unseen")], 10.0, 20.0)
    minutes.alerted(20.0)
    minutes.rested(30.0)
    record = minutes.next_finished(60.0)
    assert record is not None
    assert record.rule_seconds == {"DF-04": (10.0, 0.0, 10.0, 0.0), "DF-05": (0.0, 0.0, 0.0, 20.0)}
    assert (record.alerts, record.breaks) == (1, 1)
    assert record.score == 50  # one window met, one at twice the distance of the fault edge


def test_no_score_below_half_of_what_there_is_to_see() -> None:
    minutes = Minutes()
    minutes.judged([finding("DF-05", "met"), finding("DF-04", "unseen")], 0.0, 10.0)
    record = minutes.next_finished(60.0)
    assert record is not None
    assert record.score is None


@given(st.lists(st.tuples(st.floats(0.0, 500.0), st.sampled_from(["sitting", "standing", "away", None])), max_size=20))
def test_minutes_add_up_to_the_time_that_passed(parts: list[tuple[Any, ...]]) -> None:
    minutes, t, known = Minutes(), 0.0, 0.0
    for seconds, state in parts:
        if state:
            minutes.passed(t, t + seconds, state)
            known += seconds
        t += seconds
    records = []
    while record := minutes.next_finished(t + 60.0):
        records.append(record)
    assert sum(sum(r.seconds.values()) for r in records) == pytest.approx(known)
    assert all(sum(r.seconds.values()) <= 60.0 + 1e-6 for r in records)
    assert [r.start_t for r in records] == sorted({r.start_t for r in records})
