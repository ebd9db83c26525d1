"""`formcheck eval`: how right formcheck is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from formcheck.cli.models import Model, ready_model
from formcheck.errors import UserError

if TYPE_CHECKING:
    from formcheck.evaluation.study import StudyResult

_MARKS = {True: "reached", False: "not reached", None: ""}


def evaluate(
    manifest: Annotated[
        Path | None,
        typer.Argument(help="Studies to run (TOML) or a list of films (JSON). Default: all that formcheck has."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of films and labelled tables. Default: where the manifest is.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for accuracy.md and accuracy.json.")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="An earlier accuracy.json: exit code 1 if a figure has fallen since.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Run only the study of this id; may be repeated.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small part of each study, to see that it works.")] = False,
    model: Annotated[Model, typer.Option(help="Pose model.")] = "full",
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON and nothing else.")] = False,
) -> None:
    """Measure how right formcheck is, on films, labelled tables and rendered people.

    Example: formcheck eval --data my-data --out results
    """
    try:
        from formcheck.evaluation import manifest as manifests  # noqa: PLC0415 - needs an extra
        from formcheck.evaluation import report  # noqa: PLC0415
        from formcheck.evaluation.cache import PoseCache  # noqa: PLC0415
        from formcheck.evaluation.run import run  # noqa: PLC0415
        from formcheck.evaluation.study import Setting  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UserError(f"Measuring accuracy needs {error.name}: pip install 'formcheck[eval]'.") from error
    studies = manifest or manifests.STANDARD
    folder = data or (manifest.parent if manifest else Path.cwd())
    wanted = manifests.read_manifest(studies)
    before = report.read_figures(compare) if compare else {}  # said, if it cannot be read, before an hour of work
    console = Console(stderr=True)
    with console.status("") as status:
        setting = Setting(folder, PoseCache(ready_model(model)), quick=quick, on_progress=status.update)
        results = run(wanted, setting, only=only or (), on_study=status.update)
    worse = report.fallen(results, before)
    if out:
        report.write_results(results, out, _command(manifest, quick=quick))
    if as_json:
        typer.echo(report.as_json(results), nl=False)
    else:
        _print(results)
    for sentence in worse:
        typer.echo(sentence, err=True)
    if worse:
        raise typer.Exit(1)


def _command(manifest: Path | None, *, quick: bool) -> str:
    """Return the command for others to repeat, without the folders of this machine."""
    given = [manifest.name] if manifest else []
    return " ".join(["formcheck", "eval", *given, "--data", "DATA", *(["--quick"] if quick else [])])


def _print(results: "list[StudyResult]") -> None:
    from formcheck.evaluation.report import interval_text, value_text  # noqa: PLC0415 - needs an extra

    console = Console()
    for result in results:
        console.print(f"\n[bold]{result.title}[/bold]", highlight=False)
        if result.skipped:
            console.print(f"Skipped: {result.skipped}", highlight=False)
            continue
        table = Table("what", "figure", "value", "95 % interval", "on", "")
        for row in result.rows:
            on = f"{row.estimate.n} {row.counted}"
            table.add_row(row.name, row.figure, value_text(row), interval_text(row), on, _MARKS[row.reached])
        console.print(table)
