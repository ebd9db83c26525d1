"""Profiles: what measures read when one person stood or lifted well, one small JSON file each. Only numbers."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, PositiveInt, ValidationError

from formcheck.atomic import atomic_path, output_error
from formcheck.errors import UserError

SCHEMA_VERSION: Final = 1
OLD_AFTER_DAYS: Final = 30
_NAME: Final = re.compile(r"\w[\w-]{0,39}")
_ENDING: Final = ".json"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reading(_Part):
    """A value with its standard deviation, both in the unit of its measure."""

    value: FiniteFloat
    spread: Annotated[FiniteFloat, Field(ge=0.0)]


class Calibration(_Part):
    """What was read on one day, and how it was filmed.

    Attributes
    ----------
    taken_on : date
    formcheck : str
        Version that read it.
    exercise_version : int or None
        Version of the exercise file; None for a pose.
    size_px : tuple of int
        Width and height of the pictures.
    yaw_deg : float
        Turn of the body off a true side view, [0, 90].
    near_side : {"left", "right"}
        Side of the body nearer to the camera.
    readings : dict of str to Reading
        By rule id for a set, by measure for a pose.
    """

    taken_on: date
    formcheck: str
    exercise_version: PositiveInt | None = None
    size_px: tuple[PositiveInt, PositiveInt]
    yaw_deg: Annotated[FiniteFloat, Field(ge=0.0, le=90.0)]
    near_side: Literal["left", "right"]
    readings: Annotated[dict[str, Reading], Field(min_length=1)]

    def age_days(self, today: date) -> int:
        """Return how many days ago it was taken."""
        return (today - self.taken_on).days

    def is_old(self, today: date) -> bool:
        """Whether it should be taken again: bodies and clothes change."""
        return self.age_days(today) > OLD_AFTER_DAYS


class Profile(_Part):
    """One person: good sets by exercise id, standing and the like by the name of the pose."""

    schema_version: Literal[1] = SCHEMA_VERSION
    sets: dict[str, Calibration] = {}
    poses: dict[str, Calibration] = {}


def profile_dir() -> Path:
    """Return the user's own folder of profiles."""
    return platformdirs.user_data_path("formcheck", appauthor=False) / "profiles"


def profile_path(name: str, folder: Path) -> Path:
    """Return where a profile lies, or would lie.

    Raises
    ------
    UserError
        If that is no name for a profile.
    """
    if not _NAME.fullmatch(name):
        raise UserError(f"A profile is named with up to 40 letters, digits, - and _, for example anna, not {name!r}.")
    return folder / f"{name}{_ENDING}"


def profile_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all profiles in a folder."""
    return tuple(sorted(file.stem for file in folder.glob(f"*{_ENDING}") if _NAME.fullmatch(file.stem)))


def load_profile(name: str, folder: Path) -> Profile:
    """Read a profile.

    Raises
    ------
    UserError
        If there is none of that name, or it is damaged or of a newer formcheck.
    """
    path = profile_path(name, folder)
    if not path.is_file():
        raise _unknown(name, folder)
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise UserError(f"The profile {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise _damaged(name, path) from None
    _check_version(data, path)
    try:
        return Profile.model_validate(data)
    except ValidationError:
        raise _damaged(name, path) from None


def save_profile(name: str, profile: Profile, folder: Path) -> Path:
    """Write a profile, replacing the one of that name, and return its path.

    Raises
    ------
    UserError
        If that is no name for a profile.
    OutputError
        If the file cannot be written; what was there stays.
    """
    path = profile_path(name, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(path, error) from None
    with atomic_path(path) as temporary:
        temporary.write_text(f"{profile.model_dump_json(indent=2, exclude_none=True)}\n", encoding="utf-8")
    return path


def delete_profile(name: str, folder: Path) -> Path:
    """Remove a profile and return where it lay.

    Raises
    ------
    UserError
        If there is none of that name.
    OutputError
        If it cannot be removed.
    """
    path = profile_path(name, folder)
    if not path.is_file():
        raise _unknown(name, folder)
    try:
        path.unlink()
    except OSError as error:
        raise output_error(path, error) from None
    return path


def _check_version(data: Any, path: Path) -> None:
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise UserError(
            f"{path} was written by a newer formcheck (version {version} of the format, this one reads "
            f"{SCHEMA_VERSION}); update formcheck."
        )


def _unknown(name: str, folder: Path) -> UserError:
    known = ", ".join(profile_names(folder))
    there = f"there are {known}" if known else "there are none yet"
    return UserError(f"There is no profile {name} in {folder} ({there}); formcheck calibrate {name} makes it.")


def _damaged(name: str, path: Path) -> UserError:
    return UserError(f"{path} is no profile, or it is damaged; formcheck profiles delete {name}, then calibrate again.")
