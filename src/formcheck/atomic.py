"""Files that appear whole or not at all: written under a temporary name in the same folder, then moved into place."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formcheck.errors import OutputError


class PendingFile:
    """A file on its way: write to `path`, then `keep` it under its final name or `discard` it.

    Parameters
    ----------
    final : Path
        Where the file shall appear. What is there already stays untouched until `keep`.

    Raises
    ------
    OutputError
        If the folder does not exist, or something other than an ordinary file has that name.
    """

    def __init__(self, final: Path) -> None:
        # A link is followed, so that its target is replaced and not the link.
        self.final = final.resolve()
        folder = self.final.parent
        if not folder.is_dir():
            raise OutputError(f"{final} cannot be written: there is no folder {folder}; create it or name another.")
        if self.final.exists() and not self.final.is_file():
            raise OutputError(f"{final} cannot be written: it exists and is no ordinary file; choose another name.")
        # The ending stays last: some libraries choose the file format by it.
        self.path = folder / f".formcheck-{secrets.token_hex(6)}{self.final.suffix}"

    def keep(self) -> None:
        """Move the written file to its final name, replacing what is there.

        Raises
        ------
        OSError
            If that fails.
        """
        self.path.replace(self.final)

    def discard(self) -> None:
        """Remove what was written; does nothing if nothing was."""
        self.path.unlink(missing_ok=True)


@contextmanager
def atomic_path(final: Path) -> Iterator[Path]:
    """Give a temporary path to write to; the file appears at `final` once the block ends well.

    If the block fails, the temporary file is removed and what was at `final` stays as it was.

    Parameters
    ----------
    final : Path
        Where the file shall appear.

    Yields
    ------
    Path
        The temporary path, in the same folder and with the same ending.

    Raises
    ------
    OutputError
        If the file cannot be written; every `OSError` of the block is translated.
    """
    pending = PendingFile(final)
    try:
        yield pending.path
        pending.keep()
    except OSError as error:
        raise output_error(final, error) from error
    finally:
        pending.discard()


def output_error(final: Path, error: Exception) -> OutputError:
    """Say in one sentence that `final` could not be written, why, and what to do."""
    reason = getattr(error, "strerror", None) or str(error)
    folder = final.resolve().parent
    return OutputError(
        f"{final} could not be written ({reason}); check the free space and the rights of the folder {folder}."
    )
