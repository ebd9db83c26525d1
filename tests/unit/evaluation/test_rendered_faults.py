"""The study of rendered faults, on the true poses of a few clips instead of a model's."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pytest
from tests.findings import finding

from formcheck.body.pose import Pose
from formcheck.engine.report import Limits
from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.following import judged
from formcheck.evaluation.rendered_studies import faults
from formcheck.evaluation.rendered_studies.faults import CALM_SEED, rendered_faults
from formcheck.evaluation.study import Setting, StudyResult
from formcheck.synth.clip import Clip
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses


class TruePoses:
    """Stands in for the cache of a model's poses."""

    def __init__(self) -> None:
        self.prepared: list[Clip] = []
        self._kept: dict[Clip, list[Pose]] = {}

    def prepare(self, clips: Iterable[Clip], _on_progress: Callable[[int, int], None]) -> None:
        self.prepared += clips

    def poses(self, clip: Clip) -> list[Pose]:
        assert clip in self.prepared
        if clip not in self._kept:
            options = asdict(clip)
            self._kept[clip] = [pose for pose, _ in true_poses(options.pop("exercise"), **options)]
        return self._kept[clip]


def study(monkeypatch: pytest.MonkeyPatch, folder: Path, exercise: str) -> tuple[StudyResult, list[Clip]]:
    monkeypatch.setattr(faults, "MOTIONS", {exercise: MOTIONS[exercise]})
    cache = TruePoses()
    result = rendered_faults(Setting(folder, cast(PoseCache, cache), quick=True))
    return result, cache.prepared


def figure_of(result: StudyResult, name: str) -> float:
    return next(row.estimate.value for row in result.rows if row.figure == name)


def test_faults_of_a_counted_exercise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result, clips = study(monkeypatch, tmp_path, "squat")
    assert figure_of(result, "sensitivity") == figure_of(result, "specificity") == 1.0
    assert figure_of(result, "counted right") == 1.0
    assert [clip.seed for clip in clips if clip.fault is None] == [99]


def test_a_posture_is_compared_with_the_persons_own_in_another_film(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compared: list[dict[str, Any]] = []

    def noted(poses: list[Pose], exercise: str, baseline: Any) -> Any:
        compared.append(dict(baseline.values))
        return judged(poses, exercise, baseline)

    monkeypatch.setattr(faults, "judged", noted)
    result, clips = study(monkeypatch, tmp_path, "standing_side")
    faulty, calm = [clip for clip in clips if clip.fault], [clip for clip in clips if clip.seed == CALM_SEED]
    assert {(clip.body, clip.yaw_deg) for clip in calm} >= {(clip.body, clip.yaw_deg) for clip in faulty}
    assert all(clip.fault is None for clip in calm)
    assert len(compared) == len(clips) - len(calm)
    assert all("neck_inclination" in values for values in compared)
    assert figure_of(result, "sensitivity") == figure_of(result, "specificity") == 1.0
    assert "counted right" in {row.figure for row in result.rows}


@pytest.mark.parametrize(
    ("verdict", "limits", "off"),
    [
        ("fault", Limits(ideal_max=10.0, fault_above=20.0), True),
        ("warning", Limits(ideal_max=10.0, fault_above=20.0), False),
        ("warning", Limits(ideal_min=1.0, fault_below=-5.0), False),
        ("warning", Limits(ideal_max=10.0), True),
        ("met", Limits(ideal_max=10.0), False),
        ("unseen", Limits(ideal_max=10.0), False),
    ],
)
def test_a_warning_is_the_worst_that_a_rule_without_an_edge_of_a_fault_can_say(
    verdict: Any, limits: Limits, off: bool
) -> None:
    assert faults._off(finding(verdict=verdict, limits=limits)) is off
