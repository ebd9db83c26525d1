"""Packs of exercises: folders, and packages that were installed beside formcheck."""

import sys
from pathlib import Path

import pytest

from formcheck.app.plugins import find_exercise, find_packs
from formcheck.app.starter import rule_prefix, starter
from formcheck.errors import ExerciseError
from formcheck.exercise.load import catalogue, load_exercise


def install(site: Path, package: str, pack: str) -> Path:
    """Lay down an installed package as pip does, with one exercise; return the folder of its files."""
    folder = site / package
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('a pack is read, not run')")
    (folder / "good_morning.toml").write_text(starter("good_morning", "squat", Path("x.toml")), encoding="utf-8")
    about = site / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[formcheck.exercises]\n{pack} = {package}\n")
    return folder


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    return tmp_path / "site"


def test_without_packs_there_is_the_catalogue() -> None:
    assert find_packs() == {}
    assert find_exercise("squat") == load_exercise("squat")


def test_an_installed_pack_is_found_by_its_entry_point(site: Path) -> None:
    folder = install(site, "fc_physio_pack", "physio")
    assert find_packs() == {"physio": folder}
    exercise = find_exercise("physio:good_morning")
    assert (exercise.id, exercise.name) == ("physio:good_morning", "Good morning")
    assert load_exercise("physio:good_morning", {"physio": folder}) == exercise
    assert catalogue(find_packs()) == (*catalogue(), "physio:good_morning")


def test_a_folder_is_a_pack_called_as_it_is_named(tmp_path: Path) -> None:
    folder = install(tmp_path, "mine", "unused")
    assert find_packs(folder) == {"mine": folder}
    assert find_exercise("mine:good_morning", folder).id == "mine:good_morning"
    assert find_exercise("squat", folder).id == "squat"


def test_two_packs_of_one_name_are_one_sentence(site: Path, tmp_path: Path) -> None:
    installed = install(site, "fc_physio_pack", "physio")
    folder = tmp_path / "physio"
    folder.mkdir()
    with pytest.raises(ExerciseError) as caught:
        find_packs(folder)
    assert str(caught.value) == f"Two packs of exercises are called 'physio': {installed} and {folder}; rename one."


def test_a_package_that_is_gone_is_one_sentence_and_stops_only_who_asks_for_packs(site: Path) -> None:
    about = install(site, "fc_physio_pack", "physio").parent / "fc_physio_pack-1.0.dist-info"
    for value in ("fc_no_such_pack", "fc_no_such_pack.exercises"):
        (about / "entry_points.txt").write_text(f"[formcheck.exercises]\nphysio = {value}\n")
        with pytest.raises(ExerciseError) as caught:
            find_exercise("physio:good_morning")
        assert str(caught.value) == (
            f"The pack of exercises 'physio' cannot be read: there is no package {value}; install it again."
        )
        assert find_exercise("squat").id == "squat"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExerciseError) as caught:
        find_exercise("none:squat", tmp_path / "none")
    assert str(caught.value) == (
        f"The folder {tmp_path / 'none'} of exercises cannot be read: No such file or directory."
    )


def test_a_file_of_a_pack_is_called_by_its_id(tmp_path: Path) -> None:
    folder = install(tmp_path, "mine", "unused")
    file = (folder / "good_morning.toml").rename(folder / "gm.toml")
    with pytest.raises(ExerciseError) as caught:
        find_exercise("mine:gm", folder)
    assert str(caught.value) == (
        f"{file}: its id is 'good_morning'; in a pack the file must be named good_morning.toml."
    )


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("good_morning", "GM"),
        ("burpee", "BU"),
        ("dl", "DX"),
        ("deadly_lift", "DEAD"),
        ("a", "AX"),
        ("step_up_2", "SU2"),
    ],
)
def test_rules_of_a_draft_are_called_as_no_others_are(name: str, prefix: str) -> None:
    assert rule_prefix(name) == prefix
