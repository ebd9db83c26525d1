"""Lists of films: what is to be seen in each, as people wrote it down."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from formcheck.errors import MissingDataError, UserError
from formcheck.exercise.load import catalogue, load_exercise

_SUFFIXES: Final = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".parquet")
_IN_WORDS: Final = (
    ("seated cat-cow", "desk_side"),
    ("romanian deadlift", "romanian_deadlift"),
    ("hip hinge", "romanian_deadlift"),
    ("deadlift", "deadlift"),
    ("bird dog", "bird_dog"),
    ("side plank", "side_plank"),
    ("plank", "plank"),
    ("squat", "squat"),
    ("lunge", "lunge"),
    ("glute bridge", "glute_bridge"),
    ("superman", "back_extension"),
    ("back extension", "back_extension"),
    ("cable row", "seated_row"),
    ("seated row", "seated_row"),
    ("bent-over row", "bent_over_row"),
    ("cat-cow", "cat_cow"),
    ("child's pose", "child_pose"),
    ("thoracic rotation", "quadruped_twist"),
    ("twist", "seated_twist"),
    ("lifting from the floor", "floor_lift"),
    ("walking", "walking"),
)
"""What people call the exercises of the catalogue, the longer name before the shorter one that it contains."""
_POSTURES: Final = (("standing", "standing"), ("sitting", "desk"), ("writing at a desk", "desk"))
"""Postures are watched under another name from the side than from the front."""
_NUMBER: Final = re.compile(r"^\s*(\d+)(?![\d.])(?!\s*-)")
_HOLD: Final = re.compile(r"hold\s+(\d+(?:\.\d+)?)\s*s")


class _Entry(BaseModel):
    """One film or photo of a list; what else stands there is for people."""

    model_config = ConfigDict(extra="ignore")

    file: str
    exercise: str = ""
    reps: int | str | None = None
    form: str | None = None
    view: str | None = None
    duration_s: float | None = None


_LIST: Final = TypeAdapter(list[_Entry])


@dataclass(frozen=True, slots=True)
class LabelledFilm:
    """One film and what is known of it.

    Attributes
    ----------
    path : Path
    name : str
        Short, for tables.
    described : str
        What is done, in words.
    exercise : str or None
        The exercise of the catalogue, None where it is none of them.
    reps : int or None
        Full repetitions or holds, None where the list does not say.
    form : str
        How well it is done, in words.
    """

    path: Path
    name: str
    described: str
    exercise: str | None
    reps: int | None
    form: str


def read_films(path: Path) -> list[LabelledFilm]:
    """Read a list of films and pose recordings; photos in it are left out.

    Parameters
    ----------
    path : Path
        A JSON list of objects with ``file`` (relative to the list) and, as far as known, ``exercise`` (an id of the
        catalogue, or words), ``reps`` (a number, ``"4 ascents / ..."``, ``"hold 2.6 s"``) and ``form``.

    Raises
    ------
    MissingDataError
        If the list is not there, or none of its films is.
    UserError
        If it is no such list.
    """
    if not path.is_file():
        raise MissingDataError(f"There is no list of films at {path}.")
    try:
        entries = _LIST.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"The list of films {path} cannot be used: {where}: {first['msg']}.") from error
    films = [_film(path.parent, entry) for entry in entries if Path(entry.file).suffix.lower() in _SUFFIXES]
    there = [film for film in films if film.path.is_file()]
    if not there:
        raise MissingDataError(f"None of the films that {path} lists is there.")
    return there


def _film(folder: Path, entry: _Entry) -> LabelledFilm:
    path = folder / entry.file
    exercise = exercise_named(entry.exercise, entry.view or "")
    watched = exercise is not None and load_exercise(exercise).movement.kind == "watch"
    reps = None if watched else _count(entry.reps)
    return LabelledFilm(path, path.name.split(".")[0], entry.exercise, exercise, reps, entry.form or "")


def exercise_named(words: str, view: str = "") -> str | None:
    """Return the catalogue's id for an id or for what people call the exercise; None where it is none of them.

    Postures go by where they are filmed from, which `view` says in words.
    """
    if words in catalogue():
        return words
    plain = words.lower().split("(")[0]
    if "push-up" in plain or "pelvic" in plain:
        return None
    named = next((name for phrase, name in _IN_WORDS if phrase in plain and name in catalogue()), None)
    posture = next((name for phrase, name in _POSTURES if plain.startswith(phrase)), None)
    if named is not None or posture is None:
        return named
    watched = f"{posture}_{'side' if view.startswith('side') else 'front'}"
    return watched if watched in catalogue() else None


def _count(reps: int | str | None) -> int | None:
    """Read a number of repetitions, or one hold; ranges and doubtful numbers are not used."""
    if reps is None or isinstance(reps, int):
        return reps
    if _HOLD.search(reps):
        return 1
    found = _NUMBER.match(reps)
    return int(found[1]) if found else None
