"""Find tables and arrays on disk, read them, and say in one sentence where they are wrong."""

import csv
import gzip
import math
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import MissingDataError, UserError

Array = NDArray[np.float64]
TABLES: Final = (".csv", ".csv.gz")
ARRAYS: Final = (".npz",)


@dataclass(frozen=True, slots=True)
class Rows:
    """The lines of a table as text; line numbers count from 1, as editors do."""

    path: Path
    lines: tuple[tuple[int, list[str]], ...]


def files_at(path: Path, endings: Sequence[str], what: str) -> list[Path]:
    """Return the files of some kind at a path: the file itself, or all in a folder and below it, by name.

    Parameters
    ----------
    path : Path
        File or folder.
    endings : sequence of str
        How the names may end.
    what : str
        What the files hold, for the sentence of the error.

    Raises
    ------
    MissingDataError
        If there is none.
    """
    if path.is_file():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.is_file() and file.name.lower().endswith(tuple(endings)))
    if not found:
        raise MissingDataError(f"There is no {' or '.join(endings)} file at {path}: {what}.")
    return found


def read_rows(path: Path) -> Rows:
    """Read a comma-separated table, packed or not; empty lines are left out.

    Raises
    ------
    MissingDataError
        If the file is not there.
    UserError
        If it cannot be read as text.
    """
    if not path.is_file():
        raise MissingDataError(f"There is no table {path}.")
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            reader = csv.reader(file)
            return Rows(path, tuple((reader.line_num, row) for row in reader if any(row)))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"The table {path} cannot be read: {error}.") from error


def table_with_header(path: Path, required: Iterable[str]) -> tuple[list[str], Rows]:
    """Read a table whose first line names its columns; returns the names and the lines below.

    Raises
    ------
    MissingDataError, UserError
        As `read_rows`; also if a required column is missing or a line has more or fewer cells than the header.
    """
    rows = read_rows(path)
    if len(rows.lines) < 2:
        raise UserError(f"The table {path} is empty.")
    header = [name.strip() for name in rows.lines[0][1]]
    if missing := [name for name in required if name not in header]:
        raise UserError(f"The table {path} has no column {missing[0]}.")
    body = rows.lines[1:]
    for number, row in body:
        if len(row) != len(header):
            raise UserError(f"{path}, line {number}: {len(row)} cells where the header names {len(header)} columns.")
    return header, Rows(path, body)


def numbers(rows: Rows, header: Sequence[str], columns: Sequence[str]) -> Array:
    """Return columns of a table as numbers, shape (lines, columns).

    Raises
    ------
    UserError
        If a cell is no finite number, with its line and column.
    """
    at = [header.index(name) for name in columns]
    try:
        found = np.array([[float(row[i]) for i in at] for _, row in rows.lines]).reshape(len(rows.lines), len(at))
    except ValueError:
        found = None
    if found is None or not np.isfinite(found).all():
        line, name, text = next(
            (line, header[i], row[i]) for line, row in rows.lines for i in at if not _is_number(row[i])
        )
        raise UserError(f"{rows.path}, line {line}, column {name}: {text!r} is not a number.")
    return found


def numbers_of_line(path: Path, line: int, cells: Iterable[str]) -> list[float]:
    """Return the cells of one line as numbers, empty ones left out; UserError as `numbers`."""
    filled = [cell for cell in cells if cell.strip()]
    for cell in filled:
        if not _is_number(cell):
            raise UserError(f"{path}, line {line}: {cell!r} is not a number.")
    return [float(cell) for cell in filled]


def arrays_of(path: Path) -> dict[str, Array]:
    """Read every array of an .npz file as floats.

    Raises
    ------
    MissingDataError
        If the file is not there.
    UserError
        If it is no such file, or holds something else than numbers.
    """
    if not path.is_file():
        raise MissingDataError(f"There is no file {path}.")
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: np.asarray(archive[name], np.float64) for name in archive.files}
    except (OSError, EOFError, ValueError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} holds no arrays of numbers that can be read: {error}.") from error


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
