"""The languages in which a live set is led: what is shown and said, English or translated."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

from formcheck.errors import UserError

LANGUAGES: Final[tuple[str, ...]] = ("en", "de")
FIXED: Final = (
    "better",
    "rest_less_load",
    "easier",
    "go",
    "set_over",
    "paused",
    "resumed",
    "keep_an_eye_on",
    "camera_lost",
    "camera_stalled",
    "camera_repeating",
    "camera_dark",
    "camera_covered",
    "camera_back",
)
"""Phrases that every language has."""
_TENS: Final = 10


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _ExerciseWords(BaseModel):
    """Name of an exercise; each of its rules, by its id, has a table from English to this language."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, dict[str, str]]
    name: str

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules."""
        return tuple(self.__pydantic_extra__)

    def rule(self, rule_id: str) -> Mapping[str, str]:
        """Return the words of one rule: its name and its cues."""
        return self.__pydantic_extra__.get(rule_id, {})


class Language(_Part):
    """One language; where it has no words for something, the English ones are returned.

    Attributes
    ----------
    code : str
        Two letters, such as ``"de"``.
    page : mapping of str to str
        Words of the browser pages and of the window's line of keys.
    desk : mapping of str to str
        What is told at the desk: notifications, calibration.
    """

    code: str
    fixed: dict[str, str]
    page: dict[str, str]
    desk: dict[str, str] = {}
    phases: dict[str, str] = {}
    sentences: dict[str, str] = {}
    parts: dict[str, str] = {}
    exercises: dict[str, _ExerciseWords] = {}

    @model_validator(mode="after")
    def _says_all(self) -> "Language":
        if lacking := set(FIXED) ^ set(self.fixed):
            raise ValueError(f"[say] must hold exactly the fixed phrases; check {', '.join(sorted(lacking))}")
        return self

    def cue(self, exercise_id: str, rule_id: str, english: str) -> str:
        """Return a rule's cue in this language.

        The words are found by the English cue: one that has been reworded is said as it stands, not as it was.
        """
        return self._of_rule(exercise_id, rule_id, english)

    def rule_name(self, exercise_id: str, rule_id: str, english: str) -> str:
        """Return a rule's name in this language."""
        return self._of_rule(exercise_id, rule_id, english)

    def _of_rule(self, exercise_id: str, rule_id: str, english: str) -> str:
        words = self.exercises.get(exercise_id)
        return words.rule(rule_id).get(english, english) if words else english

    def exercise(self, exercise_id: str, english: str) -> str:
        """Return the name of an exercise in this language."""
        words = self.exercises.get(exercise_id)
        return words.name if words else english

    def phase(self, english: str) -> str:
        """Return the word for a phase in this language."""
        return self.phases.get(english, english)

    def setup(
        self, instruction: str, english: str, value: float | None = None, variant: str = "", parts: Sequence[str] = ()
    ) -> str:
        """Return a set-up instruction in this language; the arguments are the fields of a `SetupEvent`."""
        sentence = self.sentences.get(f"{instruction}_{variant}" if variant else instruction)
        if sentence is None:
            return english
        degrees = 0.0 if value is None else abs(value)
        filled = sentence.format(
            parts=self._joined(parts), degrees=f"{degrees:.0f}", tens=_TENS * round(degrees / _TENS)
        )
        return " ".join(filled.split()).replace(" ,", ",")

    def _joined(self, parts: Sequence[str]) -> str:
        return f" {self.parts.get('and', 'and')} ".join(self.parts.get(part, part) for part in parts)

    def say(self, key: str) -> str:
        """Return a fixed phrase, one of `FIXED`."""
        return self.fixed[key]


@cache
def load_language(code: str) -> Language:
    """Return a language by its code.

    Raises
    ------
    UserError
        If there is no such language; the known ones are named.
    """
    if code not in LANGUAGES:
        raise UserError(f"There is no language {code!r}; known are {', '.join(LANGUAGES)}.")
    text = (resources.files("formcheck.exercise") / "languages" / f"{code}.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    return Language.model_validate({"code": code, **{_FIELDS.get(key, key): value for key, value in data.items()}})


_FIELDS: Final = {"say": "fixed", "setup": "sentences"}
"""Tables of a file whose names are those of methods here."""
