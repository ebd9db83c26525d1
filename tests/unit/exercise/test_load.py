"""Reading exercise files: every error names the file, the place and the words that would be right."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from formcheck.errors import ExerciseError
from formcheck.exercise.load import catalogue, examine_data, load_exercise, parse_exercise, shipped_text, sources

TEXT = """
schema_version = 1
id = "some_squat"
name = "Some squat"
version = 1
summary = "Down and up."
views = ["side"]
filming = "From the side."
key = [["XX-01"]]
not_checked = ["pain"]

[movement]
kind = "reps"
first = "eccentric"
measure = "knee_flexion"
rest_below = 20.0
leave_rest_above = 35.0
work_above = 60.0
min_range = 45.0

[[rules]]
id = "XX-01"
name = "Too shallow"
measure = "knee_flexion"
over = "turn"
reduce = "median"
ideal_min = 60.0
fault_below = 40.0
severity = "effectiveness"
cue = "Go a bit deeper"
why = "Depth trains the whole range."
sources = ["coaching-consensus"]

[[rules]]
id = "XX-02"
name = "Chest drops"
measure = "trunk_inclination"
over = "turn"
reduce = "max"
ideal_max = 40.0
fault_above = 60.0
severity = "minor"
cue = "Chest up"
why = "The trunk stays up."
sources = ["coaching-consensus"]
"""


def complaint(old: str, new: str) -> str:
    """Return what is said about the file after one replacement; the first place only."""
    assert old in TEXT
    with pytest.raises(ExerciseError) as caught:
        parse_exercise(TEXT.replace(old, new, 1), "mine.toml")
    text = str(caught.value)
    assert text.startswith("mine.toml")
    assert "\n" not in text
    assert text.endswith(".")
    return text


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(TEXT, encoding="utf-8")
    for name in (file, str(file)):
        exercise = load_exercise(name)
        assert (exercise.id, len(exercise.rules)) == ("some_squat", 2)


def test_an_unknown_measure_names_the_rule_and_the_known_measures() -> None:
    text = complaint('measure = "trunk_inclination"', 'measure = "trunk_angle"')
    assert "rule XX-02" in text
    assert "unknown measure 'trunk_angle'" in text
    assert "trunk_inclination" in text


def test_an_unknown_measure_of_the_movement_names_the_movement() -> None:
    text = complaint('measure = "knee_flexion"', 'measure = "knee_bend"')
    assert "movement" in text
    assert "unknown measure 'knee_bend'" in text


def test_an_unknown_span_names_the_rule_and_the_spans_there_are() -> None:
    text = complaint('over = "turn"', 'over = "bottom"')
    assert "XX-01: no span 'bottom' in this movement" in text
    assert "concentric, early_hinge, eccentric" in text


def test_an_unknown_key_names_the_rule_and_the_key() -> None:
    text = complaint("fault_below = 40.0", "fault_under = 40.0")
    assert "rule XX-01, fault_under: there is no such key" in text
    assert "colour: there is no such key" in complaint("version = 1\nsummary", 'version = 1\ncolour = "red"\nsummary')


def test_a_doubled_id_is_named() -> None:
    assert "rule ids must be unique; doubled: XX-01" in complaint('id = "XX-02"', 'id = "XX-01"')


def test_a_long_cue_names_the_rule_and_the_limit() -> None:
    text = complaint('cue = "Chest up"', 'cue = "Keep your chest up and proud"')
    assert "rule XX-02" in text
    assert "'Keep your chest up and proud' is longer than 5 words" in text


def test_a_narrow_warning_zone_names_the_rule_and_both_widths() -> None:
    text = complaint("fault_above = 60.0", "fault_above = 41.0")
    assert "rule XX-02: the warning zone is 1 wide, finer than the error budget 5 of trunk_inclination" in text


def test_missing_and_unknown_sources_are_named() -> None:
    source = 'why = "The trunk stays up."\nsources = ["coaching-consensus"]'
    assert "rule XX-02, sources: this key is missing" in complaint(source, 'why = "The trunk stays up."')
    text = complaint('sources = ["coaching-consensus"]', 'sources = ["hearsay-1999"]')
    assert f"rule XX-01: unknown source 'hearsay-1999'; known are {', '.join(sorted(sources()))}." in text + "."
    text = complaint('sources = ["coaching-consensus"]', 'sources = ["coaching-concensus"]')
    assert "unknown source 'coaching-concensus' (did you mean 'coaching-consensus'?); known are " in text


def test_every_mistake_is_told_at_once() -> None:
    bad = TEXT.replace('severity = "effectiveness"', 'severity = "bad"').replace(
        'cue = "Chest up"', 'cue = "a b c d e f"'
    )
    with pytest.raises(ExerciseError, match=r"rule XX-01, severity: .*; rule XX-02, cue: the cue 'a b c d e f'"):
        parse_exercise(bad, "mine.toml")


def test_a_word_with_a_dash_is_named_whole() -> None:
    text = complaint("version = 1\nsummary", 'version = 1\nbaseline_poses = ["desk"]\nsummary')
    assert "baseline_poses, 0: 'desk' is unknown (did you mean 'desk-side'?); there are all-fours, desk-front, " in text
    assert "there are all-fours, desk-front, desk-side, standing-front, standing-side" in text


def test_what_is_not_toml_is_refused_with_the_place() -> None:
    assert "mine.toml is not valid TOML" in complaint("[movement]", "[movement")
    assert "line" in complaint("[movement]", "[movement")


def test_rules_that_are_not_tables_are_refused() -> None:
    head = TEXT.partition("[[rules]]")[0].replace("version = 1\nsummary", "version = 1\nrules = [3]\nsummary")
    with pytest.raises(ExerciseError, match=r"^mine.toml: .*rule 1"):
        parse_exercise(head, "mine.toml")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("deadlfit", "deadlift"),
        ("Bird dog", "bird_dog"),
        ("bird-dog", "bird_dog"),
        ("plnk", "plank"),
        ("Romanian-Deadlift", "romanian_deadlift"),
    ],
)
def test_a_misspelt_exercise_names_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ExerciseError, match=f"There is no exercise '{name}'; did you mean '{nearest}'"):
        load_exercise(name)


def test_an_unknown_exercise_names_all() -> None:
    with pytest.raises(ExerciseError, match=f"There is no exercise 'xyzzy'; known are {', '.join(catalogue())}"):
        load_exercise("xyzzy")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExerciseError, match=r"The exercise file .*none\.toml cannot be read: No such file"):
        load_exercise(tmp_path / "none.toml")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "picture.toml"
    file.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ExerciseError, match=r"picture\.toml is not a text file in UTF-8"):
        load_exercise(file)


def test_the_catalogue_holds_the_exercises_by_name() -> None:
    assert {"bird_dog", "deadlift", "plank", "romanian_deadlift"} <= set(catalogue())
    assert list(catalogue()) == sorted(catalogue())


def test_the_bibliography_gives_a_reference_for_every_key() -> None:
    assert all(len(reference) > 20 for reference in sources().values())


def explained(data: dict[str, Any]) -> list[str]:
    """Return what is wrong with a file; nothing for a valid one."""
    found = examine_data(data)
    return found if isinstance(found, list) else []


ODD: tuple[Any, ...] = (3, -1.5, True, "odd", "", [], [3], [[]], {}, {"id": []})


@pytest.mark.parametrize("like", catalogue())
def test_whatever_stands_in_a_file_is_explained_in_words_and_never_breaks_the_check(like: str) -> None:
    data = tomllib.loads(shipped_text(like))
    for place in (data, data["movement"], data["rules"][0], data["rules"]):
        for key, kept in list(place.items() if isinstance(place, dict) else enumerate(place)):
            for odd in ODD:
                place[key] = odd
                assert [p for p in explained(data) if re.search(r"Input|String|Tuple|Value", p)] == []
            place[key] = kept
    assert explained(data) == []
