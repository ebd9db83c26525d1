"""`formcheck exercises`: list, show, new, check, try, pages and schema, and folders of exercises."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.findings import finding
from typer.testing import CliRunner

from formcheck.body import MEASURES
from formcheck.cli.exercise_text import (
    HOW,
    WHEN,
    counted_by,
    exercise_lines,
    exercise_page,
    index_page,
    looks_at,
    margin_text,
    wanted,
)
from formcheck.cli.exercises import app
from formcheck.engine.report import Limits
from formcheck.errors import ExerciseError, OutputError, UserError
from formcheck.exercise.load import catalogue, load_exercise, sources
from formcheck.exercise.spec import ANY_SPAN, SIDES, Exercise, Rule
from formcheck.filters.reducers import REDUCERS

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and a wide terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    return tmp_path


@pytest.fixture
def draft(place: Path) -> Path:
    run(app, ["new", "good_morning", "--like", "romanian_deadlift"])
    return place / "good_morning.toml"


def change(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def ids(printed: str) -> list[str]:
    return [line.split("│")[1].strip() for line in printed.splitlines() if line.startswith("│")]


def test_without_a_command_the_exercises_are_listed() -> None:
    for arguments in ([], ["list"]):
        done = run(app, arguments)
        assert done.exit_code == 0
        assert ids(done.stdout) == list(catalogue())
        assert "where from" not in done.stdout


def test_a_folder_of_exercises_stands_behind_the_shipped_ones(draft: Path, place: Path) -> None:
    (place / "physio").mkdir()
    draft.rename(place / "physio" / "good_morning.toml")
    for arguments in (["--exercises", "physio"], ["list", "--exercises", "physio"]):
        done = run(app, arguments)
        assert ids(done.stdout) == [*catalogue(), "physio:good_morning"]
        row = done.stdout.splitlines()[-2]
        assert [cell.strip() for cell in row.split("│")[2:4]] == ["Good morning", "side"]
        assert row.split("│")[5].strip() == "physio"


def test_a_folder_before_the_command_is_refused_and_not_forgotten(tmp_path: Path) -> None:
    done = run(app, ["--exercises", str(tmp_path), "list"])
    assert isinstance(done.exception, UserError)
    assert str(done.exception).startswith("Put --exercises behind the command: formcheck exercises list --exercises ")


def test_a_broken_file_in_a_folder_is_one_sentence_and_hides_no_other(draft: Path, place: Path) -> None:
    (place / "physio").mkdir()
    (place / "physio" / "odd.toml").write_text("id = ")
    draft.rename(place / "physio" / "good_morning.toml")
    done = run(app, ["--exercises", "physio"])
    assert done.exit_code == 2
    assert ids(done.stdout) == [*catalogue(), "physio:good_morning"]
    assert done.stderr.startswith("formcheck: physio/odd.toml is not valid TOML: ")
    assert len(done.stderr.splitlines()) == 1


def test_show_tells_needs_checks_limits_and_sources() -> None:
    lines = run(app, ["show", "plank"]).stdout.splitlines()
    assert lines[0] == "Plank (plank, version 1)"
    assert [line for line in lines if line and not line.startswith(" ")][2:] == [
        "What it needs",
        "What it checks",
        "What it cannot see",
        "Sources",
    ]
    assert "    Looks at: bend of the knee off the floor, the middle value over the whole hold" in lines
    assert "    Wanted: at most 18° (a fault above 35°)" in lines
    assert "    Looks at: time over the whole hold" in lines
    assert "  shoulder blades" in lines
    assert any(line.startswith("  PL-06 Low back hollows over time: the outline of the lower back") for line in lines)
    assert any("Norms for an isometric muscle endurance test. J Hum Kinet 2014" in line for line in lines)


def test_a_rule_in_words() -> None:
    exercise = load_exercise("romanian_deadlift")
    rule = exercise.rules[0]
    assert looks_at(rule, exercise) == (
        "back curvature, the highest value down to the deepest point, "
        "counted from the value in the first, shallow hinge"
    )
    assert wanted(rule, "chord lengths") == (
        "at most 2 % of the back (a fault above 3 % of the back); "
        "and without comparing at most 4.5 % of the back (a fault above 6.5 % of the back); "
        "or, against a good set of your own, at most 0.5 % of the back (a fault above 1.5 % of the back)"
    )


def rule_of(exercise: Exercise, rule: str) -> Rule:
    return next(r for r in exercise.rules if r.id == rule)


@pytest.mark.parametrize(
    ("exercise", "rule", "words"),
    [
        ("side_plank", "SP-08", "time over the whole hold, left against right"),
        ("seated_twist", "ST-06", "turn of the upper body, how fast it changes at most while getting into it"),
        ("cat_cow", "CC-01", "back curvature, the highest value in the cat, counted from the value before it begins"),
        ("desk_front", "DF-02", "size of the face in the picture, the middle value as long as it lasts, divided by the "
         "calibrated value"),
    ],
)  # fmt: skip
def test_sides_positions_and_ratios_in_words(exercise: str, rule: str, words: str) -> None:
    spec = load_exercise(exercise)
    assert looks_at(rule_of(spec, rule), spec) == words


def test_an_exercise_says_itself_when_a_span_is() -> None:
    bridge = load_exercise("glute_bridge").model_copy(update={"phase_words": {"turn": "with the hips at the top"}})
    assert looks_at(rule_of(bridge, "GB-01"), bridge).endswith(" with the hips at the top")
    plain = bridge.model_copy(update={"phase_words": {}})
    assert looks_at(rule_of(plain, "GB-01"), plain).endswith(" at the deepest point")


@pytest.mark.parametrize(
    ("exercise", "sentence"),
    [
        ("squat", "Reps are counted by the depth of the squat: away from the start position and back."),
        ("plank", "A hold counts from 2 s on, once the body line deviation is steady, while the position is kept."),
        ("cat_cow", "Cycles are counted by the bend of back and head: cat and cow, in any order."),
        ("walking", "The posture is judged every 6 s for as long as it lasts."),
    ],
)
def test_what_is_counted_in_words(exercise: str, sentence: str) -> None:
    assert counted_by(load_exercise(exercise)) == sentence


@pytest.mark.parametrize("name", catalogue())
def test_a_page_tells_everything_that_show_tells(name: str) -> None:
    exercise = load_exercise(name)
    page = exercise_page(exercise)
    assert page.startswith(f"# {exercise.name}\n\n<!-- Made from {name}.toml ")
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## What it needs",
        "## What it counts",
        "## What it checks",
        "## What it cannot see",
        "## Sources",
    ]
    for rule in exercise.rules:
        heading = f"- {rule.id} {rule.name}: " if rule.not_measurable else f"### {rule.id} {rule.name}\n"
        assert page.count(heading) == 1
        assert rule.not_measurable or (rule.why in page and wanted(rule, rule.unit) in page)
        assert rule.cue is None or rule.not_measurable or f"“{rule.cue}”" in page
    for key in {key for rule in exercise.rules if not rule.not_measurable for key in rule.sources}:
        assert page.count(f". {sources()[key]}\n") == 1
    assert "\n\n\n" not in page


def test_pages_are_written_with_one_that_leads_to_them(place: Path) -> None:
    done = run(app, ["pages", "site/exercises"])
    assert done.stdout == f"{len(catalogue())} pages are in {Path('site/exercises')}.\n"
    written = {file.name for file in (place / "site" / "exercises").iterdir()}
    assert written == {"README.md", "measures.md", *(f"{name}.md" for name in catalogue())}
    index = (place / "site" / "exercises" / "README.md").read_text(encoding="utf-8")
    assert index == index_page([load_exercise(name) for name in catalogue()])
    squat = load_exercise("squat")
    assert f"| [{squat.name}](squat.md) | `squat` | side, front | {squat.summary} |" in index.splitlines()


def test_pages_of_a_folder_of_exercises_stand_beside_the_shipped_ones(draft: Path, place: Path) -> None:
    (place / "physio").mkdir()
    draft.rename(place / "physio" / "good_morning.toml")
    done = run(app, ["pages", "site", "--exercises", "physio"])
    assert done.stdout == f"{len(catalogue()) + 1} pages are in site.\n"
    assert (place / "site" / "physio-good_morning.md").read_text(encoding="utf-8").startswith("# Good morning\n")


def test_pages_that_cannot_be_written_are_one_sentence(place: Path) -> None:
    (place / "site").write_text("a file")
    done = run(app, ["pages", "site"])
    assert isinstance(done.exception, OutputError)
    assert str(done.exception).startswith("site could not be written (")


def test_words_are_there_for_everything_a_file_may_say() -> None:
    assert set(WHEN) == set(ANY_SPAN) - {SIDES}  # which is said in other words
    assert set(HOW) == set(REDUCERS) - {"duration"}
    for name in catalogue():
        text = "\n".join(exercise_lines(load_exercise(name)))
        assert not [word for word in (*ANY_SPAN, *REDUCERS) if "_" in word and word in text]


def test_show_as_json() -> None:
    shown = json.loads(run(app, ["show", "plank", "--json"]).stdout)
    knees = next(rule for rule in shown["checks"] if rule["rule"] == "PL-05")
    assert (knees["wanted"], knees["ideal_max"], knees["fault_above"]) == (
        "at most 18° (a fault above 35°)",
        18.0,
        35.0,
    )
    assert [rule["rule"] for rule in shown["cannot_see"]] == ["PL-06"]
    assert set(shown["sources"]) == {key for rule in shown["checks"] for key in rule["sources"]}


@pytest.mark.parametrize("like", catalogue())
def test_every_draft_is_valid_as_it_is_written(like: str) -> None:
    done = run(app, ["new", "my_own", "--like", like])
    assert done.stdout == "my_own.toml is written. Change it, then run: formcheck exercises check my_own.toml\n"
    own, shipped = load_exercise("my_own.toml"), load_exercise(like)
    assert (own.id, own.name, own.version) == ("my_own", "My own", 1)
    assert [rule.id.partition("-")[0] for rule in own.rules] == ["MO"] * len(shipped.rules)
    assert [rule.model_dump(exclude={"id"}) for rule in own.rules] == [
        rule.model_dump(exclude={"id"}) for rule in shipped.rules
    ]
    assert own.movement == shipped.movement


def test_a_draft_is_never_written_over(draft: Path) -> None:
    draft.write_text("mine")
    done = run(app, ["new", "good_morning"])
    assert isinstance(done.exception, UserError)
    assert str(done.exception) == "good_morning.toml exists already and is not written over; name another file with -o."
    assert draft.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Good Morning"], "'Good Morning' is no id: take small letters, digits and _, such as good_morning."),
        (["squat"], "An exercise 'squat' comes with formcheck already; choose another id."),
        (["burpee", "--like", "dedlift"], "There is no exercise 'dedlift'; did you mean 'deadlift'?"),
        (["burpee", "-o", "burpee.txt"], "An exercise file ends in .toml, not 'burpee.txt'."),
    ],
)
def test_drafts_that_cannot_be(arguments: list[str], sentence: str, place: Path) -> None:
    done = run(app, ["new", *arguments])
    assert str(done.exception) == sentence
    assert list(place.iterdir()) == []


def test_check_says_what_it_read(draft: Path) -> None:
    done = run(app, ["check", draft.name])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "good_morning: 10 rules, follows trunk inclination, filmed from the side.\n"
    run(app, ["new", "knee_plank", "--like", "plank"])
    assert run(app, ["check", "knee_plank.toml"]).stdout == (
        "knee_plank: 8 rules, holds, steady in body line deviation, filmed from the side.\n"
    )


def test_check_tells_all_mistakes_of_all_files_at_once(draft: Path) -> None:
    change(
        draft,
        ('measure = "knee_flexion"', 'measure = "knee_flexon"'),
        ('over = "half_way"', 'over = "halfway"'),
        ('severity = "effectiveness"', 'severity = "effective"'),
        ("fault_below = 52.0", "falt_below = 52.0"),
        ("fault_above = 26.0", "fault_above = 15.0"),
        ('"coaching-consensus", "formcheck-geometry"', '"coaching-concensus"'),
        ('why = "The way down is where the hinge is learnt."\n', ""),
        ('key = [["GM-01"]', 'key = [["GM-11"]'),
    )
    Path("broken.toml").write_text("[movement")
    done = run(app, ["check", "good_morning.toml", "broken.toml", "none.toml"])
    assert (done.exit_code, done.stdout) == (2, "")
    told = done.stderr.splitlines()
    wrong = "good_morning.toml: "
    for start in (
        "rule GM-02, measure: unknown measure 'knee_flexon' (did you mean 'knee_flexion'?); known are "
        f"{min(MEASURES)}, ",
        "rule GM-02: no span 'halfway' in this movement (did you mean 'half_way'?); there are concentric, ",
        "rule GM-02, severity: 'effective' is unknown (did you mean 'effectiveness'?); there are effectiveness, ",
        "rule GM-03, falt_below: there is no such key (did you mean 'fault_below'?); there are absolute, compare, ",
        "rule GM-04: the warning zone is 1 wide, finer than the error budget 7 of shank_inclination.",
        "rule GM-05: unknown source 'coaching-concensus' (did you mean 'coaching-consensus'?); known are ",
        "rule GM-09, why: this key is missing.",
        "the key rule 'GM-11' is not among the rules (did you mean 'GM-1",
    ):
        assert sum(line.startswith(wrong + start) for line in told) == 1, start
    assert told[8].startswith("broken.toml is not valid TOML: ")
    assert told[9] == "The exercise file none.toml cannot be read: No such file or directory."
    assert len(told) == 10


def test_a_mistyped_reducer_and_kind_of_movement_name_what_there_is(draft: Path) -> None:
    change(draft, ('reduce = "median"', 'reduce = "medain"'), ('kind = "reps"', 'kind = "rep"'))
    told = run(app, ["check", draft.name]).stderr.splitlines()
    assert told == [
        "good_morning.toml: movement: 'rep' is unknown (did you mean 'reps'?); there are flow, hold, reps, watch.",
        "good_morning.toml: rule GM-02, reduce: unknown reducer 'medain' (did you mean 'median'?); "
        f"known are {', '.join(sorted(REDUCERS))}.",
    ]


MET = finding(limits=Limits(ideal_max=18.0, fault_above=32.0))


@pytest.mark.parametrize(
    ("value", "verdict", "words"),
    [
        (6.0, "met", "12° to spare"),
        (17.6, "met", "0.4° to spare"),
        (21.0, "warning", "3° beyond, 11° before a fault"),
        (34.0, "fault", "16° beyond, 2° past the edge of a fault"),
        (None, "unseen", ""),
    ],
)
def test_how_near_a_value_is(value: float | None, verdict: str, words: str) -> None:
    assert margin_text(replace(MET, value=value, verdict=verdict)) == words  # type: ignore[arg-type]


def test_how_near_with_two_sides_shares_and_close_calls() -> None:
    two = replace(MET, limits=Limits(8.0, 42.0, -2.0, None))
    assert margin_text(replace(two, value=10.0)) == "2° to spare"
    assert margin_text(replace(two, value=5.0, verdict="warning")) == "3° beyond, 7° before a fault"
    assert margin_text(replace(two, value=45.0, verdict="warning")) == "3° beyond"
    back = replace(MET, unit="chord lengths", limits=Limits(ideal_max=0.02, fault_above=0.03))
    close = replace(back, value=0.0214, verdict="warning", borderline=True)
    assert margin_text(close) == "0.1 % beyond, 0.9 % before a fault, a close call"
    assert margin_text(replace(MET, unit="yes/no", value=1.0)) == ""


def test_the_schema_completes_names_and_is_written_whole(place: Path) -> None:
    done = run(app, ["schema", "-o", "exercise.schema.json"])
    assert done.stdout == (
        'exercise.schema.json is written. First line of an exercise file beside it: "#:schema ./exercise.schema.json"\n'
    )
    written = json.loads((place / "exercise.schema.json").read_text())
    assert written == json.loads(run(app, ["schema"]).stdout)
    rule = written["$defs"]["Rule"]["properties"]
    assert "knee_flexion" in rule["measure"]["enum"]
    assert rule["reduce"]["enum"] == sorted(REDUCERS)
    assert "coaching-consensus" in rule["sources"]["items"]["enum"]
    assert written["$defs"]["Rule"]["additionalProperties"] is False


def test_an_unknown_exercise_of_a_folder_names_the_nearest(draft: Path, place: Path) -> None:
    done = run(app, ["show", "good_morning", "--exercises", str(place)])
    assert isinstance(done.exception, ExerciseError)
    assert str(done.exception) == (f"There is no exercise 'good_morning'; did you mean '{place.name}:good_morning'?")
