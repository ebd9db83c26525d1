"""Lists of films as people write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from formcheck.errors import MissingDataError, UserError
from formcheck.evaluation.films import exercise_named, read_films


def listed(folder: Path, *films: dict[str, Any]) -> Path:
    path = folder / "films.json"
    path.write_text(json.dumps(films))
    for film in films:
        (folder / film["file"]).touch()
    return path


@pytest.mark.parametrize(
    ("words", "exercise"),
    [
        ("deadlift", "deadlift"),
        ("romanian_deadlift", "romanian_deadlift"),
        ("deadlift (conventional barbell)", "deadlift"),
        ("Romanian deadlift / hip hinge with resistance band", "romanian_deadlift"),
        ("bird dog", "bird_dog"),
        ("forearm plank", "plank"),
        ("bodyweight squat", "squat"),
        ('push-up ("worm")', None),
        ("supine pelvic tilt (NOT a bridge: buttocks stay down)", None),
        ("standing posture, turning on the spot", "standing_front"),
        ("side plank on the forearm", "side_plank"),
        ("walking lunge", "lunge"),
        ("walking on a treadmill", "walking"),
        ("Glute bridge", "glute_bridge"),
        ("superman (back extension on the floor)", "back_extension"),
        ("cable row, seated", "seated_row"),
        ("bent-over row with a barbell", "bent_over_row"),
        ("cat-cow on hands and knees", "cat_cow"),
        ("child's pose", "child_pose"),
        ("thoracic rotation on all fours (twist)", "quadruped_twist"),
        ("seated twist", "seated_twist"),
        ("lifting from the floor, a box", "floor_lift"),
        ("burpee", None),
        ("", None),
    ],
)
def test_exercises_are_known_by_id_and_by_what_people_call_them(words: str, exercise: str | None) -> None:
    assert exercise_named(words) == exercise


@pytest.mark.parametrize(
    ("words", "view", "exercise"),
    [
        ("sitting at a desk", "side, slightly from behind", "desk_side"),
        ("sitting at a desk", "front", "desk_front"),
        ("writing at a desk", "front", "desk_front"),
        ("standing posture", "side", "standing_side"),
        ("standing posture", "back", "standing_front"),
        ("standing posture", "", "standing_front"),
        ("deadlift", "front", "deadlift"),
    ],
)
def test_postures_go_by_where_they_are_filmed_from(words: str, view: str, exercise: str) -> None:
    assert exercise_named(words, view) == exercise


@pytest.mark.parametrize(
    ("reps", "count"),
    [
        (5, 5),
        ("hold 2.6 s", 1),
        ("4 ascents / 3 full top-to-top reps (starts at the bottom)", 4),
        ("10 (1 s loop repeated)", 10),
        ("2-3 (uncertain)", None),
        ("n/a", None),
        (None, None),
    ],
)
def test_counts_are_numbers_or_not_used(tmp_path: Path, reps: object, count: int | None) -> None:
    (film,) = read_films(listed(tmp_path, {"file": "a.mp4", "exercise": "deadlift", "reps": reps}))
    assert film.reps == count


def test_a_recording_counts_as_a_film(tmp_path: Path) -> None:
    (film,) = read_films(listed(tmp_path, {"file": "a.poses.parquet", "exercise": "squat", "reps": 3}))
    assert (film.name, film.exercise, film.reps) == ("a", "squat", 3)


def test_photos_and_films_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    path = listed(tmp_path, {"file": "a.mp4"}, {"file": "b.jpg"}, {"file": "c.mp4"})
    (tmp_path / "c.mp4").unlink()
    assert [film.name for film in read_films(path)] == ["a"]


def test_an_absent_list_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"none\.json"):
        read_films(tmp_path / "none.json")


def test_a_list_whose_films_are_all_absent_is_missing_data(tmp_path: Path) -> None:
    path = listed(tmp_path, {"file": "a.mp4"})
    (tmp_path / "a.mp4").unlink()
    with pytest.raises(MissingDataError, match="None of the films"):
        read_films(path)


@pytest.mark.parametrize(("text", "where"), [("{}", "list"), ('[{"exercise": "plank"}]', r"0\.file"), ("[", "JSON")])
def test_what_is_no_list_is_named(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "films.json"
    path.write_text(text)
    with pytest.raises(UserError, match=where):
        read_films(path)
