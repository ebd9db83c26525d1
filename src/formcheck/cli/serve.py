"""`formcheck serve`: formcheck in the browser, on this computer or for a home network."""

import errno
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from pydantic import ValidationError

from formcheck.cli.desk_report import HistoryOption
from formcheck.cli.models import ready_model
from formcheck.cli.profiles import FolderOption
from formcheck.errors import ModelError, UserError
from formcheck.estimators import models

if TYPE_CHECKING:
    from formcheck.web.settings import Settings

_WHY: Final = {
    errno.EADDRINUSE: "it is taken; choose another with --port",
    errno.EACCES: "this user may not open it; choose one from 1024 on with --port",
    errno.EADDRNOTAVAIL: "this computer has no such address; give another with --host",
}


def serve(
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 is the whole network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="At which port; 0 for any that is free.")] = 8000,
    token: Annotated[
        str | None, typer.Option(help="What every request must bring. Made up where other computers can connect.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--cert", help="Certificate for https, which cameras of other computers need.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Private key of the certificate.")] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the analyses. Default: one of your own.")
    ] = None,
    exercises: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of exercise files; they are called DIR:ID.")
    ] = None,
    profiles: FolderOption = None,
    history: HistoryOption = None,
) -> None:
    """Serve the pages for live sets and films, and their HTTP interface.

    Example: formcheck serve
    """
    from formcheck.web.app import create_app, run  # noqa: PLC0415 - loads the server and the pose estimator
    from formcheck.web.security import address  # noqa: PLC0415
    from formcheck.web.settings import is_loopback  # noqa: PLC0415

    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)
    folders = {"data_dir": data, "profiles": profiles, "history": history}
    chosen = {**folders, "token": token, "certificate": certificate, "key": key}
    given = {name: value for name, value in chosen.items() if value is not None}
    settings = _settings(host=host, port=port, exercises=exercises, **given)
    with _listening(host, port) as listener:
        app = create_app(settings)
        app.state.formcheck.analyses.prepare()
        for model in dict.fromkeys((settings.model, settings.live_model)):
            ready_model(model)
        _ready_browser()
        typer.echo(f"formcheck is at {address(settings, listener.getsockname()[1])} until you press Ctrl+C.")
        run(app, settings, listener)


def _settings(**given: Any) -> "Settings":
    from formcheck.web.settings import Settings  # noqa: PLC0415

    if ("certificate" in given) != ("key" in given):
        raise UserError("For https both are needed: give --cert and --key.")
    for file in (given.get("certificate"), given.get("key")):
        if file is not None and not file.is_file():
            raise UserError(f"There is no file {file}; give the certificate and its key as PEM files.")
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        if wrong == "token":
            raise UserError("A token is 16 to 200 letters, digits, - and _; leave it out to have one made.") from None
        raise UserError(f"--{wrong} cannot be {given[wrong]!r}: {error.errors()[0]['msg'].lower()}.") from None


def _listening(host: str, port: int) -> socket.socket:
    """Open the port before anything else: who cannot have it must not touch the folder of the server that has it."""
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family)
    except socket.gaierror:
        raise UserError(f"There is no computer or address {host!r}; give another with --host.") from None
    except OSError as error:
        why = _WHY.get(error.errno or 0, error.strerror or str(error))
        raise UserError(f"Port {port} of {host} cannot be opened: {why}.") from None


def _ready_browser() -> None:
    """Fetch what finds poses in a browser on first use, after saying so."""
    try:
        models.browser_dir()
    except ModelError:
        typer.echo("Getting the browser package, once.", err=True)
        models.pull_browser()
