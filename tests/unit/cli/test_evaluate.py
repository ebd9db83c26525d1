"""`formcheck eval`: what it prints and writes, and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck.cli.main import app
from formcheck.errors import UserError
from formcheck.evaluation.statistics import share
from formcheck.evaluation.study import Row, StudyResult

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("pose_model")]
run = CliRunner().invoke


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """One study whose table is there and one whose table is not."""
    (tmp_path / "films").mkdir()
    path = tmp_path / "manifest.toml"
    path.write_text(
        'schema_version = 1\n[[studies]]\nid = "counts"\nkind = "film_counts"\nfilms = "films.json"\n'
        '[[studies]]\nid = "planks"\nkind = "plank_classes"\npath = "planks.csv"\n'
    )
    return path


def test_absent_data_is_said_and_is_no_failure(manifest: Path) -> None:
    done = run(app, ["eval", str(manifest)])
    assert done.exit_code == 0
    assert done.stdout.count("Skipped:") == 2
    assert "films.json" in done.stdout.replace("\n", "")
    assert "planks.csv" in done.stdout.replace("\n", "")


def test_only_one_study_runs_when_asked(manifest: Path) -> None:
    done = run(app, ["eval", str(manifest), "--only", "planks", "--json"])
    assert [study["id"] for study in json.loads(done.stdout)["studies"]] == ["planks"]


def test_results_are_written_with_the_page(manifest: Path, tmp_path: Path) -> None:
    done = run(app, ["eval", str(manifest), "--out", str(tmp_path / "new" / "out")])
    assert done.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "new" / "out").iterdir()) == ["accuracy.json", "accuracy.md"]


def test_it_fails_when_a_figure_has_fallen(tmp_path: Path, manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_instead(hits: int) -> None:
        rows = (Row("planks", "accuracy", share(hits, 100), "frames"),)
        monkeypatch.setattr(
            "formcheck.evaluation.run.run", lambda *_, **__: [StudyResult("planks", "Planks", rows=rows)]
        )

    run_instead(97)
    assert run(app, ["eval", str(manifest), "--out", str(tmp_path)]).exit_code == 0
    run_instead(90)
    done = run(app, ["eval", str(manifest), "--compare", str(tmp_path / "accuracy.json")])
    assert done.exit_code == 1
    assert "fell from 0.97 to 0.9" in done.output


def test_a_file_that_cannot_be_compared_with_is_said_before_the_work(tmp_path: Path, manifest: Path) -> None:
    done = run(app, ["eval", str(manifest), "--compare", str(tmp_path / "none.json")])
    assert isinstance(done.exception, UserError)
    assert "Skipped" not in done.stdout


def test_a_missing_manifest_is_the_callers_mistake(tmp_path: Path) -> None:
    done = run(app, ["eval", str(tmp_path / "none.toml")])
    assert isinstance(done.exception, UserError)
