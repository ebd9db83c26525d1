"""The first draft of somebody's own exercise: one that comes with formcheck, under a new name and with remarks."""

import re
from pathlib import Path
from typing import Final

from formcheck.atomic import atomic_path
from formcheck.errors import ExerciseError, UserError
from formcheck.exercise.load import catalogue, parse_exercise, shipped_text

SUMMARY: Final = "Say here in one sentence what is done."
_REMARKS: Final = {
    "views": 'From where it can be filmed: "side", "front", "back".',
    "filming": "How to place the camera; people read it when a film does not fit.",
    "charts": "Measures that the report draws.",
    "key": "Of each group in brackets at least one rule must have been judged, or there is no score.",
    "not_checked": "What nobody should believe was checked. Be generous.",
    "[movement]": "How it is counted. All levels count from the person's own start position.",
    "counts_if": "What must be true at the turn, or it was another exercise; take it away if anything counts.",
    "enter": "All of these must be true to take the position.",
    "leave": "Any of these ends it.",
    "[[rules]]": "One thing to judge: a measure, over a part of the movement, belongs in a band.",
    "ideal_min": "Wanted: from ideal_min to ideal_max. One of them may be left out.",
    "ideal_max": "Wanted: from ideal_min to ideal_max. One of them may be left out.",
    "fault_below": "Below this it is a fault; between this and the wanted it is slightly off.",
    "fault_above": "Above this it is a fault; between this and the wanted it is slightly off.",
    "relative_to": "What counts as zero; without this line the plain value is judged.",
    "severity": "How much it matters: safety, effectiveness or minor.",
    "cue": "What to do, in at most five words.",
    "sources": 'Where the number comes from; "coaching-consensus" if no study says it.',
}
"""What is said above the first line that begins with a key."""


def write_starter(name: str, like: str, out: Path) -> None:
    """Write an exercise file to begin with; it is valid as it stands.

    Parameters
    ----------
    name : str
        Id of the new exercise.
    like : str
        Id of the shipped exercise to begin from.
    out : Path
        Must not exist.

    Raises
    ------
    ExerciseError
        If `name` is taken or no id, or there is no exercise `like`.
    UserError
        If the file exists or is not called .toml.
    OutputError
        If it cannot be written.
    """
    text = starter(name, like, out)
    if out.suffix != ".toml":
        raise UserError(f"An exercise file ends in .toml, not {out.name!r}.")
    if out.exists():
        raise UserError(f"{out} exists already and is not written over; name another file with -o.")
    with atomic_path(out) as path:
        path.write_text(text, encoding="utf-8")


def starter(name: str, like: str, out: Path) -> str:
    """Return the text of that file; see `write_starter`."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ExerciseError(f"{name!r} is no id: take small letters, digits and _, such as good_morning.")
    if name in catalogue():
        raise ExerciseError(f"An exercise {name!r} comes with formcheck already; choose another id.")
    text = shipped_text(like)
    old = parse_exercise(text, like).rules[0].id.partition("-")[0]
    text = re.sub(rf'"{old}-(\d\d)"', rf'"{rule_prefix(name)}-\1"', text)
    for key, value in (("id", name), ("name", name.replace("_", " ").capitalize()), ("summary", SUMMARY)):
        text = re.sub(rf"^{key} = .*$", f'{key} = "{value}"', text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^version = \d+$", "version = 1", text, count=1, flags=re.MULTILINE)
    for key, remark in _REMARKS.items():
        start = rf"^(?={re.escape(key)}{'' if key.startswith('[') else ' ='})"
        text = re.sub(start, f"# {remark}\n", text, count=1, flags=re.MULTILINE)
    head = (
        f"# Begun from {like}. Change what does not fit, take away rules, then run: formcheck exercises check {out}\n"
    )
    return head + text


def rule_prefix(name: str) -> str:
    """Return what the rules of a new exercise are called before their number, other than all shipped ones are.

    >>> rule_prefix("good_morning"), rule_prefix("lunge")
    ('GM', 'LU')
    """
    taken = {parse_exercise(shipped_text(i), i).rules[0].id.partition("-")[0] for i in catalogue()}
    words = [word for word in name.upper().split("_") if word]
    initials = "".join(word[0] for word in words) if len(words) > 1 else words[0][:2]
    wanted = [initials[:8], "".join(words)[:4], "".join(words)[:8]]
    return next((p for p in wanted if re.fullmatch(r"[A-Z][A-Z0-9]+", p) and p not in taken), f"{name[0].upper()}X")
