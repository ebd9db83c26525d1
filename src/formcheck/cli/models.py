"""`formcheck models`: fetch, list and check the pose models, and what finds poses in a browser."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from formcheck.errors import ModelError
from formcheck.estimators import models

app = typer.Typer(
    name="models", help="Fetch, list and check the pose models and the browser package.", no_args_is_help=True
)

_STATES = {
    "missing": "not here: formcheck models pull {name}",
    "published": "here, as published",
    "adopted": "here, intact, not from the published packages",
    "damaged": "damaged: formcheck models pull {name}",
}

Model = Literal["lite", "full", "heavy"]
Name = Annotated[
    str, typer.Argument(metavar="lite|full|heavy|browser", help="Which model, or what finds poses in a browser.")
]


@app.command()
def pull(
    name: Name = "full",
    file: Annotated[Path | None, typer.Option(help="Copy this bundle or package instead of fetching anything.")] = None,
) -> None:
    """Fetch a pose model or the browser package (once), check it and put it in place."""
    what = "browser package" if name == models.BROWSER else f"{name} pose model"
    with Console(stderr=True).status(f"Getting the {what}"):
        path = models.pull_browser(file=file) if name == models.BROWSER else models.pull(name, file=file)
    typer.echo(path)


@app.command("list")
def list_() -> None:
    """List the pose models and the browser package, and say which are here."""
    table = Table("model", "state", "about")
    for model in models.listing():
        table.add_row(model.name, _STATES[model.state].format(name=model.name), model.description)
    console = Console()
    console.print(table)
    console.print(f"Folder: {models.model_dir()}", soft_wrap=True, highlight=False)


@app.command()
def verify(name: Name = "full") -> None:
    """Check a pose model or the browser package byte for byte."""
    state = models.verify_browser() if name == models.BROWSER else models.verify(name)
    typer.echo(f"{_path(name)}: {_STATES[state]}")


@app.command()
def path(name: Name = "full") -> None:
    """Print where a pose model or the browser package lies."""
    typer.echo(_path(name))


def ready_browser() -> Path:
    """Return the folder of the browser package, fetching it on first use after saying so."""
    try:
        return models.browser_dir()
    except ModelError:
        typer.echo("Getting the browser package, once.", err=True)
        return models.pull_browser()


def ready_model(name: Model) -> Path:
    """Return the path of a pose model, fetching it on first use after saying so."""
    try:
        return models.model_path(name)
    except ModelError:
        typer.echo(f"Getting the {name} pose model, once.", err=True)
        return models.pull(name)


def _path(name: str) -> Path:
    return models.browser_dir() if name == models.BROWSER else models.model_path(name)
