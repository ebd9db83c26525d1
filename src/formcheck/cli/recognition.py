"""`--exercise auto`: recognise what a film shows, ask where that is in doubt, and judge every part of it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import click
import typer

from formcheck.cli.models import ready_model
from formcheck.cli.profiles import comparison_for
from formcheck.cli.show import film_progress, print_report
from formcheck.engine.recognition import Candidate, Recognition, Segment
from formcheck.errors import UserError

if TYPE_CHECKING:
    from formcheck.app.analyse import FilmPart
    from formcheck.app.comparison import Comparison
    from formcheck.exercise.spec import Exercise


@dataclass(frozen=True, slots=True)
class Unknown:
    """How to go on with a film or recording whose exercises are not known yet.

    Attributes
    ----------
    name : str
        The film's, for people.
    packs : Path or None
        Folder of more exercise files.
    out : Path or None
        Folder for the report.
    profile, profiles
        The profile to compare with, and the folder it is in.
    quiet, as_json : bool
        What to print.
    """

    name: str
    packs: Path | None
    out: Path | None
    profile: str | None
    profiles: Path | None
    quiet: bool
    as_json: bool

    def analyse(self, film: "FilmPart", model: Literal["lite", "full", "heavy"], person: int | None) -> None:
        """Watch a film once, recognise, and judge each exercise in it."""
        from formcheck.app import recognise  # noqa: PLC0415 - loads the pose estimator, which takes a second

        exercises = recognise.every_exercise(self.packs)
        film.open().close()  # a film that cannot be read is said before a model is fetched
        bundle = ready_model(model)
        with TemporaryDirectory(prefix="formcheck-") as folder:
            recording = Path(folder) / "poses.parquet"
            with film_progress(self.name, shown=not (self.quiet or self.as_json)) as on_progress:
                recognise.watch(film, bundle, recording, person=person, on_progress=on_progress)
            self._judge(recording, exercises, film)

    def replay(self, recording: Path) -> None:
        """Recognise recorded poses, and judge each exercise in them."""
        from formcheck.app import recognise  # noqa: PLC0415 - loads the pose estimator, which takes a second

        self._judge(recording, recognise.every_exercise(self.packs), None)

    def _judge(self, recording: Path, exercises: "Sequence[Exercise]", film: "FilmPart | None") -> None:
        from formcheck.app import recognise  # noqa: PLC0415 - loads the pose estimator, which takes a second

        found = recognise.recognise(recording, exercises)
        silent = self.quiet or self.as_json
        found = settled(found, exercises, self.name, ask=sys.stdin.isatty() and not silent)
        parts = recognise.judge_parts(recording, found, exercises, film=film, out=self.out, compare=self._compare)
        for part in parts:
            if not silent:
                typer.echo(_told(part.segment, several=len(parts) > 1))
            print_report(part.report, part.folder, quiet=self.quiet, as_json=self.as_json)

    def _compare(self, exercise: "Exercise") -> "Comparison | None":
        return comparison_for(self.profile, exercise, self.profiles)


def settled(found: Recognition, exercises: "Sequence[Exercise]", name: str, *, ask: bool) -> Recognition:
    """Return what was recognised without a doubt left: ask the person who can be asked, or refuse to guess.

    Raises
    ------
    UserError
        If nothing was recognised, or it is in doubt which exercise it is and nobody can be asked.
    """
    from formcheck.app.recognise import question  # noqa: PLC0415 - loads the pose estimator, which takes a second

    if not found.segments:
        raise UserError(f"No exercise was recognised in {name}: say which it is with --exercise ID.")
    several = len(found.segments) > 1
    doubtful = {
        s: f"{_when(s) if several else 'This'} may be: {question(s, exercises)}"
        for s in found.segments
        if not s.certain
    }
    if doubtful and not ask:
        raise UserError(f"{'. '.join(doubtful.values())}: say which with --exercise ID.")
    return Recognition(tuple(_asked(s, doubtful[s]) if s in doubtful else s for s in found.segments))


def _asked(segment: Segment, question: str) -> Segment:
    """Return the segment as the person at the terminal says it is."""
    typer.echo(question + ".")
    for number, candidate in enumerate(segment.candidates, 1):
        typer.echo(f"  {number}  {candidate.exercise}")
    number = typer.prompt("Which is it?", type=click.IntRange(1, len(segment.candidates)), default=1)
    return replace(segment, candidates=(Candidate(segment.candidates[number - 1].exercise, 1.0),))


def _told(segment: Segment, *, several: bool) -> str:
    first = segment.candidates[0]
    when = f", {segment.t_start:.1f} to {segment.t_end:.1f} s" if several else ""
    return f"Recognised: {first.exercise} (confidence {first.confidence:.2f}){when}."


def _when(segment: Segment) -> str:
    return f"{segment.t_start:.0f} to {segment.t_end:.0f} s"
