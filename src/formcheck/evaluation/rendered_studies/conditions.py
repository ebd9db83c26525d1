"""How the figures change with the camera, the pose model and the smoothing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.engine.sampling import Sample
from formcheck.engine.session import Session
from formcheck.errors import ModelError
from formcheck.estimators import models
from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.rendered_studies.scenes import BODIES, SPLIT, scene, truths, watch
from formcheck.evaluation.statistics import Estimate, agreement, share
from formcheck.evaluation.study import Row, Setting, StudyResult
from formcheck.exercise.load import load_exercise
from formcheck.filters.despike import Despike
from formcheck.filters.one_euro import OneEuro
from formcheck.synth.clip import Clip

Array = NDArray[np.float64]

EXERCISE: Final = "squat"
SHOULDER, HIP, KNEE = (INDEX[f"left_{joint}"] for joint in ("shoulder", "hip", "knee"))
"""The camera of a clip looks at the person's left side."""
YAW_DEG: Final = 8.0
REPS: Final = 2
MODELS: Final = ("lite", "full", "heavy")
CHANGES: Final[dict[str, dict[str, object]]] = {
    "as it is": {},
    "turned 45°": {"yaw_deg": 45.0},
    "camera tilted 8°": {"roll_deg": 8.0},
    "twice as far away": {"distance_m": 6.5},
    "camera at 1.8 m": {"height_m": 1.8},
    "dim light": {"light": 0.3, "noise": 8.0},
    "out of focus": {"blur_px": 3.0},
    "loose shirt": {"looseness_m": 0.04},
    "8 pictures a second": {"fps": 8.0},
    "30 pictures a second": {"fps": 30.0},
}
"""What is changed in a clip, one thing at a time."""


def rendered_conditions(setting: Setting) -> StudyResult:
    """Change one thing at a time about how a squat is filmed, watched and smoothed."""
    changes = dict(list(CHANGES.items())[:2]) if setting.quick else CHANGES
    bodies = BODIES[:1] if setting.quick else BODIES
    clips = {name: [_clip(body, change) for body in bodies] for name, change in changes.items()}
    watch(setting, [clip for some in clips.values() for clip in some])
    rows = [row for name, some in clips.items() for row in _rows(name, [(c, setting.cache.poses(c)) for c in some])]
    plain = clips["as it is"]
    for model in () if setting.quick else MODELS:
        rows += _with_model(setting, model, plain)
    rows += _by_smoothing([(clip, setting.cache.poses(clip)) for clip in plain])
    notes = (
        f"{REPS} repetitions of each body in each condition; the knee's error has no offset taken away.",
        "Pose models that are not on this machine are left out (formcheck models pull lite, heavy).",
    )
    return StudyResult("", "What changes the figures", SPLIT, tuple(rows), notes=notes)


def _clip(body: str, change: dict[str, object]) -> Clip:
    return replace(scene(EXERCISE, body, YAW_DEG, reps=REPS), **change)  # type: ignore[arg-type]


def _with_model(setting: Setting, model: str, clips: list[Clip]) -> Iterable[Row]:
    try:
        path = models.model_path(model)
    except ModelError:
        return []
    other = replace(setting, cache=PoseCache(path, setting.cache.folder))
    watch(other, clips)
    return _rows(f"{model} model", [(clip, other.cache.poses(clip)) for clip in clips])


def _rows(name: str, films: list[tuple[Clip, list[Pose]]]) -> list[Row]:
    counted, measured, true = 0, [], []
    for clip, poses in films:
        samples: list[Sample] = []
        session = Session(load_exercise(EXERCISE), on_sample=samples.append)
        for pose in poses:
            session.update(pose)
        counted += len(session.finish().reps) == REPS
        angles = {round(t.t, 3): t.angles[f"{session.orientation.near}_knee_flexion"] for t in truths(clip)}
        for sample in samples:
            measured.append(np.nan if "knee_flexion" in sample.unseen else sample.values["knee_flexion"])
            true.append(angles.get(round(sample.t, 3), np.nan))
    error, unseen = agreement(measured, true), int(np.isnan(measured).sum())
    mae = Estimate(error.mae, np.nan, np.nan, error.n)
    return [
        Row(name, "films counted right", share(counted, len(films)), "films"),
        Row(name, "knee flexion, mean absolute error", mae, "pictures", "°", lower_is_better=True),
        Row(name, "knee flexion not assessable", share(unseen, len(measured)), "pictures", compared=False),
    ]


def _by_smoothing(films: list[tuple[Clip, list[Pose]]]) -> list[Row]:
    """Return how much a landmark trembles around its true path: raw, without outliers, and smoothed."""
    rows = []
    for name, despiking, smoothing in (
        ("landmarks as they come", False, False),
        ("outliers taken out", True, False),
        ("outliers taken out, smoothed", True, True),
    ):
        tremble = [x for clip, poses in films for x in _tremble(clip, _filtered(poses, despiking, smoothing))]
        estimate = Estimate(float(np.mean(tremble)), np.nan, np.nan, len(tremble))
        rows.append(Row(name, "tremble of the near knee", estimate, "pictures", "% of the trunk", None, True, False))
    return rows


def _filtered(poses: list[Pose], despiking: bool, smoothing: bool) -> list[Array]:
    despike, smooth = Despike(), OneEuro()
    scale = float(np.linalg.norm(poses[0].xy_px[SHOULDER] - poses[0].xy_px[HIP]))
    places = []
    for pose in poses:
        place = despike.update(pose.t, pose.xy_px, scale) if despiking else pose.xy_px
        places.append(smooth.update(pose.t, place, scale) if smoothing else place)
    return places


def _tremble(clip: Clip, places: list[Array]) -> list[float]:
    """Return by how much the near knee's error changes from picture to picture, in percent of the trunk's length."""
    true = truths(clip)
    trunk = float(np.linalg.norm(true[0].landmarks_px[SHOULDER] - true[0].landmarks_px[HIP]))
    errors = np.array([place[KNEE] - t.landmarks_px[KNEE] for place, t in zip(places, true, strict=True)])
    return [100.0 * float(d) / trunk for d in np.linalg.norm(np.diff(errors, axis=0), axis=1)]
