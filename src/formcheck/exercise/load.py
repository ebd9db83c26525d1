"""Find, read and check exercise files; errors say which file, which rule and which words would be right."""

import difflib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from formcheck.errors import ExerciseError
from formcheck.exercise.spec import Exercise


def catalogue() -> tuple[str, ...]:
    """Return the ids of the exercises that come with formcheck."""
    folder = resources.files("formcheck.exercise") / "catalogue"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_exercise(name: str | Path) -> Exercise:
    """Read an exercise from the catalogue by its id, or from a TOML file by its path.

    Raises
    ------
    ExerciseError
        If there is no such exercise (the nearest is named) or the file does not validate.
    """
    path = Path(name)
    if path.suffix == ".toml":
        try:
            return parse_exercise(path.read_text(encoding="utf-8"), str(path))
        except OSError as error:
            raise ExerciseError(f"The exercise file {path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise ExerciseError(f"{path} is not a text file in UTF-8.") from None
    known = catalogue()
    if str(name) not in known:
        raise ExerciseError(_unknown(str(name), known))
    file = resources.files("formcheck.exercise") / "catalogue" / f"{name}.toml"
    return parse_exercise(file.read_text(encoding="utf-8"), f"{name}.toml")


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), known, n=1, cutoff=0.4)
    if near:
        return f"There is no exercise {name!r}; did you mean {near[0]!r}?"
    return f"There is no exercise {name!r}; known are {', '.join(known)}."


def parse_exercise(text: str, origin: str) -> Exercise:
    """Read an exercise from TOML text; `origin` names it in errors.

    Raises
    ------
    ExerciseError
        If the text is not TOML or not a valid exercise, or names an unknown source.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{origin} is not valid TOML: {error}.") from None
    try:
        exercise = Exercise.model_validate(data)
    except ValidationError as error:
        raise ExerciseError(f"{origin}: {'; '.join(_explain(e, data) for e in error.errors())}.") from None
    unknown = sorted({key for rule in exercise.rules for key in rule.sources} - sources().keys())
    if unknown:
        raise ExerciseError(
            f"{origin}: unknown sources {', '.join(unknown)}; known are {', '.join(sorted(sources()))}."
        )
    return exercise


_PLAIN = {"extra_forbidden": "there is no such key", "missing": "this key is missing"}


def _explain(error: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Turn one validation error into "rule DL-01, cue: what is wrong"."""
    where: list[str] = []
    place = list(error["loc"])
    if place[:1] == ["rules"] and len(place) > 1:
        rule = data["rules"][place[1]]
        where.append(f"rule {rule.get('id', place[1] + 1) if isinstance(rule, dict) else place[1] + 1}")
        place = place[2:]
    where += [str(part) for part in place if part not in ("reps", "hold")]
    message = _PLAIN.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"{', '.join(where)}: {message}" if where else message


@cache
def sources() -> Mapping[str, str]:
    """Return the bibliography: source key to reference."""
    text = (resources.files("formcheck.exercise") / "sources.toml").read_text(encoding="utf-8")
    entries: dict[str, str] = tomllib.loads(text)
    return entries
