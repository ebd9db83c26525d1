import re
from pathlib import Path

import pytest

from formcheck import shipped
from formcheck.errors import OperationError
from formcheck.shipped import shipped_file


def test_in_a_checkout_files_lie_at_the_top_of_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.toml").touch()
    monkeypatch.setattr(shipped, "_WHEEL", tmp_path / "not there")
    monkeypatch.setattr(shipped, "_SOURCE_TREE", tmp_path)
    assert shipped_file("models", "a.toml") == tmp_path / "models" / "a.toml"


def test_in_an_installed_package_they_lie_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("inside", "outside"):
        (tmp_path / folder / "samples").mkdir(parents=True)
    monkeypatch.setattr(shipped, "_WHEEL", tmp_path / "inside")
    monkeypatch.setattr(shipped, "_SOURCE_TREE", tmp_path / "outside")
    assert shipped_file("samples") == tmp_path / "inside" / "samples"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(OperationError, match=re.escape(str(Path("models", "none.toml"))) + " is missing; install"):
        shipped_file("models", "none.toml")


def test_the_manifest_is_there() -> None:
    assert shipped_file("models", "manifest.toml").is_file()
