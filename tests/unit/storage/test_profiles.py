"""Profiles on disk: exact, only numbers, and one sentence for whatever is wrong with them."""

import json
from datetime import date
from pathlib import Path

import pytest

from formcheck.errors import UserError
from formcheck.storage.profiles import (
    Calibration,
    Profile,
    Reading,
    delete_profile,
    load_profile,
    profile_names,
    save_profile,
)

ENTRY = Calibration(
    taken_on=date(2026, 11, 3),
    formcheck="0.1.0",
    exercise_version=1,
    size_px=(640, 480),
    yaw_deg=3.0,
    near_side="left",
    readings={"DL-01": Reading(value=-0.0183, spread=0.001)},
)


def test_what_is_stored_is_read_again_and_nothing_else_lies_there(tmp_path: Path) -> None:
    profile = Profile(sets={"deadlift": ENTRY})
    folder = tmp_path / "new" / "profiles"
    assert save_profile("anna", profile, folder) == folder / "anna.json"
    assert load_profile("anna", folder) == profile
    assert [path.name for path in folder.iterdir()] == ["anna.json"]
    assert profile_names(folder) == ("anna",)
    delete_profile("anna", folder)
    assert profile_names(folder) == ()


@pytest.mark.parametrize("name", ["", "../anna", "a/b", "a.b", "x" * 41, "-a"])
def test_a_name_that_is_no_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="A profile is named with up to 40 letters, digits, - and _"):
        load_profile(name, tmp_path)


def test_an_unknown_profile_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"no profile bob in .*\(there are none yet\); formcheck calibrate bob makes it"
    ):
        load_profile("bob", tmp_path)
    save_profile("anna", Profile(), tmp_path)
    with pytest.raises(UserError, match=r"\(there are anna\)"):
        delete_profile("bob", tmp_path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}}", '{"schema_version": 1, "face": "x"}', '{"sets": {"a": 1}}', "\xff"]
)
def test_a_damaged_profile_is_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "anna.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=r"anna\.json is no profile, or it is damaged; formcheck profiles delete anna"):
        load_profile("anna", tmp_path)


def test_a_value_that_is_no_number_is_damage(tmp_path: Path) -> None:
    path = save_profile("anna", Profile(sets={"deadlift": ENTRY}), tmp_path)
    path.write_text(path.read_text().replace("-0.0183", "NaN"))
    with pytest.raises(UserError, match="damaged"):
        load_profile("anna", tmp_path)


def test_a_profile_of_a_newer_formcheck_asks_for_an_update(tmp_path: Path) -> None:
    (tmp_path / "anna.json").write_text(json.dumps({"schema_version": 2}))
    with pytest.raises(UserError, match=r"newer formcheck \(version 2 of the format, this one reads 1\)"):
        load_profile("anna", tmp_path)


@pytest.mark.parametrize(("today", "days", "old"), [(date(2026, 12, 3), 30, False), (date(2026, 12, 4), 31, True)])
def test_an_entry_is_old_after_thirty_days(today: date, days: int, old: bool) -> None:
    assert (ENTRY.age_days(today), ENTRY.is_old(today)) == (days, old)
