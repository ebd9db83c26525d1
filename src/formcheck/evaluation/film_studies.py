"""Studies on films of real people: counts, faults, and silence about people who do something else."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from formcheck.body.pose import Pose
from formcheck.engine.report import Finding
from formcheck.errors import MissingDataError
from formcheck.evaluation.films import LabelledFilm, read_films
from formcheck.evaluation.following import judged
from formcheck.evaluation.statistics import Estimate, mean_of_groups, rate_per_minute, share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.load import catalogue

HINGES: Final = frozenset({"deadlift", "romanian_deadlift", "floor_lift"})
"""The one contains the other's movement, and a deadlift is a lift from the floor: none is something else to another."""
NO_SPLIT: Final = "No split: bands were looked at on some of these films while they were chosen."
OFF: Final = ("warning", "fault")


def film_counts(setting: Setting) -> StudyResult:
    """Repetitions and holds of films whose exercise is in the catalogue, against those that people counted."""
    films = [f for f in read_films(setting.path("films")) if f.exercise and f.reps is not None]
    if not films:
        raise MissingDataError(f"No film of {setting.path('films')} shows a counted exercise of the catalogue.")
    cells, errors = [], []
    for film, poses in watched(setting, films):
        report = judged(poses, str(film.exercise))
        counted = len(report.reps) + len(report.holds)
        errors.append(counted - int(film.reps or 0))
        cells.append((film.name, str(film.exercise), str(film.reps), str(counted)))
    rows = (
        Row("repetitions and holds", "exact", share(errors.count(0), len(errors)), "films", target=0.90),
        Row(
            "repetitions and holds",
            "within one",
            share(sum(abs(e) <= 1 for e in errors), len(errors)),
            "films",
            target=1.0,
        ),
        Row("repetitions and holds", "mean absolute error", _mean_error(errors), "films", "reps", lower_is_better=True),
    )
    table = Table("Films", ("film", "exercise", "seen by eye", "counted"), tuple(cells))
    return StudyResult("", "Counting on films of real people", NO_SPLIT, rows, (table,))


def film_faults(setting: Setting) -> StudyResult:
    """Faults of films that say how well it is done: those called good against those whose fault is known by rule."""
    wanted: dict[str, list[str]] = dict(setting.options.get("faults", {}))
    films = [f for f in read_films(setting.path("films")) if f.exercise and f.reps is not None]
    cells, hits, clean = [], [], []
    for film, poses in watched(setting, films):
        report = judged(poses, str(film.exercise))
        faults = sorted({f.rule for f in report.findings if f.verdict == "fault" and _about_form(f)})
        expected = wanted.get(film.name, [])
        if expected:
            hits.append(bool(set(faults) & set(expected)))
        elif film.form.lower().startswith("good"):
            clean.append(not any(f.severity == "safety" and f.rule in faults for f in report.findings))
        cells.append((film.name, film.form, ", ".join(expected), ", ".join(faults)))
    rows = (
        Row("films with a known fault", "sensitivity", share(sum(hits), len(hits)), "films"),
        Row("films called good, without a safety fault", "specificity", share(sum(clean), len(clean)), "films"),
    )
    table = Table("Films", ("film", "by eye", "expected", "faults found"), tuple(cells))
    return StudyResult("", "Faults on films of real people", NO_SPLIT, tuple(r for r in rows if r.estimate.n), (table,))


def film_elsewhere(setting: Setting) -> StudyResult:
    """Findings per minute on films that do not show the exercise that formcheck was told to look for."""
    films = read_films(setting.path("films"))
    found, minutes, cells = 0, 0.0, []
    for (film, poses), name in product(list(watched(setting, films)), catalogue()):
        if not poses or film.exercise == name or {film.exercise, name} <= HINGES:
            continue
        report = judged(poses, name)
        off = [f for f in report.findings if f.verdict in OFF]
        minutes += (poses[-1].t - poses[0].t) / 60.0
        found += len(off)
        if off or report.reps or report.holds:
            counted = len(report.reps) + len(report.holds)
            cells.append((film.name, name, str(counted), ", ".join(sorted({f.rule for f in off}))))
    rate = rate_per_minute(found, minutes)
    row = Row("warnings and faults", "per minute", rate, f"findings in {minutes:.1f} minutes", "per minute", 0.2, True)
    table = Table("Not silent", ("film", "told to look for", "counted", "findings"), tuple(cells))
    return StudyResult("", "Silence about people who do something else", NO_SPLIT, (row,), (table,))


def watched(setting: Setting, films: list[LabelledFilm]) -> Iterator[tuple[LabelledFilm, list[Pose]]]:
    """Give every film with its poses, watching first what is not kept yet."""
    chosen = films[:2] if setting.quick else films
    setting.cache.prepare(
        [film.path for film in chosen], lambda done, of: setting.on_progress(f"watched {done} of {of} films")
    )
    for film in chosen:
        yield film, setting.cache.poses(film.path)


def _about_form(finding: Finding) -> bool:
    """Whether a finding is about how it is done, not how long."""
    return finding.unit != "s"


def _mean_error(errors: list[int]) -> Estimate:
    return mean_of_groups([float(abs(e)) for e in errors], list(range(len(errors))))
