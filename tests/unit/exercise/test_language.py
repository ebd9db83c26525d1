"""What is said in other languages: complete, short, kind, and never stale."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.app.overlay import NEUTRAL_WORDS, PHASE_WORDS, WATCH_WORDS
from formcheck.engine.coaching import FIXED_CUES
from formcheck.engine.setup_coach import _PARTS, ORDER
from formcheck.errors import UserError
from formcheck.exercise.language import FIXED, LANGUAGES, load_language
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import Exercise, Flow

FEAR = ("gefähr", "schad", "schäd", "verletz", "risiko", "kaputt", "schlimm", "falsch", "vorsicht", "schmerz")
ONLY_A_NO = ("nicht ", "kein")
OTHERS = [code for code in LANGUAGES if code != "en"]
EXERCISES = [load_exercise(name) for name in catalogue()]
CUES = sorted(
    {
        (exercise.id, rule.id, cue)
        for exercise in EXERCISES
        for rule in exercise.rules
        for cue in (rule.cue, rule.cue_below)
        if cue
    }
)


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"^There is no language 'fr'; known are en, de\.$"):
        load_language("fr")


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_the_fixed_phrases_and_the_same_words_for_pages(code: str) -> None:
    language, english = load_language(code), load_language("en")
    assert language.code == code
    assert all(language.say(key).strip() for key in FIXED)
    assert set(language.page) == set(english.page)
    assert {key: fields(text) for key, text in language.page.items()} == {
        key: fields(text) for key, text in english.page.items()
    }


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_engine_speaks_the_fixed_phrases_of_english() -> None:
    english = load_language("en")
    assert {key: english.say(key) for key in FIXED_CUES} == FIXED_CUES


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize(("exercise", "rule", "english"), CUES)
def test_each_cue_of_the_catalogue_is_translated_in_few_kind_words(
    code: str, exercise: str, rule: str, english: str
) -> None:
    said = load_language(code).cue(exercise, rule, english)
    assert said != english
    assert 1 <= len(said.split()) <= 5
    assert said[0].isupper()
    assert said[-1].isalpha()
    assert not [word for word in (*FEAR, *ONLY_A_NO) if word in f"{said.lower()} "]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_names_of_exercises_and_rules_are_translated_and_none_is_left_over(code: str, exercise: Exercise) -> None:
    language = load_language(code)
    words = language.exercises[exercise.id]
    english = {rule.id: {rule.name, rule.cue, rule.cue_below} - {None} for rule in exercise.rules}
    assert {rule: set(words.rule(rule)) for rule in words.rules} == english


@pytest.mark.parametrize("code", OTHERS)
def test_no_exercise_is_left_over(code: str) -> None:
    assert set(load_language(code).exercises) == set(catalogue())


@pytest.mark.parametrize("code", OTHERS)
def test_phases_that_can_be_shown_are_translated_and_no_others(code: str) -> None:
    own = {word for e in EXERCISES for phase, word in e.phase_words.items() if phase in PHASE_WORDS}
    positions = {p.name for e in EXERCISES if isinstance(e.movement, Flow) for p in e.movement.positions}
    shown = {*PHASE_WORDS.values(), *NEUTRAL_WORDS.values(), *WATCH_WORDS.values(), *own, *positions} - {""}
    assert set(load_language(code).phases) == shown


@pytest.mark.parametrize("code", OTHERS)
def test_every_instruction_has_words_for_every_part_of_the_body(code: str) -> None:
    language = load_language(code)
    assert {name.removesuffix("_whole").removesuffix("_camera").removesuffix("_room").removesuffix("_mat")
            for name in language.sentences} == set(ORDER)  # fmt: skip
    assert set(language.parts) == {*_PARTS, "body", "and", "left", "right"}
    assert all(fields(text) <= {"parts", "degrees", "tens"} for text in language.sentences.values())


def test_german_instructions_are_whole_sentences() -> None:
    german = load_language("de")
    assert german.setup("step_back", "", None, "camera", ("head", "feet")) == (
        "Stell die Kamera weiter weg, bis man den Kopf und die Füße sieht"
    )
    assert german.setup("tilt_up", "", parts=("body",)) == "Neig die Kamera nach oben, bis man dich ganz sieht"
    assert german.setup("turn_to_side", "", 33.0, parts=("left",)) == "Dreh dich um 30° nach links, seitlich zur Kamera"
    assert german.setup("turn_to_side", "", 36.0) == "Dreh dich um 40°, seitlich zur Kamera"
    assert german.setup("camera_level", "", -7.6) == "Richte die Kamera gerade: Sie ist um 8° gekippt"


@given(
    st.sampled_from(ORDER),
    st.sampled_from(["", "camera", "mat", "room", "whole", "unheard of"]),
    st.none() | st.floats(-180.0, 180.0),
    st.lists(st.sampled_from([*_PARTS, "left", "tail"]), max_size=3),
)
def test_an_instruction_is_never_lost(instruction: str, variant: str, value: float | None, parts: list[str]) -> None:
    said = load_language("de").setup(instruction, "Do it", value, variant, parts)
    assert said == said.strip() != ""
    assert not {"{", "}", "  ", " ,"} & {said[i : i + n] for n in (1, 2) for i in range(len(said))}


def test_what_has_no_words_stays_english() -> None:
    german = load_language("de")
    assert german.cue("physio:good_morning", "GM-01", "Flat back") == "Flat back"
    assert german.cue("deadlift", "DL-99", "Flat back") == "Flat back"
    assert german.cue("deadlift", "DL-01", "A cue that was reworded") == "A cue that was reworded"
    assert german.rule_name("deadlift", "DL-01", "Back rounds in the pull") == "Rücken wird im Zug rund"
    assert german.exercise("physio:good_morning", "Good morning") == "Good morning"
    assert german.phase("somewhere") == "somewhere"
    assert german.setup("wave", "Wave your hand") == "Wave your hand"


def test_english_is_left_as_it_is() -> None:
    english = load_language("en")
    assert english.cue("deadlift", "DL-01", "Brace, chest up") == "Brace, chest up"
    assert english.setup("turn_to_side", "Turn 30°", 30.0, "", ("left",)) == "Turn 30°"
