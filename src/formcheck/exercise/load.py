"""Find, read and check exercise files; errors say which file, which rule and which words would be right."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from formcheck.errors import ExerciseError
from formcheck.exercise.spec import (
    Band,
    Between,
    Condition,
    CountIf,
    Exercise,
    Flow,
    HoldPose,
    Movement,
    Moving,
    Part,
    Position,
    ProblemsError,
    RepCycle,
    Rule,
    Steady,
    Still,
    Tell,
    Watch,
    contradictions,
    instead_of,
    listed,
)

Packs = Mapping[str, Path]
"""Folders of exercise files by the name of their pack: ``physio:good_morning`` is good_morning.toml in "physio"."""


def catalogue(packs: Packs | None = None) -> tuple[str, ...]:
    """Return the ids of the exercises that come with formcheck, and after them those of packs as ``pack:id``.

    Raises
    ------
    ExerciseError
        If the folder of a pack cannot be read.
    """
    folder = resources.files("formcheck.exercise") / "catalogue"
    shipped = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return (*shipped, *(name for pack, path in (packs or {}).items() for name in _pack_ids(pack, path)))


def _pack_ids(pack: str, folder: Path) -> list[str]:
    try:
        return sorted(f"{pack}:{path.stem}" for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise ExerciseError(f"The folder {folder} of exercises cannot be read: {error.strerror}.") from None


def load_exercise(name: str | Path, packs: Packs | None = None) -> Exercise:
    """Read an exercise by its id, from the catalogue or from a pack as ``pack:id``, or from a TOML file by its path.

    Raises
    ------
    ExerciseError
        If there is no such exercise (the nearest is named) or the file does not validate.
    """
    path = Path(name)
    if path.suffix == ".toml":
        return parse_exercise(read_text(path), str(path))
    known = catalogue(packs)
    if str(name) not in known:
        raise ExerciseError(_unknown(str(name), known))
    pack, _, bare = str(name).rpartition(":")
    if pack and packs:
        return _load_from_pack(pack, packs[pack] / f"{bare}.toml")
    return parse_exercise(shipped_text(bare), f"{name}.toml")


def _load_from_pack(pack: str, file: Path) -> Exercise:
    exercise = parse_exercise(read_text(file), str(file))
    if exercise.id != file.stem:
        raise ExerciseError(f"{file}: its id is {exercise.id!r}; in a pack the file must be named {exercise.id}.toml.")
    return exercise.model_copy(update={"id": f"{pack}:{exercise.id}"})


def read_text(path: Path) -> str:
    """Return what stands in an exercise file.

    Raises
    ------
    ExerciseError
        If it cannot be read or is not text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExerciseError(f"The exercise file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ExerciseError(f"{path} is not a text file in UTF-8.") from None


def shipped_text(name: str) -> str:
    """Return the file of an exercise that comes with formcheck.

    Raises
    ------
    ExerciseError
        If there is no such exercise; the nearest is named.
    """
    if name not in catalogue():
        raise ExerciseError(_unknown(name, catalogue()))
    return (resources.files("formcheck.exercise") / "catalogue" / f"{name}.toml").read_text(encoding="utf-8")


def _unknown(name: str, known: Sequence[str]) -> str:
    near = instead_of(name.replace("-", "_").replace(" ", "_"), known, cutoff=0.4)
    if near:
        return f"There is no exercise {name!r}; {near.strip(' ()')}"
    return f"There is no exercise {name!r}; known are {', '.join(known)}."


def parse_exercise(text: str, origin: str) -> Exercise:
    """Read an exercise from TOML text; `origin` names it in errors.

    Raises
    ------
    ExerciseError
        If the text is not TOML or not a valid exercise, or names an unknown source. All that is wrong is named.
    """
    found = examine(text, origin)
    if isinstance(found, Exercise):
        return found
    raise ExerciseError(f"{origin}: {'; '.join(found)}.")


def examine(text: str, origin: str) -> Exercise | list[str]:
    """Return the exercise in a TOML text or, where something is wrong with it, all that is, each in a few words.

    The numbers of a rule are held against each other once its words are right.

    Raises
    ------
    ExerciseError
        If the text is not TOML: then nothing else can be said.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{origin} is not valid TOML: {error}.") from None
    return examine_data(data)


def examine_data(data: Mapping[str, Any]) -> Exercise | list[str]:
    """Return the same for a file that was read from TOML already."""
    rules = [rule for rule in _list(data.get("rules")) if isinstance(rule, dict)]
    unknown = [problem for rule in rules for problem in _unknown_sources(rule)]
    try:
        exercise = Exercise.model_validate(data)
    except ValidationError as error:
        # What is wrong inside one part keeps pydantic from holding the parts against each other.
        key = [[name for name in _list(group) if isinstance(name, str)] for group in _list(data.get("key"))]
        parts = [problem for e in error.errors() for problem in _explain(e, data)]
        return list(dict.fromkeys([*parts, *contradictions(_spans(data.get("movement")), rules, key), *unknown]))
    return unknown or exercise


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _spans(movement: Any) -> tuple[str, ...]:
    try:
        return TypeAdapter[RepCycle | HoldPose | Flow | Watch](Movement).validate_python(movement).spans
    except ValidationError:
        return ()


def _unknown_sources(rule: Mapping[str, Any]) -> Iterator[str]:
    for source in _list(rule.get("sources")):
        if isinstance(source, str) and source not in sources():
            hint = instead_of(source, sources(), NEARLY)  # years alone make names look alike
            yield f"rule {rule.get('id', '')}: unknown source {source!r}{hint}; known are {listed(sources())}"


NEARLY: Final = 0.7
"""How alike a misspelt source must be to one that there is."""

_PARTS: Final[Mapping[str, type[Part]]] = {
    "rules": Rule,
    "absolute": Band,
    "own_set": Band,
    "reps": RepCycle,
    "hold": HoldPose,
    "flow": Flow,
    "watch": Watch,
    "positions": Position,
    "still": Still,
    "moving": Moving,
    "moving_in": Moving,
    "start": Condition,
    "present": Condition,
    "early_hinge": Between,
    "counts_if": CountIf,
    "tells": Tell,
    "steady": Steady,
    "enter": Condition,
    "leave": Condition,
}
_PLAIN: Final = {
    "missing": "this key is missing",
    "too_short": "must not be empty",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "greater_than_equal": "must be 1 or more",
    "greater_than": "must be more than 0",
    "model_type": "must be a [table]",
    "model_attributes_type": "must be a [table]",
    "dict_type": "must be a {table}",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list in [brackets]",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "union_tag_not_found": "kind is missing; there are flow, hold, reps, watch",
}
_PATTERNS: Final = {
    "rules": "must be two to eight capital letters or digits, a dash and two digits, such as 'SQ-01'",
    "id": "must be small letters, digits and _, such as 'good_morning'",
}


def _explain(error: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[str]:
    """Turn one validation error into "rule DL-01, cue: what is wrong", a sentence for each thing that is wrong."""
    where: list[str] = []
    place = list(error["loc"])
    if place[:1] == ["rules"] and len(place) > 1:
        rule = data["rules"][place[1]]
        where.append(f"rule {rule.get('id', place[1] + 1) if isinstance(rule, dict) else place[1] + 1}")
        place = place[2:]
    where += [str(part) for part in place if part not in ("reps", "hold", "flow", "watch")]
    for message in _messages(error):
        yield f"{', '.join(where)}: {message}" if where else message


def _messages(error: Mapping[str, Any]) -> Sequence[str]:
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    cause = context.get("error")
    if isinstance(cause, ProblemsError):
        return cause.problems
    if kind == "extra_forbidden":
        inside = next((_PARTS[part] for part in reversed(error["loc"][:-1]) if part in _PARTS), Exercise)
        keys = inside.model_fields
        return [f"there is no such key{instead_of(str(error['loc'][-1]), keys)}; there are {listed(keys)}"]
    if kind in ("literal_error", "union_tag_invalid"):
        known = re.findall(r"'([^']+)'", context.get("expected") or context["expected_tags"])
        word = str(context.get("tag", given))
        return [f"{word!r} is unknown{instead_of(word, known)}; there are {listed(known)}"]
    if kind == "string_pattern_mismatch":
        return [f"{given!r} {_PATTERNS['rules' if 'rules' in error['loc'] else 'id']}"]
    return [_PLAIN.get(kind, error["msg"].removeprefix("Value error, "))]


@cache
def sources() -> Mapping[str, str]:
    """Return the bibliography: source key to reference."""
    text = (resources.files("formcheck.exercise") / "sources.toml").read_text(encoding="utf-8")
    entries: dict[str, str] = tomllib.loads(text)
    return entries


def exercise_schema() -> dict[str, Any]:
    """Return the JSON Schema of exercise files, for editors: names of measures, spans and sources are completed."""
    schema = Exercise.model_json_schema()
    schema["$defs"]["Rule"]["properties"]["sources"]["items"]["enum"] = sorted(sources())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "formcheck exercise"}
