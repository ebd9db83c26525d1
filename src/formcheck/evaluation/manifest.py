"""Which studies to run, read from a manifest.

A manifest is a TOML file with one ``[[studies]]`` table for each study: its `id`, its `kind` and the options of that
kind, paths being relative to the data folder. A JSON list of films (``file``, ``exercise``, ``reps``, ...) is a
manifest as well: it asks for the studies on films.
"""

import json
import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from formcheck.errors import UserError

STANDARD: Final = Path(__file__).with_name("standard.toml")
"""Every study that formcheck comes with."""
FILM_STUDIES: Final = ("film_counts", "film_faults", "film_elsewhere")


class Entry(BaseModel):
    """One study of a manifest; whatever stands there beside `id` and `kind` is an option of that kind."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    kind: str

    @property
    def options(self) -> dict[str, Any]:
        """What the study is told beside its data folder."""
        return dict(self.model_extra or {})


class Manifest(BaseModel):
    """The studies of one evaluation, in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1]
    studies: tuple[Entry, ...] = Field(min_length=1)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Parameters
    ----------
    path : Path
        A TOML manifest, or a JSON list of films.

    Raises
    ------
    UserError
        If the file is missing or is no manifest, with what is wrong where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"The manifest {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"The manifest {path} is no text; write it as UTF-8.") from error
    try:
        found = _film_studies(path, json.loads(text)) if path.suffix == ".json" else tomllib.loads(text)
        manifest = Manifest.model_validate(found)
    except (ValueError, ValidationError) as error:
        raise UserError(f"The manifest {path} is not one: {_plain(error)}.") from error
    ids = [entry.id for entry in manifest.studies]
    if len(set(ids)) < len(ids):
        raise UserError(f"The manifest {path} names two studies alike; every id must be its own.")
    return manifest


def _film_studies(path: Path, films: object) -> dict[str, Any]:
    if not isinstance(films, list):
        raise ValueError("a JSON manifest is a list of films")
    studies = [{"id": kind.replace("_", "-"), "kind": kind, "films": path.name} for kind in FILM_STUDIES]
    return {"schema_version": 1, "studies": studies}


def _plain(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).rstrip(".")
