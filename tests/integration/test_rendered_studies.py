"""A small part of every study on rendered people, through the whole program."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.manifest import read_manifest
from formcheck.evaluation.report import key
from formcheck.evaluation.run import run
from formcheck.evaluation.study import Setting

pytestmark = pytest.mark.model

MANIFEST = """
schema_version = 1
[[studies]]
id = "angles"
kind = "rendered_angles"
[[studies]]
id = "rounding"
kind = "rendered_rounding"
[[studies]]
id = "faults"
kind = "rendered_faults"
[[studies]]
id = "conditions"
kind = "rendered_conditions"
"""


@cache
def figures(model: Path) -> dict[str, dict[str, float]]:
    """Return every figure by study and name."""
    folder = Path(mkdtemp())
    manifest = folder / "manifest.toml"
    manifest.write_text(MANIFEST)
    setting = Setting(folder, PoseCache(model, folder / "poses"), quick=True)
    results = run(read_manifest(manifest), setting)
    return {result.id: {key(row): row.estimate.value for row in result.rows} for result in results}


def test_clear_rounding_is_told_from_a_neutral_back(pose_model: Path) -> None:
    found = figures(pose_model)["rounding"]
    for name in ("alone", "against an own good set"):
        assert found[f"20 to 40°, {name}, sensitivity"] == 1.0
        assert found[f"20 to 40°, {name}, specificity"] == 1.0
        assert found[f"all films, {name}, not assessable"] == 0.0


def test_faults_are_found_and_a_faultless_film_has_none(pose_model: Path) -> None:
    found = figures(pose_model)["faults"]
    assert found["all exercises, sensitivity"] == 1.0
    assert found["all exercises, specificity"] == 1.0


def test_angles_are_near_the_truth(pose_model: Path) -> None:
    """With the offsets that two bodies share taken away; more bodies and exercises are in docs/accuracy.md."""
    found = figures(pose_model)["angles"]
    for measure, most in (("trunk inclination", 4.0), ("hip flexion", 8.0), ("knee flexion", 6.0)):
        assert found[f"{measure}, turned up to 20°, offset taken away, mean absolute error"] < most


def test_repetitions_are_counted_from_the_side_and_smoothing_takes_the_tremble_out(pose_model: Path) -> None:
    found = figures(pose_model)["conditions"]
    assert found["as it is, films counted right"] == 1.0
    smooth, raw = (
        f"{name}, tremble of the near knee" for name in ("outliers taken out, smoothed", "landmarks as they come")
    )
    assert found[smooth] < 0.8 * found[raw]
