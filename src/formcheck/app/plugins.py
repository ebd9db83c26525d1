"""Exercises that others wrote: folders on this machine, and packages that were installed beside formcheck."""

from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from formcheck.errors import ExerciseError
from formcheck.exercise.load import Packs, load_exercise
from formcheck.exercise.spec import Exercise

GROUP: Final = "formcheck.exercises"
"""Entry points of this group name a pack and the Python package that holds its TOML files."""


def find_packs(folder: Path | None = None) -> Packs:
    """Return the folders of all packs by name: those of installed packages, and one more that is called as it is named.

    Nothing of an installed pack is run, its files are only read.

    Raises
    ------
    ExerciseError
        If a package cannot be found, or two packs have one name.
    """
    found = [(entry.name, _folder(entry)) for entry in sorted(entry_points(group=GROUP))]
    if folder is not None:
        found.append((folder.resolve().name, folder))
    packs: dict[str, Path] = {}
    for name, path in found:
        if name in packs:
            raise ExerciseError(f"Two packs of exercises are called {name!r}: {packs[name]} and {path}; rename one.")
        packs[name] = path
    return packs


def find_exercise(name: str, folder: Path | None = None) -> Exercise:
    """Load an exercise by id, by ``pack:id`` or by path; packs are looked for only if they can be meant.

    Raises
    ------
    ExerciseError
        If there is no such exercise, its file does not validate, or the packs cannot be told apart.
    """
    return load_exercise(name, find_packs(folder) if folder or ":" in name else None)


def _folder(entry: EntryPoint) -> Path:
    try:
        spec = find_spec(entry.value)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ExerciseError(
            f"The pack of exercises {entry.name!r} cannot be read: there is no package {entry.value}; install it again."
        )
    return Path(next(iter(spec.submodule_search_locations)))
