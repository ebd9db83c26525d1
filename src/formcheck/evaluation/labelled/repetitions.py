"""Films whose repetitions people have counted: head-to-foot distances, and poses rescaled to the body's own box."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from formcheck.body.landmarks import COUNT
from formcheck.body.pose import Array, Pose
from formcheck.errors import MissingDataError, UserError
from formcheck.evaluation.labelled.files import (
    ARRAYS,
    TABLES,
    arrays_of,
    files_at,
    numbers,
    numbers_of_line,
    read_rows,
    table_with_header,
)

FPS: Final = 30.0
"""Pictures a second, taken to be so where the source does not say."""
_BOX_PX: Final = (1000, 1000)
_COORDINATES: Final = 3 * COUNT


@dataclass(frozen=True, slots=True, eq=False)
class DistanceFilm:
    """One film of squats: head-to-foot distance in metres at `FPS`, shape (frames,), and its counted repetitions."""

    name: str
    distance_m: Array
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class PoseFilm:
    """One film with its exercise and its counted repetitions.

    `poses` are stretched to the body's own box in every picture, so that angles and lengths across the picture mean
    nothing: only heights within one pose can be compared.
    """

    name: str
    exercise: str
    count: int
    poses: tuple[Pose, ...]


def read_distances(path: Path) -> list[DistanceFilm]:
    """Read head-to-foot distances and the first and last frame of every repetition.

    Parameters
    ----------
    path : Path
        A folder with tables without header: those with "label" in their name say ``film,start,end,start,end,...``,
        the others ``film,distance,distance,...``; or the table of distances, with the labels beside it.

    Raises
    ------
    MissingDataError
        If the one or the other is not there.
    UserError
        If a line cannot be read, or a film has no labels.
    """
    files = files_at(path.parent if path.is_file() else path, TABLES, "head-to-foot distances of squats")
    label_files = [file for file in files if "label" in file.name.lower()]
    distance_files = [path] if path.is_file() else [file for file in files if file not in label_files]
    if not label_files or not distance_files:
        absent = "distances" if label_files else "labels (a table with 'label' in its name)"
        raise MissingDataError(f"There are no {absent} of squats at {path}.")
    counts = {name: _count(file, line, marks) for file in label_files for line, name, marks in _named(file)}
    films = [(file, *entry) for file in distance_files for entry in _named(file)]
    if unlabelled := [name for _, _, name, _ in films if name not in counts]:
        raise UserError(f"{label_files[0]} has no line for the film {unlabelled[0]}.")
    return [DistanceFilm(name, _distances(file, line, found), counts[name]) for file, line, name, found in films]


def read_pose_films(path: Path, *, types: frozenset[str] | None = None) -> list[PoseFilm]:
    """Read counted films of poses.

    Parameters
    ----------
    path : Path
        A folder with a table (columns ``type``, ``name``, ``count``), and below it one .npz file for each film.
    types : set of str, optional
        Exercises to read; all where left out.

    Raises
    ------
    MissingDataError
        If the table or a film is not there.
    UserError
        If the table or a film cannot be read or has another shape.
    """
    films = []
    there = {file.stem: file for file in files_at(path, ARRAYS, "poses of counted exercises")}
    for table in files_at(path, TABLES, "the counts of the films of poses"):
        header, rows = table_with_header(table, ("type", "name", "count"))
        counts = numbers(rows, header, ["count"])[:, 0]
        for (_, row), count in zip(rows.lines, counts, strict=True):
            name, exercise = Path(row[header.index("name")].strip()).stem, row[header.index("type")].strip()
            if types is not None and exercise not in types:
                continue
            if name not in there:
                raise MissingDataError(f"The film {name} of {table} has no .npz file at {path}.")
            films.append(PoseFilm(name, exercise, int(count), _poses(there[name])))
    return films


def _named(path: Path) -> list[tuple[int, str, list[float]]]:
    """Return line number, name and numbers of every line."""
    found = [(line, row[0].strip(), numbers_of_line(path, line, row[1:])) for line, row in read_rows(path).lines]
    if not found:
        raise UserError(f"The table {path} is empty.")
    return found


def _count(path: Path, line: int, marks: list[float]) -> int:
    if len(marks) % 2:
        raise UserError(f"{path}, line {line}: {len(marks)} frames; every repetition needs a first and a last one.")
    return len(marks) // 2


def _distances(path: Path, line: int, found: list[float]) -> Array:
    if not found or min(found) <= 0:
        raise UserError(f"{path}, line {line}: a film needs distances, all of them above 0.")
    return np.array(found)


def _poses(path: Path) -> tuple[Pose, ...]:
    arrays = arrays_of(path)
    if len(arrays) != 1:
        raise UserError(f"{path} holds {len(arrays)} arrays; one is wanted.")
    (table,) = arrays.values()
    if table.ndim != 2 or table.shape[1] < _COORDINATES or not np.isfinite(table).all():
        raise UserError(f"{path} has shape {table.shape}; (frames, {_COORDINATES} or more) of numbers is wanted.")
    points = table[:, :_COORDINATES].reshape(-1, COUNT, 3) * _BOX_PX[0]
    return tuple(_pose(i / FPS, point) for i, point in enumerate(points))


def _pose(t: float, points: Array) -> Pose:
    if not points.any():
        return Pose.nobody(t, _BOX_PX)
    return Pose(t, points[:, :2], points, np.ones(COUNT), _BOX_PX)
