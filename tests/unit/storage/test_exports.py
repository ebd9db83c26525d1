import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.errors import OutputError
from formcheck.storage.exports import write_csv, write_json


def test_csv(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"rep": 1, "knee_deg": 91.25, "verdict": "met", "hidden": 1},
        {"rep": np.int64(2), "knee_deg": math.nan, "verdict": 'deep, "very"\ndeep'},
        {"rep": 3, "knee_deg": np.float32("nan"), "verdict": None},
        {"rep": 4, "knee_deg": np.float64(0.1)},
    ]
    path = tmp_path / "reps.csv"
    write_csv(path, iter(rows), ["rep", "verdict", "knee_deg"])
    assert path.read_bytes().decode("utf-8") == (
        'rep,verdict,knee_deg\r\n1,met,91.25\r\n2,"deep, ""very""\ndeep",\r\n3,,\r\n4,,0.1\r\n'
    )


@given(st.lists(st.tuples(st.floats(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))))
def test_csv_reads_back(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[float, str]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    write_csv(path, ({"value": value, "größe": text} for value, text in cells), ["value", "größe"])
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["value", "größe"]
    assert [row[1] for row in rows] == [text for _, text in cells]
    values = [float(row[0]) if row[0] else math.nan for row in rows]
    assert np.array_equal(values, [value for value, _ in cells], equal_nan=True)


def test_a_row_that_fails_leaves_the_older_table(tmp_path: Path) -> None:
    def rows() -> Any:
        yield {"t": 1}
        raise ZeroDivisionError

    path = tmp_path / "table.csv"
    path.write_text("older")
    with pytest.raises(ZeroDivisionError):
        write_csv(path, rows(), ["t"])
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_json_keeps_the_order_and_the_letters(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    value = {"b": [1, 2.5, None, True], "a": {"name": "Kniebeuge, größer"}}
    write_json(path, value)
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == value
    assert text.index('"b"') < text.index('"a"')
    assert "größer" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize("value", [math.nan, math.inf, {"deep": [{"er": -math.inf}]}])
def test_json_refuses_what_json_does_not_know(tmp_path: Path, value: object) -> None:
    path = tmp_path / "report.json"
    path.write_text("older")
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(path, value)
    assert path.read_text() == "older"


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        write_json(tmp_path / "nowhere" / "report.json", {})
    with pytest.raises(OutputError, match="there is no folder"):
        write_csv(tmp_path / "nowhere" / "table.csv", [], ["t"])
