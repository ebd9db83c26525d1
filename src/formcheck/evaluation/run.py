"""Run the studies of a manifest, one after the other."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from formcheck.errors import MissingDataError, UserError
from formcheck.evaluation.desk_film_day import desk_film_day
from formcheck.evaluation.desk_forward import desk_forward
from formcheck.evaluation.desk_study import desk_day, desk_people
from formcheck.evaluation.film_studies import film_counts, film_elsewhere, film_faults
from formcheck.evaluation.manifest import Entry, Manifest
from formcheck.evaluation.recognition_studies import film_recognition, joined_recognition
from formcheck.evaluation.rendered_studies import (
    rendered_angles,
    rendered_conditions,
    rendered_faults,
    rendered_rounding,
)
from formcheck.evaluation.study import Setting, Study, StudyResult
from formcheck.evaluation.table_studies import (
    movement_quality,
    plank_classes,
    sitting_classes,
    squat_phase,
    squat_reps,
)

STUDIES: Final[dict[str, Study]] = {
    study.__name__: study
    for study in (
        plank_classes,
        sitting_classes,
        squat_phase,
        squat_reps,
        movement_quality,
        film_counts,
        film_faults,
        film_elsewhere,
        film_recognition,
        joined_recognition,
        desk_people,
        desk_day,
        desk_film_day,
        desk_forward,
        rendered_angles,
        rendered_rounding,
        rendered_faults,
        rendered_conditions,
    )
}
"""Every kind of study by the name that manifests use."""


def run(
    manifest: Manifest,
    setting: Setting,
    *,
    only: Iterable[str] = (),
    on_study: Callable[[str], None] = lambda _: None,
) -> list[StudyResult]:
    """Run the studies of a manifest.

    Parameters
    ----------
    manifest : Manifest
    setting : Setting
        Data folder and cache; each study gets its own options.
    only : iterable of str, optional
        Ids of the studies to run; all where left out.
    on_study : callable, optional
        Told the id of each study before it runs.

    Returns
    -------
    list of StudyResult
        In the order of the manifest; a study whose data is absent says so in `StudyResult.skipped`.

    Raises
    ------
    UserError
        If a kind or one of `only` is unknown, or data that is there cannot be read.
    """
    chosen = _chosen(manifest, set(only))
    results = []
    for entry in chosen:
        on_study(entry.id)
        results.append(_run_one(entry, replace(setting, options=entry.options)))
    return results


def _run_one(entry: Entry, setting: Setting) -> StudyResult:
    try:
        return replace(STUDIES[entry.kind](setting), id=entry.id)
    except MissingDataError as missing:
        return StudyResult(entry.id, entry.id, skipped=str(missing))


def _chosen(manifest: Manifest, only: set[str]) -> list[Entry]:
    unknown = sorted({entry.kind for entry in manifest.studies} - STUDIES.keys())
    if unknown:
        raise UserError(f"There is no kind of study '{unknown[0]}'; choose one of {', '.join(STUDIES)}.")
    missing = sorted(only - {entry.id for entry in manifest.studies})
    if missing:
        ids = ", ".join(entry.id for entry in manifest.studies)
        raise UserError(f"The manifest has no study '{missing[0]}'; it has {ids}.")
    return [entry for entry in manifest.studies if not only or entry.id in only]
