"""Whatever stands in an exercise file, it is read or refused in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.errors import ExerciseError
from formcheck.exercise.load import catalogue, load_exercise, parse_exercise
from tests.unit.exercise.test_load import TEXT

LINES = TEXT.strip().splitlines()
JUNK = st.sampled_from(["0", "-1.5", '""', '"x"', "[]", "[[]]", "{}", "true", "1e400", "nan", "{ a = 1 }", '["side", 3]'])


def read(text: str) -> None:
    try:
        exercise = parse_exercise(text, "mine.toml")
    except ExerciseError as error:
        assert str(error).startswith("mine.toml")
        assert "Traceback" not in str(error)
    else:
        assert exercise.rules


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    with pytest.raises(ExerciseError):
        parse_exercise(text, "mine.toml")


@given(st.sets(st.integers(0, len(LINES) - 1), min_size=1, max_size=3))
def test_lines_that_are_missing(gone: set[int]) -> None:
    read("\n".join(line for i, line in enumerate(LINES) if i not in gone))


@given(st.integers(0, len(LINES) - 1), JUNK)
def test_a_value_that_does_not_belong_there(at: int, junk: str) -> None:
    key, equals, _ = LINES[at].partition("=")
    read("\n".join(f"{key}={junk}" if equals and i == at else line for i, line in enumerate(LINES)))


@given(st.text(max_size=30))
def test_any_name_of_an_exercise(name: str) -> None:
    if name in catalogue():
        return
    with pytest.raises(ExerciseError) as caught:
        load_exercise(name)
    assert str(caught.value)
