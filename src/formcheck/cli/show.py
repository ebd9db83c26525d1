"""What an analysis looks like in a terminal."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from formcheck.engine.report import Finding, Report
from formcheck.engine.wording import headline, listed

if TYPE_CHECKING:
    from formcheck.app.analyse import Progress as FilmProgress

MARKS = {"met": "✓", "warning": "△", "fault": "▲", "unseen": "–"}
WORDS = {"met": "fine", "warning": "keep an eye on", "fault": "change", "unseen": "not assessable"}


@contextmanager
def film_progress(name: str, *, shown: bool) -> Iterator[Callable[["FilmProgress"], None] | None]:
    """Show a bar with pictures a second and time left while a film is read; give what to call with the progress."""
    if not shown:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None, rate="")

        def advance(progress: "FilmProgress") -> None:
            speed = bar.tasks[task].speed
            bar.update(
                task, completed=progress.done, total=progress.total, rate=f"{speed:.0f} frames/s" if speed else ""
            )

        yield advance


def print_report(report: Report, folder: Path | None, *, quiet: bool, as_json: bool) -> None:
    """Print the report as JSON, as a table with the path of the page, or not at all."""
    if as_json:
        from formcheck.app.results import tidy  # noqa: PLC0415 - only for this

        print(json.dumps(tidy(report.as_dict()), ensure_ascii=False, allow_nan=False))  # noqa: T201 - this is the output
        return
    if quiet:
        return
    console = Console()
    console.print()
    console.print(headline(report), style="bold", highlight=False)
    console.print(report.summary, highlight=False)
    if report.score.reason:
        console.print(f"No score: {report.score.reason}.", highlight=False)
    console.print(_findings(report))
    print_remarks(report, console)
    if folder:
        page = (folder / "report.html").resolve()
        console.print(f"Report: [link={page.as_uri()}]{page}[/link]", highlight=False, soft_wrap=True)


def print_remarks(report: Report, console: Console) -> None:
    """Print what did not count, with the reason, and what the reader should know about the film."""
    for attempt in report.attempts:
        console.print(f"Not counted, {attempt.t_start:.1f}–{attempt.t_end:.1f} s: {attempt.reason}.", highlight=False)
    for remark in report.remarks:
        console.print(remark, style="dim", highlight=False)


def _findings(report: Report) -> Table:
    noun = "holds" if report.holds else "reps"
    table = Table("", "rule", "what", noun, "value", "wanted", "why not assessed" if _unseen(report) else "")
    for rule in dict.fromkeys(f.rule for f in report.findings):
        found = [f for f in report.findings if f.rule == rule]
        for verdict in ("fault", "warning", "met", "unseen"):
            rows = [f for f in found if f.verdict == verdict]
            if rows:
                table.add_row(*_cells(rows))
    return table


def _unseen(report: Report) -> bool:
    return any(f.verdict == "unseen" for f in report.findings)


def _cells(rows: list[Finding]) -> list[str]:
    from formcheck.storage.wording import value_text, wanted_text  # noqa: PLC0415 - loads the page writer

    first = rows[0]
    where = [f.rep for f in rows if f.rep is not None]
    values = [f.value for f in rows if f.value is not None]
    middle = sorted(values)[len(values) // 2] if values else None
    return [
        MARKS[first.verdict],
        first.rule,
        first.name,
        listed(where) if where else "",
        WORDS[first.verdict] if middle is None else value_text(middle, first.unit, first.limits),
        wanted_text(first.limits, first.unit),
        first.reason or "",
    ]
