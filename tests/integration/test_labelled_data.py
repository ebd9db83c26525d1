"""What formcheck reaches on labelled tables of real people; skipped where they are not."""

from functools import cache
from pathlib import Path

import pytest
from tests.conftest import DATA

from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.study import Setting, Study, StudyResult
from formcheck.evaluation.table_studies import (
    movement_quality,
    plank_classes,
    sitting_classes,
    squat_phase,
    squat_reps,
)


@cache
def run(study: Study, name: str, **options: str) -> StudyResult:
    path = DATA / "labelled" / name
    if not path.is_dir():
        pytest.skip(f"there are no labelled tables in {path}; set FORMCHECK_TEST_DATA")
    no_films = PoseCache(Path("no-model"), Path("nowhere"))
    return study(Setting(DATA, no_films, {"path": f"labelled/{name}", **options}))


@pytest.mark.parametrize(
    ("study", "name", "options", "target"),
    [
        (plank_classes, "plank", {}, 0.97),
        (sitting_classes, "sitting", {}, 0.85),
        (squat_phase, "squat", {}, 0.97),
        (squat_reps, "kimore_squat", {"format": "distance"}, 0.95),
        (squat_reps, "rep_counting", {"format": "poses"}, 0.80),
    ],
)
def test_the_target_is_reached(study: Study, name: str, options: dict[str, str], target: float) -> None:
    result = run(study, name, **options)
    (row,) = [row for row in result.rows if row.target is not None]
    assert row.target == target
    assert row.estimate.value >= target, f"{row.name}: {row.estimate}"
    assert result.split


def test_the_shipped_plank_fits_people_it_was_not_made_from() -> None:
    rows = {(row.name, row.figure): row.estimate.value for row in run(plank_classes, "plank").rows}
    assert rows["shipped ideal edges", "accuracy"] >= 0.97
    assert rows["shipped: no fault where the hips are in line", "specificity"] >= 0.99


def test_depth_tells_most_bad_squats() -> None:
    rows = {(row.name, row.figure): row.estimate for row in run(movement_quality, "rehab_squat_lunge").rows}
    depth = rows["deep squat: thigh_inclination, median at the turn", "balanced accuracy"]
    assert depth.n == 100
    assert depth.value >= 0.70
