"""Results of an evaluation as a page of Markdown, as JSON, and held against results of an earlier day."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from formcheck.atomic import atomic_path, output_error
from formcheck.errors import UserError
from formcheck.evaluation.study import Row, StudyResult, Table

PAGE: Final = "accuracy.md"
FIGURES: Final = "accuracy.json"
SHARE_MAY_FALL: Final = 0.01
"""By how much a share may be lower than before: machines differ in the last digits of what the pose model says."""
VALUE_MAY_GROW: Final = 0.05  # the same for errors, relative
ROUNDING: Final = 1e-9

_INTRODUCTION: Final = """# Accuracy

How right formcheck is, as measured by `formcheck eval`. This page is generated; do not edit it.

Every figure stands with how many it rests on and with its 95 % interval (Wilson's for shares of single trials;
resampling of whole films, people or blocks where neighbours belong together). "Not assessable" answers are counted
apart: they are neither right nor wrong. Rendered people are meshes whose joint angles are known exactly; they wear
plain clothes in a plain room, so real films are harder.
"""
_STORED: Final = TypeAdapter(dict[str, dict[str, float]])


def write_results(results: Sequence[StudyResult], folder: Path, command: str) -> None:
    """Write `PAGE` and `FIGURES` into a folder.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(folder, error) from error
    for name, text in ((PAGE, as_markdown(results, command)), (FIGURES, as_json(results))):
        with atomic_path(folder / name) as path:
            path.write_text(text, encoding="utf-8")


def as_json(results: Iterable[StudyResult]) -> str:
    """Return everything that was found as JSON; figures that do not exist are null."""
    found = {"studies": [asdict(result) for result in results]}
    return json.dumps(_without_nan(found), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def as_markdown(results: Sequence[StudyResult], command: str) -> str:
    """Return the page; `command` is what made it."""
    parts = [_INTRODUCTION, f"```\n{command}\n```\n", "## Targets\n", _targets(results)]
    parts += [_section(result) for result in results]
    return "\n".join(parts)


def fallen(results: Iterable[StudyResult], before: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Say which figures are worse than before; studies that were skipped cannot be compared.

    Parameters
    ----------
    results : iterable of StudyResult
    before : mapping
        What `read_figures` returned of an earlier run.

    Returns
    -------
    list of str
        One sentence for each figure that fell or is missing; empty where all is well.
    """
    sentences: list[str] = []
    for result in results:
        if result.skipped:
            continue
        now = {key(row): row for row in result.rows}
        for name, old in before.get(result.id, {}).items():
            if name not in now:
                sentences.append(f"{result.id}: {name} is no longer measured; it was {old:g}.")
            elif _worse(now[name], old):
                sentences.append(f"{result.id}: {name} fell from {old:.4g} to {now[name].estimate.value:.4g}.")
    return sentences


def key(row: Row) -> str:
    """Return what tells a row from the others of its study."""
    return f"{row.name}, {row.figure}"


def value_text(row: Row) -> str:
    """Return a row's value as people read it."""
    return _number(row.estimate.value, row.unit)


def interval_text(row: Row) -> str:
    """Return the ends of a row's interval, empty where it has none."""
    low, high = row.estimate.low, row.estimate.high
    return "" if math.isnan(low) else f"{_number(low, row.unit, bare=True)} to {_number(high, row.unit, bare=True)}"


def _targets(results: Iterable[StudyResult]) -> str:
    rows = [(result, row) for result in results for row in result.rows if row.target is not None]
    lines = ["| what | figure | value | 95 % interval | on | target | |", "|---|---|---|---|---|---|---|"]
    for result, row in rows:
        what = f"[{result.title}](#{_anchor(result.title)}): {row.name}"
        lines.append(f"| {what} | {_cells(row)} |")
    return "\n".join(lines) + "\n"


def _section(result: StudyResult) -> str:
    lines = [f"## {result.title}\n"]
    if result.skipped:
        return "\n".join([*lines, f"Not measured: {result.skipped}\n"])
    lines.append(f"{result.split}\n")
    lines += ["| what | figure | value | 95 % interval | on | target | |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {row.name} | {_cells(row)} |" for row in result.rows]
    lines += ["", *(f"- {note}" for note in result.notes), *([""] if result.notes else [])]
    lines += [_details(table) for table in result.tables if table.cells]
    return "\n".join(lines)


def _cells(row: Row) -> str:
    mark = {True: "reached", False: "**not reached**", None: ""}[row.reached]
    target = (
        ""
        if row.target is None
        else f"{'at most' if row.lower_is_better else 'at least'} {_number(row.target, row.unit)}"
    )
    count = f"{row.estimate.n} {row.counted}"
    return " | ".join((row.figure, value_text(row), interval_text(row), count, target, mark))


def _details(table: Table) -> str:
    lines = [f"<details><summary>{table.title}</summary>\n", f"| {' | '.join(table.columns)} |"]
    lines.append("|" + "---|" * len(table.columns))
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |" for cells in table.cells]
    return "\n".join([*lines, "\n</details>\n"])


def _number(value: float, unit: str, *, bare: bool = False) -> str:
    if math.isnan(value):
        return "–"
    if unit == "%":
        return f"{100.0 * value:.1f}" + ("" if bare else " %")
    text = f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"
    return text if bare or not unit else f"{text} {unit}"


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _worse(row: Row, old: float) -> bool:
    value = row.estimate.value
    if math.isnan(value):
        return True
    worse_by = value - old if row.lower_is_better else old - value
    return worse_by > (SHARE_MAY_FALL if row.unit == "%" else VALUE_MAY_GROW * abs(old)) + ROUNDING


def read_figures(path: Path) -> dict[str, dict[str, float]]:
    """Read the figures of an earlier run that are guarded, by study and name, from a `FIGURES` file.

    Raises
    ------
    UserError
        If the file is missing or holds no results of an evaluation.
    """
    try:
        studies = json.loads(path.read_text(encoding="utf-8"))["studies"]
        values = {
            study["id"]: {
                f"{row['name']}, {row['figure']}": row["estimate"]["value"]
                for row in study["rows"]
                if row["compared"] and row["estimate"]["value"] is not None
            }
            for study in studies
        }
        return _STORED.validate_python(values)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise UserError(f"{path} does not hold results of an evaluation: {error}.") from error


def _without_nan(found: Any) -> Any:
    if isinstance(found, float):
        return None if math.isnan(found) else round(found, 6)
    if isinstance(found, Mapping):
        return {name: _without_nan(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [_without_nan(value) for value in found]
    return found
