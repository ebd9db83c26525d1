"""Whatever stands in an exercise file, it is read or refused in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.exercise.test_load import TEXT

from formcheck.errors import ExerciseError
from formcheck.exercise.load import catalogue, load_exercise, parse_exercise

LINES = TEXT.strip().splitlines()
JUNK = st.sampled_from(
    ["0", "-1.5", '""', '"x"', "[]", "[[]]", "{}", "true", "1e400", "nan", "{ a = 1 }", '["side", 3]']
)


def said_about(text: str) -> str:
    """Return the complaint about a file, or nothing where it is valid."""
    try:
        parse_exercise(text, "mine.toml")
    except ExerciseError as error:
        return str(error)
    return ""


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    with pytest.raises(ExerciseError):
        parse_exercise(text, "mine.toml")


@given(st.sets(st.integers(0, len(LINES) - 1), min_size=1, max_size=3))
def test_lines_that_are_missing(gone: set[int]) -> None:
    said = said_about("\n".join(line for i, line in enumerate(LINES) if i not in gone))
    assert said == "" or said.startswith("mine.toml")


@given(st.integers(0, len(LINES) - 1), JUNK)
def test_a_value_that_does_not_belong_there(at: int, junk: str) -> None:
    key, equals, _ = LINES[at].partition("=")
    said = said_about("\n".join(f"{key}={junk}" if equals and i == at else line for i, line in enumerate(LINES)))
    assert said == "" or said.startswith("mine.toml")


@given(st.text(max_size=30))
def test_any_name_of_an_exercise(name: str) -> None:
    if name in catalogue():
        return
    with pytest.raises(ExerciseError) as caught:
        load_exercise(name)
    assert str(caught.value)
