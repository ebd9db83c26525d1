import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formcheck.engine.report import Limits
from formcheck.storage.wording import (
    clock,
    lasting,
    numbered,
    percent,
    plural,
    sentence,
    stretch,
    value_text,
    wanted_text,
)


@pytest.mark.parametrize(
    ("value", "unit", "limits", "text"),
    [
        (21.4, "deg", Limits(ideal_max=8.0), "21°"),
        (8.2, "deg", Limits(ideal_max=8.0), "8.2°"),
        (7.96, "deg", Limits(ideal_max=8.0), "7.96°"),
        (8.0, "deg", Limits(ideal_max=8.0), "8°"),
        (-0.3, "deg", Limits(), "0°"),
        (-12.0, "deg", Limits(), "−12°"),
        (1.27, "s", Limits(ideal_min=1.3), "1.27 s"),
        (4.21, "s", Limits(ideal_min=6.4), "4.2 s"),
        (0.058, "chord lengths", Limits(ideal_max=0.02), "5.8 % of the back"),
        (-0.321, "trunk lengths", Limits(ideal_min=-0.22), "−32 % of the trunk"),
        (1.0, "yes/no", Limits(ideal_min=1.0), "yes"),
        (0.0, "yes/no", Limits(ideal_min=1.0), "no"),
        (1.12, "times", Limits(ideal_max=1.1), "1.12 ×"),
        (0.314, "share", Limits(ideal_max=0.15), "31 %"),
        (0.02, "share", Limits(ideal_max=0.15), "2 %"),
        (44.6, "deg/s", Limits(ideal_max=60.0), "45°/s"),
        (0.42, "trunk lengths/s", Limits(ideal_max=0.3), "42 % of the trunk a second"),
        (104.3, "/min", Limits(ideal_min=90.0), "104 a minute"),
        (12.6, "px", Limits(), "13 px"),
        (0.22, "shoulder widths", Limits(ideal_max=0.3), "22 % of the shoulder width"),
        (1.3, "face widths", Limits(ideal_max=1.5), "130 % of the face width"),
        (0.95, "standing heights", Limits(ideal_min=0.9), "95 % of the standing height"),
    ],
)
def test_values_have_no_more_decimals_than_needed(value: float, unit: str, limits: Limits, text: str) -> None:
    assert value_text(value, unit, limits) == text


@given(st.floats(-200, 200), st.floats(-200, 200))
def test_a_value_is_never_written_on_the_wrong_side_of_its_band(value: float, edge: float) -> None:
    edge = round(edge, 2)
    assume(abs(value - edge) > 1e-4)
    written = float(value_text(value, "deg", Limits(ideal_max=edge)).replace("−", "-").rstrip("°"))
    assert (written > edge) == (value > edge)


@pytest.mark.parametrize(
    ("limits", "unit", "text"),
    [
        (Limits(ideal_max=8.0), "deg", "at most 8°"),
        (Limits(ideal_min=30.0, fault_below=15.0), "deg", "at least 30°"),
        (Limits(-0.05, 0.25), "trunk lengths", "−5 to 25 % of the trunk"),
        (Limits(fault_above=3.0), "deg", ""),
        (Limits(ideal_min=1.0), "yes/no", "yes"),
        (Limits(ideal_max=0.0), "yes/no", "no"),
        (Limits(0.9, 1.1), "times", "0.9 to 1.1 ×"),
        (Limits(ideal_max=0.15), "share", "at most 15 %"),
        (Limits(ideal_max=0.3), "trunk lengths/s", "at most 30 % of the trunk a second"),
        (Limits(90.0, 130.0), "/min", "90 to 130 a minute"),
    ],
)
def test_bands_in_words(limits: Limits, unit: str, text: str) -> None:
    assert wanted_text(limits, unit) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([4], "rep 4"),
        ([5, 4], "reps 4, 5"),
        ([1, 2, 3, 3], "reps 1–3"),
        ([1, 2, 5], "reps 1, 2, 5"),
        ([None], "whole set"),
    ],
)
def test_reps_in_words(numbers: list[int | None], text: str) -> None:
    assert numbered("rep", numbers) == text


def test_small_words() -> None:
    assert (clock(0.0), clock(59.9), clock(83.6), clock(3600.0)) == ("0:00", "0:59", "1:23", "60:00")
    assert stretch(12.2, 75.9) == "0:12–1:15"
    assert [lasting(t) for t in (8.24, 9.97, 34.2, 119.4, 119.9, 750.0)] == [
        "8.2 s", "10 s", "34 s", "119 s", "1:59 min", "12:30 min",
    ]  # fmt: skip
    assert (percent(0.805), percent(1.0)) == ("80 %", "100 %")
    assert (plural(1, "rep"), plural(0, "rep")) == ("1 rep", "0 reps")
    assert sentence("the film ended") == "The film ended."
    assert sentence("Really?") == "Really?"
