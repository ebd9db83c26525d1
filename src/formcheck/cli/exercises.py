"""`formcheck exercises`: list, show, write, check and try exercises."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from formcheck.app.plugins import find_exercise, find_packs
from formcheck.app.starter import write_starter
from formcheck.atomic import atomic_path, output_error
from formcheck.body import MEASURES
from formcheck.cli.films import ExercisesOption, JsonOption
from formcheck.cli.models import Model, ready_model
from formcheck.cli.show import MARKS, WORDS, film_progress, print_course, print_json, print_remarks
from formcheck.engine.wording import headline
from formcheck.errors import ExerciseError, UserError
from formcheck.exercise.load import catalogue, examine, exercise_schema, load_exercise, read_text
from formcheck.exercise.spec import Exercise

if TYPE_CHECKING:
    from formcheck.engine.report import Report

app = typer.Typer(name="exercises", help="List, show, write, check and try exercises.")

EXIT_MISTAKES = 2
Named = Annotated[str, typer.Argument(metavar="ID|FILE", help="Id of an exercise, or path of an exercise file.")]


@app.callback(invoke_without_command=True)
def overview(context: typer.Context, folder: ExercisesOption = None) -> None:
    """List, show, write, check and try exercises. Without a command: list them."""
    if context.invoked_subcommand is None:
        list_(folder)
    elif folder is not None:
        command = context.invoked_subcommand
        raise UserError(f"Put --exercises behind the command: formcheck exercises {command} --exercises {folder}.")


@app.command("list")
def list_(folder: ExercisesOption = None) -> None:
    """List the exercises that formcheck knows."""
    packs = find_packs(folder)
    broken: list[str] = []
    rows: list[tuple[str, str, str, str, str]] = []
    for name in catalogue(packs):
        try:
            exercise = load_exercise(name, packs)
        except ExerciseError as error:
            broken.append(str(error))
            continue
        pack = name.rpartition(":")[0]
        views = ", ".join(exercise.views)
        rows.append((name, exercise.name, views, exercise.summary, str(packs[pack]) if pack else ""))
    table = Table(Column("id", no_wrap=True), "name", "filmed from", "what it is", *(["where from"] if packs else []))
    for row in rows:
        table.add_row(*row[: len(table.columns)])
    Console().print(table)
    for sentence in broken:
        typer.echo(f"formcheck: {sentence}", err=True)
    if broken:
        raise typer.Exit(EXIT_MISTAKES)


@app.command()
def show(
    exercise: Named,
    folder: ExercisesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON and nothing else.")] = False,
) -> None:
    """Tell what an exercise needs, what it checks and what it cannot see.

    Example: formcheck exercises show deadlift
    """
    from formcheck.cli.exercise_text import described, exercise_lines  # noqa: PLC0415 - loads the page writer

    found = find_exercise(exercise, folder)
    typer.echo(json.dumps(described(found), ensure_ascii=False) if as_json else "\n".join(exercise_lines(found)))


@app.command()
def check(files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exercise files.")]) -> None:
    """Check exercise files: a line for each thing that is wrong, all at once.

    Example: formcheck exercises check good_morning.toml
    """
    wrong = False
    for file in files:
        problems = _check(file)
        wrong |= bool(problems)
        for problem in problems:
            typer.echo(problem, err=True)
    if wrong:
        raise typer.Exit(EXIT_MISTAKES)


def _check(file: Path) -> list[str]:
    """Say what was read, or return what is wrong."""
    try:
        found = examine(read_text(file), str(file))
    except ExerciseError as error:
        return [str(error)]
    if isinstance(found, list):
        return [f"{file}: {problem}." for problem in found]
    typer.echo(_read(found))
    return []


def _read(exercise: Exercise) -> str:
    follows = {"reps": "follows", "hold": "holds, steady in", "flow": "follows", "watch": "watches"}
    count = len(exercise.rules)
    rules = f"{count} rule{'' if count == 1 else 's'}"
    what = f"{follows[exercise.movement.kind]} {MEASURES[exercise.movement.measure].label}"
    return f"{exercise.id}: {rules}, {what}, filmed from the {' or the '.join(exercise.views)}."


@app.command("try")
def try_(
    exercise: Named,
    film: Annotated[Path, typer.Argument(metavar="RECORDING|FILM", help="A poses.parquet, or a film.")],
    folder: ExercisesOption = None,
    model: Annotated[Model, typer.Option(help="Pose model, for a film.")] = "full",
    as_json: JsonOption = False,
) -> None:
    """Judge with an exercise and tell rep by rep how near each value is to the edges of its band.

    Example: formcheck exercises try good_morning.toml hinge-report/poses.parquet
    """
    found = find_exercise(exercise, folder)
    report = _judged(found, film, model, shown=not as_json)
    if as_json:
        print_json(report)
        return
    console = Console()
    console.print(headline(report), style="bold", highlight=False)
    console.print(report.summary, highlight=False)
    if report.findings:
        console.print(_trial(report))
    print_course(report, console)
    print_remarks(report, console)


def _judged(exercise: Exercise, film: Path, model: Model, *, shown: bool) -> "Report":
    from formcheck.app import analyse  # noqa: PLC0415 - loads the pose estimator, which takes a second

    if film.suffix == ".parquet":
        return analyse.replay(film, exercise)
    part = analyse.FilmPart(film)
    part.open().close()  # a film that cannot be read is said before a model is fetched
    bundle = ready_model(model)
    with film_progress(film.name, shown=shown) as on_progress:
        return analyse.analyse_video(part, exercise, bundle, on_progress=on_progress)


def _trial(report: "Report") -> Table:
    from formcheck.cli.exercise_text import margin_text  # noqa: PLC0415 - loads the page writer
    from formcheck.storage.report_page import WINDOW, noun_of  # noqa: PLC0415
    from formcheck.storage.wording import measured_text, stretch, wanted_text  # noqa: PLC0415

    watched = noun_of(report) == WINDOW
    table = Table("rule", "what", "wanted", "when" if watched else noun_of(report), "value", "", "how near")
    for rule in dict.fromkeys(f.rule for f in report.findings):
        table.add_section()
        found = [f for f in report.findings if f.rule == rule]
        shown: tuple[str, ...] = ()
        for f in found:
            head = (f.rule, f.name, wanted_text(f.limits, f.unit))
            near = f.reason or margin_text(f)
            mark = f"{MARKS[f.verdict]} {WORDS[f.verdict]}"
            episode = watched and f.verdict in ("fault", "warning")
            when = stretch(f.t_start, f.t_end) if episode else str(f.rep or "")
            table.add_row(*(head if head != shown else ("", "", "")), when, measured_text(f), mark, near)
            shown = head
    return table


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the new exercise, such as good_morning.")],
    like: Annotated[str, typer.Option(help="Exercise to begin from (see: formcheck exercises).")] = "deadlift",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write. Default: ID.toml.")] = None,
) -> None:
    """Write an exercise file to begin with.

    Example: formcheck exercises new good_morning --like romanian_deadlift
    """
    file = out or Path(f"{name}.toml")
    write_starter(name, like, file)
    typer.echo(f"{file} is written. Change it, then run: formcheck exercises check {file}")


@app.command()
def pages(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the pages.")],
    folder: ExercisesOption = None,
) -> None:
    """Write a page in Markdown for every exercise, one that leads to them, and one of all measures.

    Example: formcheck exercises pages docs/exercises
    """
    from formcheck.cli.exercise_text import exercise_page, index_page, measures_page  # noqa: PLC0415 - loads the page writer

    packs = find_packs(folder)
    exercises = [load_exercise(name, packs) for name in catalogue(packs)]
    texts = {f"{e.id.replace(':', '-')}.md": exercise_page(e) for e in exercises} | {
        "README.md": index_page(exercises),
        "measures.md": measures_page(),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with atomic_path(out / name) as path:
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise output_error(out, error) from error
    typer.echo(f"{len(exercises)} pages are in {out}.")


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write. Default: print it.")] = None,
) -> None:
    """Give the JSON Schema of exercise files, with which an editor completes and checks while you type."""
    text = json.dumps(exercise_schema(), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
        return
    with atomic_path(out) as path:
        path.write_text(f"{text}\n", encoding="utf-8")
    typer.echo(f'{out} is written. First line of an exercise file beside it: "#:schema ./{out.name}"')
