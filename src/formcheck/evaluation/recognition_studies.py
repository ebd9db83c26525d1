"""Studies on recognition: which exercise a film shows, and which one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from formcheck.body.pose import Pose
from formcheck.engine.recognition import Recogniser, Recognition, Segment
from formcheck.errors import MissingDataError
from formcheck.evaluation.film_studies import watched
from formcheck.evaluation.films import LabelledFilm, read_films
from formcheck.evaluation.statistics import share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import Exercise

GAP_S: Final = 2.0
"""So long nobody is seen between two films that are joined."""
NEAR_S: Final = 1.5
"""A part is found where it begins and ends within so much of where it does in the film by itself."""
NO_SPLIT: Final = "No split: what tells exercises apart was chosen on these films and on rendered ones."


def film_recognition(setting: Setting) -> StudyResult:
    """Name the exercise of every film: named rightly, asked, or wrong."""
    films = read_films(setting.path("films"))
    outcomes, cells = [], []
    for film, poses in watched(setting, films):
        found = recognised(poses)
        right = _right(setting, film)
        seen = outcome(found, right)
        outcomes.append(seen)
        cells.append((film.name, " or ".join(sorted(right)) or "none", seen, "; ".join(map(_told, found.segments))))
    n = len(outcomes)
    first = outcomes.count("named") + outcomes.count("asked, right one first")
    rows = (
        Row("films", "right exercise first", share(first, n), "films", target=0.90),
        Row("films", "named without asking", share(outcomes.count("named"), n), "films"),
        Row(
            "films",
            "wrong and sure",
            share(outcomes.count("wrong, sure"), n),
            "films",
            target=0.0,
            lower_is_better=True,
        ),
    )
    table = Table("Films", ("film", "shows", "outcome", "recognised, with confidence"), tuple(cells))
    return StudyResult("", "Recognising the exercise in films of real people", NO_SPLIT, rows, (table,))


def joined_recognition(setting: Setting) -> StudyResult:
    """Join the poses of several films in a row, and find each of them again."""
    films = {film.name: film for film in read_films(setting.path("films"))}
    rows_of_films: list[list[str]] = [row for row in setting.option("joined") if set(row) <= films.keys()]
    if not rows_of_films:
        raise MissingDataError("None of the films that are to be joined is there.")
    wanted = {name: films[name] for row in rows_of_films for name in row}
    poses = {film.name: seen for film, seen in watched(setting, list(wanted.values()))}
    hits, named, extra, cells = [], [], 0, []
    for row in rows_of_films:
        if not set(row) <= poses.keys():
            continue
        joined, starts = join([poses[name] for name in row])
        found = recognised(joined)
        extra += max(0, len(found.segments) - len(row))
        for name, start in zip(row, starts, strict=True):
            alone = _moved(recognised(poses[name]), start - poses[name][0].t)
            hit = next((s for s in found.segments for a in alone.segments if _near(s, a)), None)
            hits.append(hit is not None)
            named.append(hit is not None and hit.exercise in _right(setting, films[name]))
        cells.append((", ".join(row), "; ".join(map(_told, found.segments))))
    rows = (
        Row("parts of joined films", f"found within {NEAR_S:g} s", share(sum(hits), len(hits)), "parts", target=0.90),
        Row("parts of joined films", "named rightly", share(sum(named), len(named)), "parts", target=0.90),
        Row(
            "parts of joined films",
            "parts too many",
            share(min(extra, len(hits)), len(hits)),
            "parts",
            lower_is_better=True,
        ),
    )
    table = Table("Joined films", ("films", "recognised, with confidence"), tuple(cells))
    return StudyResult("", "Recognising several exercises in a row", NO_SPLIT, rows, (table,))


def recognised(poses: Iterable[Pose]) -> Recognition:
    """Return what the exercises of the catalogue make of poses."""
    recogniser = Recogniser(_all())
    for pose in poses:
        recogniser.update(pose)
    return recogniser.finish()


def join(films: Sequence[Sequence[Pose]]) -> tuple[list[Pose], list[float]]:
    """Return the poses of several films one after the other, with nobody between them, and when each begins."""
    joined: list[Pose] = []
    starts: list[float] = []
    for poses in films:
        start = joined[-1].t + GAP_S if joined else 0.0
        if joined:
            size = joined[-1].size_px
            joined += [Pose.nobody(start - GAP_S + 0.1 * i, size) for i in range(1, round(GAP_S / 0.1))]
        starts.append(start)
        joined += [replace(pose, t=pose.t - poses[0].t + start) for pose in poses]
    return joined, starts


@cache
def _all() -> tuple[Exercise, ...]:
    return tuple(load_exercise(name) for name in catalogue())


def _right(setting: Setting, film: LabelledFilm) -> set[str]:
    also: dict[str, list[str]] = setting.options.get("also", {})
    return {*([film.exercise] if film.exercise else []), *also.get(film.name, [])}


def outcome(found: Recognition, right: set[str]) -> str:
    """Return in words whether the right exercise was named; `right` is empty where it is none of the catalogue."""
    if not found.segments:
        return "nothing found" if right else "named"
    if all(segment.exercise in right for segment in found.segments):
        return "named" if found.certain else "asked, right one first"
    if any(segment.certain and segment.exercise not in right for segment in found.segments):
        return "wrong, sure"
    return "asked, wrong one first"


def _moved(found: Recognition, by_s: float) -> Recognition:
    return Recognition(tuple(replace(s, t_start=s.t_start + by_s, t_end=s.t_end + by_s) for s in found.segments))


def _near(one: Segment, other: Segment) -> bool:
    return abs(one.t_start - other.t_start) <= NEAR_S and abs(one.t_end - other.t_end) <= NEAR_S


def _told(segment: Segment) -> str:
    candidates = ", ".join(f"{c.exercise} {c.confidence:.2f}" for c in segment.candidates[:2])
    return f"{segment.t_start:.1f} to {segment.t_end:.1f} s: {candidates}"
