"""Tables and JSON for other programs."""

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from formcheck.atomic import atomic_path


def write_csv(path: Path | str, rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Write a table as UTF-8 CSV with a header line, commas, decimal points and seconds as plain numbers.

    Parameters
    ----------
    path : Path or str
        Where the file shall appear.
    rows : Iterable of Mapping
        Column name to value. None, NaN and a missing name give an empty cell; names not in `columns` are left out.
    columns : Sequence of str
        Which columns, in this order.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there stays.
    """
    with atomic_path(Path(path)) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def write_json(path: Path | str, value: Any) -> None:
    """Write a value as readable UTF-8 JSON, keys in the order given.

    Parameters
    ----------
    path : Path or str
        Where the file shall appear.
    value : Any
        Made of what JSON knows.

    Raises
    ------
    ValueError, TypeError
        If the value holds a NaN or infinity, or something that JSON does not know.
    OutputError
        If the file cannot be written; what was there stays.
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=2)
    with atomic_path(Path(path)) as temporary:
        temporary.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _cell(value: object) -> object:
    if isinstance(value, Real) and math.isnan(value):
        return None
    return value
