"""The report as one web page that opens from a disk, without a network.

Everything but the film is inside the page: style, script, the chart library and the stills. See
`docs/decisions/0007-report-with-plotly.md`.
"""

import base64
import hashlib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from formcheck.atomic import atomic_path, output_error
from formcheck.engine.filming import conditions_text
from formcheck.engine.report import Finding, Hold, Limits, Rep, Report
from formcheck.storage import report_page
from formcheck.storage.report_page import Stills
from formcheck.storage.watched_page import watched
from formcheck.storage.wording import (
    UNIT_SIGNS,
    clock,
    measured_text,
    percent,
    sentence,
    stretch,
    value_text,
    wanted_text,
)

PAGE: Final = "report.html"

_TEMPLATES: Final = Path(__file__).parent / "templates"
_NO_SOURCES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over the time of the film, for a chart.

    Attributes
    ----------
    name : str
        Name of the measure, to find the findings that belong to it.
    label : str
        What a person calls it.
    unit : str
    t : sequence of float
        Seconds of the film.
    values : sequence of float or None
        As many as `t`; None = unseen.
    limits : Limits or None
        The band to draw, where one band holds over the whole film.
    """

    name: str
    label: str
    unit: str
    t: Sequence[float]
    values: Sequence[float | None]
    limits: Limits | None = None

    def __post_init__(self) -> None:
        if len(self.t) != len(self.values):
            raise ValueError(f"series {self.name}: {len(self.t)} times but {len(self.values)} values")


def write_report_html(
    folder: Path,
    report: Report,
    *,
    series: Sequence[Series],
    stills: Stills,
    film: str | None,
    film_begins_s: float = 0.0,
    source_name: str,
    sources: Mapping[str, str] = _NO_SOURCES,
) -> Path:
    """Write the report as a web page that needs no network.

    Parameters
    ----------
    folder : Path
        Where `report.html` goes; made if missing.
    report : Report
    series : sequence of Series
        One chart each, in this order.
    stills : mapping of (rule id, moment) to bytes
        JPEG or PNG pictures of the worst moments, by the findings' `t_worst`.
    film : str or None
        File name of the annotated film in the same folder.
    film_begins_s : float
        Time of its first picture; later than 0 where only a part of a film was analysed.
    source_name : str
        Name of the film that was judged.
    sources : mapping of str to str, optional
        Full text of the source keys that rules name.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    OutputError
        If the page cannot be written.
    ValueError
        If `film` is not a plain file name.
    """
    if film is not None and Path(film).name != film:
        raise ValueError(f"the film must lie beside the report, so give its file name only, not {film!r}")
    words = _words(report, stills, source_name, sources)
    words["film"] = None if film is None else quote(os.fsencode(film))
    words["begins_s"], words["ends_s"] = film_begins_s, film_begins_s + report.quality.duration_s
    words["watched"] = watched(report, film_begins_s)
    page = _render(words, report, series)
    path = folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(path, error) from error
    with atomic_path(path) as pending:
        pending.write_bytes(page.encode("utf-8", "replace"))  # a file's name may hold what UTF-8 does not
    return path


def _words(report: Report, stills: Stills, source_name: str, sources: Mapping[str, str]) -> dict[str, Any]:
    """Return what the template writes."""
    changes = report_page.changes(report, stills)
    return {
        "report": report,
        "noun": report_page.noun_of(report),
        "headline": report_page.headline(report),
        "cards": report_page.cards(report),
        "changes": changes,
        "fine": report_page.fine(report),
        "unseen": report_page.unseen(report),
        "findings": report_page.all_findings(report),
        "words": report_page.VERDICT_WORDS,
        "sides": report_page.side_rows(report),
        "turns": report_page.turns(report),
        "conditions": report_page.conditions(report, source_name),
        "filming": conditions_text(report.conditions) if report.conditions else [],
        "versions": report_page.versions(report),
        "footnotes": report_page.footnotes(changes, sources),
    }


def _render(words: Mapping[str, Any], report: Report, series: Sequence[Series]) -> str:
    """Return the page: words, charts, and the scripts with the policy that admits them and no others."""
    script = _asset("report.js")
    library = Markup(get_plotlyjs()) if series else Markup("")  # noqa: S704 - shipped with plotly
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            **words,
            charts=[(one.label, "" if one.unit in UNIT_SIGNS else one.unit, _chart_label(one)) for one in series],
            phases=report_page.shaded_phases(report),
            chart_data=_chart_data(report, series, words["begins_s"], words["ends_s"]),
            policy=_policy([library, script]),
            style=_asset("report.css"),
            script=script,
            library=library,
        )
    )


def _chart_data(report: Report, series: Sequence[Series], begins_s: float, ends_s: float) -> dict[str, Any]:
    """Return what the page's script draws, as plain JSON values."""
    spans: tuple[Rep | Hold, ...] = (*report.reps, *report.holds)
    findings = report_page.all_findings(report)
    return {
        "series": [_series_data(one, findings) for one in series],
        "phases": [
            {"name": report_page.phase_word(p.name), "from": round(p.t_start, 3), "to": round(p.t_end, 3)}
            for p in report_page.phases(report)
        ],
        "shaded": report_page.shaded_phases(report),
        "spans": [{"label": str(s.index), "from": round(s.t_start, 3), "to": round(s.t_end, 3)} for s in spans],
        "begin": round(begins_s, 3),
        "end": round(ends_s, 3),
    }


def _series_data(series: Series, findings: Sequence[Finding]) -> dict[str, Any]:
    off = [f for f in findings if f.measure == series.name and f.verdict in ("fault", "warning")]
    return {
        "label": series.label,
        "unit": UNIT_SIGNS.get(series.unit, f" {series.unit}"),
        "sign": UNIT_SIGNS.get(series.unit, ""),
        "t": [round(t, 3) for t in series.t],
        "values": [round(v, 4) if v is not None and math.isfinite(v) else None for v in series.values],
        "limits": asdict(series.limits) if series.limits else None,
        "marks": [{"t": round(f.t_worst, 3), "name": f.name, "verdict": f.verdict} for f in off],
    }


def _chart_label(series: Series) -> str:
    """Describe a chart for somebody who does not see it."""
    seen = [v for v in series.values if v is not None and math.isfinite(v)]
    if not seen:
        return f"{series.label}: not seen"
    low, high = (value_text(v, series.unit, Limits()) for v in (min(seen), max(seen)))
    wanted = f", wanted {wanted_text(series.limits, series.unit)}" if series.limits else ""
    return f"{series.label} over time, from {low} to {high}{wanted}. The arrow keys move through the film."


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=clock, percent=percent, sentence=sentence, measured=measured_text, stretch=stretch, wanted=wanted_text
    )
    return environment


def _asset(name: str) -> Markup:
    """Return a file that is shipped with the page, to stand in it as it is."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _policy(scripts: Iterable[str]) -> str:
    """Return the content security policy: these very scripts, the film beside the page, and no connection at all."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(f"'sha256-{digest}'" for digest in hashes),
            "style-src 'unsafe-inline'",  # the chart library sets its styles from its script
            "img-src data:",
            "media-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
