"""A day or a week at the desk as one web page, which opens from a disk, prints, and loads and runs nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from formcheck.atomic import atomic_path
from formcheck.exercise.language import Language
from formcheck.storage.day import Overview
from formcheck.storage.day_words import Shown, duration, shown

_TEMPLATES: Final = Path(__file__).parent / "templates"
_MOST_LABELS: Final = 12
"""So many hours can be named below a ribbon on a phone."""


def write_day_page(path: Path, overview: Overview, language: Language) -> None:
    """Write the page of a day or several.

    Parameters
    ----------
    path : Path
    overview : Overview
    language : Language

    Raises
    ------
    OutputError
        If the page cannot be written; what was there before stays.
    """
    page = day_page(shown(overview, language), language)
    with atomic_path(path) as pending:
        pending.write_text(page, encoding="utf-8")


def day_page(told: Shown, language: Language) -> str:
    """Return the page of a day or several."""
    scale = _Scale(told.first_hour, told.last_hour)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "across": scale.across,
        "wide": scale.wide,
        "clock": hour_clock,
        "duration": duration,
    }
    environment.filters.update(filters)
    return environment.get_template("day.html.j2").render(
        shown=told,
        words=language.page,
        language=language.code,
        hours=list(range(told.first_hour, told.last_hour + 1)),
        every=1 if told.last_hour - told.first_hour <= _MOST_LABELS else 3,
        most_in_an_hour=max((seconds for rule in told.rules for seconds in rule.by_hour), default=1.0),
        style=Markup((_TEMPLATES / "day.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )


def hour_clock(hours: float) -> str:
    """Return hours since midnight as a clock shows them.

    >>> hour_clock(9.0833)
    '9:05'
    """
    minutes = round(hours * 60.0)
    return f"{minutes // 60}:{minutes % 60:02d}"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Hours laid out over a width, in percent."""

    first_hour: int
    last_hour: int

    def across(self, hour: float) -> float:
        """Return where an hour lies."""
        return self.wide(hour - self.first_hour)

    def wide(self, hours: float) -> float:
        """Return how wide so many hours are."""
        return round(100.0 * hours / (self.last_hour - self.first_hour), 3)
