"""`formcheck doctor`: what works here, what does not, and what to do."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from formcheck.app.doctor import Check

EXIT_BROKEN: Final = 1
NAME_WIDTH: Final = 14
_COLOURS: Final = {"ok": "green", "note": "yellow", "broken": "red"}


def doctor(
    camera: Annotated[
        str | None, typer.Option(metavar="N|URL|FILE", help="Which camera to try. Default: that of the settings.")
    ] = None,
    no_camera: Annotated[bool, typer.Option("--no-camera", help="Leave the camera alone.")] = False,
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE", help="Settings file. Default: your own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Look at everything formcheck needs and say what to do; ends with 1 if something is broken.

    Sends nothing, shows no notification and says nothing aloud. The camera is on for a moment.

    Example: formcheck doctor
    """
    from formcheck.app.doctor import examine  # noqa: PLC0415 - loads cameras, models and the history

    checks = []
    for check in examine(None if no_camera else camera or "", settings):
        checks.append(check)
        if not as_json:
            _print(check)
    broken = sum(check.state == "broken" for check in checks)
    if as_json:
        typer.echo(json.dumps({"broken": broken, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        typer.echo(f"{broken} broken." if broken else "Nothing is broken.")
    if broken:
        raise typer.Exit(EXIT_BROKEN)


def _print(check: "Check") -> None:
    word = typer.style(f"{check.state:<7}", fg=_COLOURS[check.state])
    typer.echo(f"{word} {check.name:<{NAME_WIDTH}} {check.found}")
    if check.advice:
        typer.echo(f"{'':{8 + NAME_WIDTH}} to do: {check.advice}")
