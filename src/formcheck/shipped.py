"""Data files that come with formcheck: `models/` and `samples/`."""

from pathlib import Path
from typing import Final

from formcheck.errors import OperationError

_WHEEL: Final = Path(__file__).parent / "_shipped"
_SOURCE_TREE: Final = Path(__file__).parents[2]


def shipped_file(*parts: str) -> Path:
    """Return the path of a file or folder that comes with formcheck, for example ``shipped_file("models", "x.toml")``.

    In a checkout it lies at the top of the source tree, in an installed package inside it.

    Raises
    ------
    OperationError
        If it is not there.
    """
    path = (_WHEEL if _WHEEL.is_dir() else _SOURCE_TREE).joinpath(*parts)
    if not path.exists():
        raise OperationError(f"formcheck's own file {path} is missing; install formcheck again.")
    return path
