"""Two films of one set, judged together: real pose estimates of rendered people."""

from pathlib import Path

import pytest

from formcheck.app.analyse import FilmPart
from formcheck.app.two_films import analyse_two
from formcheck.errors import UserError
from formcheck.exercise.load import load_exercise
from formcheck.synth.clip import write_clip

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the same squats, knees caving in, from the side and from the front."""
    folder = tmp_path_factory.mktemp("films")
    for name, yaw_deg in (("side", 0.0), ("front", 90.0)):
        write_clip(folder / f"{name}.mp4", "squat", fault="knees_cave", reps=2, yaw_deg=yaw_deg)
    return folder / "side.mp4", folder / "front.mp4"


def test_each_side_adds_what_it_shows(films: tuple[Path, Path], pose_model: Path, tmp_path: Path) -> None:
    side, front = (FilmPart(film) for film in films)
    out = tmp_path / "out"
    report = analyse_two(side, front, load_exercise("squat"), pose_model, out=out)
    assert len(report.reps) == 2
    judged = {f.rule: f for f in report.reps[0].findings}
    assert judged["SQ-01"].verdict == "met"  # only the side shows depth
    assert judged["SQ-08"].verdict == "fault"  # only the front shows the knees
    assert report.second is not None
    assert report.second.offset_s == pytest.approx(0.0, abs=0.35)
    assert report.second.paired == 2
    assert {file.name for file in out.iterdir()} == {
        *("report.html", "report.json", "reps.csv", "measures.csv", "poses.parquet", "annotated.mp4"),
        *("second_poses.parquet", "second_annotated.mp4"),
    }


def test_two_films_from_one_side_are_refused_and_nothing_is_left(
    films: tuple[Path, Path], pose_model: Path, tmp_path: Path
) -> None:
    side = FilmPart(films[0])
    with pytest.raises(UserError, match="Both films show the body from the side"):
        analyse_two(side, side, load_exercise("squat"), pose_model, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_posture_has_no_reps_to_align(films: tuple[Path, Path], pose_model: Path, tmp_path: Path) -> None:
    side, front = (FilmPart(film) for film in films)
    with pytest.raises(UserError, match="analyse each film by itself"):
        analyse_two(side, front, load_exercise("desk_side"), pose_model, out=tmp_path / "out")
