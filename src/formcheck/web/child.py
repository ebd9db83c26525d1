"""One analysis in a process of its own, so that a film that breaks a decoder breaks nothing else.

The server writes one `Task` as a line of JSON to its standard input and keeps that open: when it closes, because the
server ended, so does the child. It answers with lines of JSON on standard output: ``{"done": 10, "total": 240}`` while
it works, and at its end ``{"summary": "..."}`` or ``{"failed": "one sentence"}``.
"""

import json
import math
import os
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, TextIO

from pydantic import BaseModel, ConfigDict

from formcheck.errors import FilmError, FormcheckError

MIB: Final = 2**20
NICENESS: Final = 10
"""Live sets must stay smooth beside an analysis."""
TOO_LARGE: Final = "The film needs more memory than one analysis may take; make its pictures smaller."

Say = Callable[[dict[str, Any]], None]


class Task(BaseModel):
    """What to analyse, how, and how much of the machine it may take.

    Attributes
    ----------
    source : Path
        The film or recording; the child works in its folder, so that sentences name the file and no folder.
    out : Path
        Folder for the results.
    memory_mb, cpu_s : int
        Address space and processor time, limited where the platform can.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["film", "poses"]
    source: Path
    out: Path
    model: Path
    exercise: str
    exercises: Path | None
    profile: str | None
    profiles: Path
    start_s: float | None
    end_s: float | None
    max_film_s: float
    memory_mb: int
    cpu_s: int


def main() -> None:
    """Read a task, do it, and say how it went."""
    task = Task.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    with _own_output() as output:
        _restrict(task)

        def say(message: dict[str, Any]) -> None:
            print(json.dumps(message), file=output, flush=True)

        try:
            say({"summary": analyse(task, say)})
        except FormcheckError as error:
            say({"failed": str(error)})
        except MemoryError:
            say({"failed": TOO_LARGE})


def analyse(task: Task, say: Say) -> str:
    """Do a task and return the summary of its report.

    Raises
    ------
    FormcheckError
        As `analyse_video` and `replay`, and if the film is too long.
    """
    from formcheck.app.analyse import Progress, analyse_video, replay  # noqa: PLC0415 - after memory was limited
    from formcheck.app.comparison import comparison_with  # noqa: PLC0415
    from formcheck.app.plugins import find_exercise  # noqa: PLC0415
    from formcheck.storage.profiles import load_profile  # noqa: PLC0415

    exercise = find_exercise(task.exercise, task.exercises)
    comparison = None
    if task.profile is not None:
        comparison = comparison_with(load_profile(task.profile, task.profiles), task.profile, exercise, date.today())
    os.chdir(task.source.parent)
    name = Path(task.source.name)

    def on_progress(progress: Progress) -> None:
        say({"done": progress.done, "total": progress.total})

    if task.kind == "poses":
        return replay(name, exercise, out=task.out, comparison=comparison).summary
    part = _part(name, task)
    return analyse_video(
        part, exercise, task.model, out=task.out, comparison=comparison, on_progress=on_progress
    ).summary


def _part(film: Path, task: Task) -> Any:
    """Return the part of the film that was asked for, which must not be too long."""
    from formcheck.app.analyse import FilmPart  # noqa: PLC0415

    start_s, most_s = task.start_s or 0.0, task.max_film_s
    with FilmPart(film, start_s, task.end_s).open() as reader:
        length_s = reader.duration_s or 0.0
    asked_s = min(task.end_s or math.inf, length_s) - start_s
    if asked_s > most_s:
        raise FilmError(
            f"{film} is too long: {asked_s / 60.0:.3g} minutes, where at most {most_s / 60.0:.3g} are analysed; "
            "give the start and the end of the part that matters."
        )
    # What a film says of its length may be wrong.
    return FilmPart(film, task.start_s, task.end_s or start_s + most_s)


def _end_with_the_server() -> None:
    sys.stdin.read()
    os._exit(1)


def _own_output() -> TextIO:
    """Return standard output for messages alone: what libraries print to it goes to standard error from now on."""
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return messages


def _restrict(task: Task) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    os.nice(NICENESS)
    _lower(resource.RLIMIT_CPU, task.cpu_s)
    if sys.platform == "linux":  # elsewhere the limit is not kept, or refused
        _lower(resource.RLIMIT_AS, task.memory_mb * MIB)


def _lower(what: int, limit: int) -> None:
    import resource  # noqa: PLC0415

    _, most = resource.getrlimit(what)
    allowed = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(what, (allowed, most))


if __name__ == "__main__":
    main()
