"""`formcheck`: entry point, and how errors reach the person at the keyboard."""

import sys
from typing import Annotated

import typer

import formcheck.cli.desk
import formcheck.cli.exercises
import formcheck.cli.models
import formcheck.cli.profiles
import formcheck.cli.synth
from formcheck.cli import doctor as examination
from formcheck.cli import evaluate, films
from formcheck.cli import live as live_set
from formcheck.cli import serve as serving
from formcheck.errors import FormcheckError, UserError

EXIT_FAILURE = 1
EXIT_USER_MISTAKE = 2

THREE_USES = """formcheck tells you from one ordinary camera how well you move.

Try it:                 formcheck demo

A film in, a report out: formcheck analyze deadlift.mp4 --exercise deadlift

A set in front of a camera: formcheck live --exercise deadlift

Judge recorded poses again: formcheck replay poses.parquet --exercise deadlift

All commands:           formcheck --help
"""

app = typer.Typer(
    help="Tells a person, from one ordinary camera, how well they move. A training aid, not a medical device.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("analyze")(films.analyze)
app.command("live")(live_set.live)
app.command("replay")(films.replay)
app.command("demo")(films.demo)
app.command("calibrate")(formcheck.cli.profiles.calibrate)
app.command("eval")(evaluate.evaluate)
app.command("serve")(serving.serve)
app.command("doctor")(examination.doctor)
app.add_typer(formcheck.cli.desk.app)
app.add_typer(formcheck.cli.exercises.app)
app.add_typer(formcheck.cli.models.app)
app.add_typer(formcheck.cli.profiles.app)
app.add_typer(formcheck.cli.synth.app)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only for this

        typer.echo(f"formcheck {version('formcheck')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Show the uses of formcheck when no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(THREE_USES, nl=False)


def main() -> None:
    """Run the command line; one sentence and an exit code for whatever goes wrong."""
    try:
        app(standalone_mode=True)
    except UserError as error:
        _say(error)
        sys.exit(EXIT_USER_MISTAKE)
    except FormcheckError as error:
        _say(error)
        sys.exit(EXIT_FAILURE)


def _say(error: FormcheckError) -> None:
    typer.echo(f"formcheck: {error}", err=True)
