"""The pages of the exercises in the documentation are those that the files of the catalogue make."""

from pathlib import Path
from typing import Final

import pytest

from formcheck.cli.exercise_text import exercise_page, index_page, measures_page
from formcheck.exercise.load import catalogue, load_exercise

PAGES: Final = Path(__file__).parents[2] / "docs" / "exercises"

WRITE_ANEW: Final = "out of date; run: formcheck exercises pages docs/exercises"


@pytest.mark.parametrize("name", catalogue())
def test_the_page_is_what_would_be_written_now(name: str) -> None:
    page = PAGES / f"{name}.md"
    assert page.is_file(), WRITE_ANEW
    assert page.read_text(encoding="utf-8") == exercise_page(load_exercise(name)), WRITE_ANEW


def test_the_index_is_what_would_be_written_now() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert index == index_page([load_exercise(name) for name in catalogue()]), WRITE_ANEW


def test_the_page_of_measures_is_what_would_be_written_now() -> None:
    assert (PAGES / "measures.md").read_text(encoding="utf-8") == measures_page(), WRITE_ANEW


def test_no_page_is_left_of_an_exercise_that_is_gone() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == {"README", "measures", *catalogue()}
