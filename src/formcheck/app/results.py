"""Write what an analysis found into a folder: all of it, or nothing."""

import math
import shutil
import tempfile
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from formcheck.atomic import output_error
from formcheck.body import MEASURES
from formcheck.engine.report import Episode, Hold, Limits, Rep, Report
from formcheck.engine.sampling import Sample
from formcheck.errors import UserError
from formcheck.exercise.load import sources
from formcheck.exercise.spec import Exercise, Rule
from formcheck.storage.exports import write_csv, write_json
from formcheck.storage.html import Series, write_report_html
from formcheck.storage.wording import SHARES

DECIMALS: Final = 4
MAX_POINTS: Final = 3000
"""Points in a chart; more cannot be told apart on a page."""
LEVELS: Final = ("median", "mean", "max", "min", "extreme")
"""Reducers whose result is a value that the measure had."""
FILM: Final = "annotated.mp4"
POSES: Final = "poses.parquet"


class SampleTable:
    """The samples of a session, for charts and tables; compact enough for long films.

    Parameters
    ----------
    names : tuple of str
        The measures of every sample, in their order.

    Attributes
    ----------
    t : array of float
        Seconds.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.t = array("d")
        self._names = names
        self._values = array("d")  # one row after the other

    def add(self, sample: Sample) -> None:
        """Append one sample."""
        self.t.append(sample.t)
        self._values.extend(sample.values.values())

    @property
    def columns(self) -> dict[str, "array[float]"]:
        """The values of each measure, unseen ones as NaN."""
        return {name: self._values[at :: len(self._names)] for at, name in enumerate(self._names)}

    def rows(self) -> Iterator[Mapping[str, object]]:
        """Return one row a sample, unseen values as NaN."""
        columns = self.columns
        for t, *values in zip(self.t, *columns.values(), strict=True):
            yield {"t": t, **dict(zip(columns, values, strict=True))}


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a temporary folder; when the block succeeds its files move into `out`, when it fails nothing is left.

    Raises
    ------
    UserError
        If `out` is a file.
    OutputError
        If the folder cannot be made or written.
    """
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file; name a folder for the report.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise output_error(out, error) from None
    try:
        yield folder
        out.mkdir(exist_ok=True)
        for file in sorted(folder.iterdir()):
            file.replace(out / file.name)
    except OSError as error:
        raise output_error(out, error) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_results(
    folder: Path,
    report: Report,
    exercise: Exercise,
    samples: SampleTable,
    *,
    source_name: str,
    stills: Mapping[tuple[str, float], bytes],
    film: str | None,
) -> None:
    """Write report.json, report.html, measures.csv, and reps.csv, or episodes.csv for a watched posture."""
    write_json(folder / "report.json", tidy(report.as_dict()))
    if exercise.movement.kind == "watch":
        write_csv(folder / "episodes.csv", map(asdict, report.episodes), Episode.__slots__)
    else:
        rows = [_row(part, exercise.movement.counts) for part in report.reps or report.holds]
        write_csv(folder / "reps.csv", rows, _columns(exercise))
    write_csv(folder / "measures.csv", samples.rows(), ["t", *samples.columns])
    write_report_html(
        folder,
        report,
        series=[_series(name, exercise, samples) for name in exercise.charts],
        stills=stills,
        film=film,
        film_begins_s=samples.t[0] if samples.t else 0.0,
        source_name=source_name,
        sources=sources(),
    )


def tidy(value: Any) -> Any:
    """Round every float, all the way down; a report of microdegrees pretends to know too much."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: tidy(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(v) for v in value]
    return value


def _columns(exercise: Exercise) -> list[str]:
    if exercise.movement.kind == "hold":
        own = ["t_start", "t_end", "good_time_s", "best_streak_s"]
    else:
        own = ["t_start", "t_turn", "t_end", "range_of_motion"]
    first = [exercise.movement.counts, "side", *own, "score", "coverage"]
    return [*first, *(f"{rule.id} {what}" for rule in exercise.rules for what in ("verdict", "value"))]


def _row(part: Rep | Hold, counts: str) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(part, name) for name in part.__slots__ if name not in ("index", "findings")}
    row[counts] = part.index
    for finding in part.findings:
        row[f"{finding.rule} verdict"] = finding.verdict
        row[f"{finding.rule} value"] = finding.value
    return row


def _series(name: str, exercise: Exercise, samples: SampleTable) -> Series:
    measure = MEASURES[name]
    share = SHARES.get(measure.unit)  # lengths on the body are shown in percent of it
    scale = 1.0 if share is None else 100.0
    step = max(1, math.ceil(len(samples.t) / MAX_POINTS))
    values = [scale * v if math.isfinite(v) else None for v in samples.columns[name][::step]]
    plain = next((r for r in exercise.rules if _holds_all_along(r, name)), None)
    edges = (plain.ideal_min, plain.ideal_max, plain.fault_below, plain.fault_above) if plain else ()
    limits = Limits(*(None if edge is None else scale * edge for edge in edges)) if plain else None
    unit = measure.unit if share is None else f"% {share}"
    return Series(name, measure.label, unit, list(samples.t[::step]), values, limits)


def _holds_all_along(rule: Rule, measure: str) -> bool:
    """Whether a rule is about plain values over a long span, so that its band may be drawn behind the whole curve."""
    plain = rule.relative_to is None and rule.reduce in LEVELS
    return rule.measure == measure and plain and rule.over in ("hold", "rep", "cycle", "window")
