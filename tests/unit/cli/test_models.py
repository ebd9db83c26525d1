import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck.cli.models import app
from formcheck.errors import ModelError, UserError
from formcheck.estimators.bundle import DETECTOR, LANDMARKS

run = CliRunner().invoke


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "models"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "mine.task", "w") as archive:
        archive.writestr(DETECTOR, b"weights")
        archive.writestr(LANDMARKS, b"weights")
    return tmp_path / "mine.task"


def test_pull_from_a_file_then_path_verify_and_list(folder: Path, bundle: Path) -> None:
    pulled = run(app, ["pull", "lite", "--file", str(bundle)])
    target = folder / "pose_landmarker_lite.task"
    assert (pulled.exit_code, pulled.stdout) == (0, f"{target}\n")
    assert run(app, ["path", "lite"]).stdout == f"{target}\n"
    assert run(app, ["verify", "lite"]).stdout == f"{target}: here, intact, not from the published packages\n"
    rows = [line.split("│")[1:3] for line in run(app, ["list"]).stdout.splitlines() if line.startswith("│")]
    assert [(name.strip(), state.strip()) for name, state in rows if name.strip()] == [  # long ones take more lines
        ("lite", "here, intact, not from the published packages"),
        ("full", "not here: formcheck models pull full"),
        ("heavy", "not here: formcheck models pull heavy"),
        ("browser", "not here: formcheck models pull browser"),
    ]


@pytest.mark.parametrize("command", ["path", "verify"])
def test_a_missing_model_is_an_error_for_main_to_explain(folder: Path, command: str) -> None:
    assert isinstance(run(app, [command]).exception, ModelError)


def test_an_unknown_model_is_the_users_error(folder: Path) -> None:
    assert isinstance(run(app, ["pull", "huge"]).exception, UserError)
