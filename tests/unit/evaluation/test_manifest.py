"""Manifests: what is read, and what is said of those that cannot be."""

import json
from pathlib import Path

import pytest

from formcheck.errors import UserError
from formcheck.evaluation.manifest import FILM_STUDIES, STANDARD, read_manifest
from formcheck.evaluation.run import STUDIES, run
from formcheck.evaluation.study import Setting


def written(folder: Path, text: str, name: str = "m.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_standard_manifest_asks_for_every_kind_of_study_and_only_for_those() -> None:
    assert {entry.kind for entry in read_manifest(STANDARD).studies} == set(STUDIES)


def test_options_are_what_stands_beside_id_and_kind(tmp_path: Path) -> None:
    text = 'schema_version = 1\n[[studies]]\nid = "a"\nkind = "squat_reps"\nformat = "poses"\npath = "x"\n'
    (entry,) = read_manifest(written(tmp_path, text)).studies
    assert (entry.id, entry.kind, entry.options) == ("a", "squat_reps", {"format": "poses", "path": "x"})


def test_a_list_of_films_asks_for_the_studies_on_films(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps([{"file": "a.mp4"}]), "films.json")
    manifest = read_manifest(path)
    assert [(entry.kind, entry.options["films"]) for entry in manifest.studies] == [
        (kind, "films.json") for kind in FILM_STUDIES
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema_version = 2\n[[studies]]\nid = 'a'\nkind = 'k'", "schema_version"),
        ("schema_version = 1\nstudies = []", "studies"),
        ("schema_version = 1\n[[studies]]\nkind = 'k'", "studies.0.id"),
        ("schema_version = 1\nmore = 3\n[[studies]]\nid = 'a'\nkind = 'k'", "more"),
        ("not toml", "m.toml"),
    ],
)
def test_what_is_no_manifest_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_manifest(written(tmp_path, text))


def test_a_missing_manifest_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_manifest(tmp_path / "none.toml")


def test_two_studies_cannot_share_an_id(tmp_path: Path) -> None:
    text = "schema_version = 1\n" + 2 * "[[studies]]\nid = 'a'\nkind = 'plank_classes'\n"
    with pytest.raises(UserError, match="alike"):
        read_manifest(written(tmp_path, text))


def test_an_unknown_kind_is_refused_before_anything_runs(tmp_path: Path, setting: Setting) -> None:
    text = "schema_version = 1\n[[studies]]\nid = 'a'\nkind = 'magic'\n"
    with pytest.raises(UserError, match="no kind of study 'magic'"):
        run(read_manifest(written(tmp_path, text)), setting)


def test_an_unknown_id_is_refused_with_those_there_are(setting: Setting) -> None:
    with pytest.raises(UserError, match="plank-classes"):
        run(read_manifest(STANDARD), setting, only=["plank"])


def test_a_missing_option_is_named(tmp_path: Path, setting: Setting) -> None:
    text = "schema_version = 1\n[[studies]]\nid = 'a'\nkind = 'plank_classes'\n"
    with pytest.raises(UserError, match="'path'"):
        run(read_manifest(written(tmp_path, text)), setting)


def test_absent_data_skips_a_study_and_says_why(tmp_path: Path, setting: Setting) -> None:
    text = "schema_version = 1\n[[studies]]\nid = 'a'\nkind = 'plank_classes'\npath = 'nowhere'\n"
    (result,) = run(read_manifest(written(tmp_path, text)), setting)
    assert result.id == "a"
    assert result.rows == ()
    assert result.skipped is not None
    assert "nowhere" in result.skipped
