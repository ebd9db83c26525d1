"""Pages and comparisons of results."""

import json
import math
from pathlib import Path

import pytest

from formcheck.errors import UserError
from formcheck.evaluation.report import FIGURES, PAGE, as_json, as_markdown, fallen, read_figures, write_results
from formcheck.evaluation.statistics import Estimate, share
from formcheck.evaluation.study import Row, StudyResult, Table


def result(hits: int = 97, error: float = 3.0) -> StudyResult:
    rows = (
        Row("planks", "accuracy", share(hits, 100), "frames in 9 blocks", target=0.97),
        Row("knee", "mean absolute error", Estimate(error, math.nan, math.nan, 40), "pictures", "°", 4.0, True),
        Row("knee", "bias", Estimate(-2.0, math.nan, math.nan, 40), "pictures", "°", compared=False),
    )
    table = Table("Films", ("film", "said"), (("a | b", "fault"),))
    return StudyResult("s", "Planks and knees", "Blocks left out.", rows, (table,), ("Of one man.",))


def stored(folder: Path, *results: StudyResult) -> dict[str, dict[str, float]]:
    path = folder / "before.json"
    path.write_text(as_json(results))
    return read_figures(path)


def test_the_page_shows_value_interval_count_target_and_whether_it_is_reached() -> None:
    page = as_markdown([result(96)], "formcheck eval")
    row = "| planks | accuracy | 96.0 % | 90.2 to 98.4 | 100 frames in 9 blocks | at least 97.0 % | **not reached** |"
    assert row in page.splitlines()
    assert "| knee | mean absolute error | 3.00 ° |  | 40 pictures | at most 4.00 ° | reached |" in page.splitlines()
    assert "| knee | bias | -2.00 ° |  | 40 pictures |  |  |" in page.splitlines()
    assert "- Of one man." in page.splitlines()
    assert "| a / b | fault |" in page.splitlines()
    assert "formcheck eval" in page


def test_a_skipped_study_says_why_on_the_page() -> None:
    page = as_markdown([StudyResult("s", "Planks", skipped="There is no file x.")], "c")
    assert "Not measured: There is no file x." in page


def test_json_has_no_nan(tmp_path: Path) -> None:
    found = json.loads(as_json([result()]))
    assert found["studies"][0]["rows"][1]["estimate"] == {"value": 3.0, "low": None, "high": None, "n": 40}


def test_both_files_are_written(tmp_path: Path) -> None:
    write_results([result()], tmp_path, "c")
    assert sorted(path.name for path in tmp_path.iterdir()) == [FIGURES, PAGE]


@pytest.mark.parametrize(
    ("hits", "error", "said"),
    [
        (97, 3.0, []),
        (96, 3.1, []),
        (99, 2.0, []),
        (95, 3.0, ["s: planks, accuracy fell from 0.97 to 0.95."]),
        (97, 3.3, ["s: knee, mean absolute error fell from 3 to 3.3."]),
    ],
)
def test_a_figure_may_not_fall(tmp_path: Path, hits: int, error: float, said: list[str]) -> None:
    assert fallen([result(hits, error)], stored(tmp_path, result())) == said


def test_a_figure_that_is_gone_is_said_and_a_skipped_study_is_not(tmp_path: Path) -> None:
    before = stored(tmp_path, result())
    gone = StudyResult("s", "Planks", rows=result().rows[:1])
    assert fallen([gone], before) == ["s: knee, mean absolute error is no longer measured; it was 3."]
    assert fallen([StudyResult("s", "Planks", skipped="no data")], before) == []


def test_an_unmeasured_figure_counts_as_fallen(tmp_path: Path) -> None:
    assert len(fallen([result(error=math.nan)], stored(tmp_path, result()))) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"studies": [{"id": "s"}]}', '{"studies": 3}'])
def test_what_holds_no_results_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UserError, match="does not hold results"):
        read_figures(path)
