"""The sentences of a report."""

from dataclasses import replace

import pytest
from tests import findings

from formcheck.engine.report import Finding, Quality, Rep, Severity, Verdict, ViewFound
from formcheck.engine.wording import listed, main_faults, remarks, summary
from formcheck.exercise.load import load_exercise

EXERCISE = load_exercise("romanian_deadlift")
GOOD = Quality(600, 600, 0, 1.0, 1.0, 30.0, 1280, 720, 20.0)
FROM_THE_SIDE = ViewFound("side", 5.0, "right", "right")


def finding(
    rule: str, rep: int, verdict: Verdict = "fault", severity: Severity = "minor", borderline: bool = False
) -> Finding:
    return findings.finding(rule, verdict, 70.0, severity, rep=rep, borderline=borderline)


def said(*found: Finding, reps: int = 3, coverage: float = 1.0) -> str:
    counted = [Rep(i + 1, 0.0, 1.0, 2.0, 70.0, 100, coverage, ()) for i in range(reps)]
    return summary(EXERCISE, counted, [], found)


@pytest.mark.parametrize(("numbers", "words"), [([1], "1"), ([2, 1], "1 and 2"), ([5, 1, 2, 2], "1, 2 and 5")])
def test_numbers_are_listed(numbers: list[int], words: str) -> None:
    assert listed(numbers) == words


def test_nothing_counted() -> None:
    assert said(reps=0) == "No rep was counted."
    assert summary(load_exercise("plank"), [], [], []) == "No hold was counted."


def test_all_well() -> None:
    assert said(finding("XX-01", 1, "met")) == "Everything that could be judged was as it should be."


def test_where_little_could_be_seen_silence_is_no_praise() -> None:
    unseen = [finding("XX-01", 1, "unseen"), finding("XX-02", 1, "met")]
    assert said(*unseen, coverage=0.4) == "Counted, but too little could be seen to judge it."
    assert said(*unseen, coverage=0.6) == "Everything that could be judged was as it should be."
    assert said(finding("XX-01", 1), coverage=0.4).startswith("Name of XX-01")  # a fault that was seen is told


def test_a_warning_is_no_fault() -> None:
    assert said(finding("XX-01", 1, "warning")) == "No fault; keep an eye on this: name of XX-01."
    assert said(finding("XX-01", 1, borderline=True)).startswith("No fault;")


def test_the_main_fault_names_its_reps() -> None:
    assert said(finding("XX-01", 3), finding("XX-01", 1)) == "Name of XX-01 in reps 1 and 3."
    assert said(finding("XX-01", 2)) == "Name of XX-01 in rep 2."
    assert said(finding("XX-01", 1), reps=1) == "Name of XX-01."


def test_other_faults_are_only_counted() -> None:
    text = said(finding("XX-01", 1), finding("XX-02", 1), finding("XX-02", 2), finding("XX-03", 1))
    assert text == "Name of XX-02 in reps 1 and 2. 2 other things to change."
    assert said(finding("XX-01", 1), finding("XX-02", 2)).endswith(" 1 other thing to change.")


def test_safety_comes_first_then_what_happened_most_often() -> None:
    faults = main_faults(
        [
            finding("XX-01", 1),
            finding("XX-01", 2),
            finding("XX-02", 2, severity="safety"),
            finding("XX-03", 1, severity="effectiveness"),
        ]
    )
    assert [(f.rule, where) for f, where in faults] == [("XX-02", [2]), ("XX-03", [1]), ("XX-01", [1, 2])]


def test_good_conditions_need_no_remark() -> None:
    assert remarks(EXERCISE, FROM_THE_SIDE, GOOD) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": 3}, "3 people"),
        ({"jumps": 1}, "jumped once"),
        ({"jumps": 4}, "jumped 4 times"),
        ({"body_share": 0.3}, "30 %"),
        ({"fps": 10.0}, "10 pictures a second"),
        ({"dropped": 7}, "7 damaged pictures"),
        ({"truncated": True}, "cut short"),
        ({"lost": 1}, "out of sight once."),
        ({"lost": 2, "others_refused": 40}, "out of sight 2 times; nobody else was followed"),
        ({"lost": 1, "gone_since_s": 12.34}, "last seen at 12.3 s and did not come back."),
        ({"swaps_repaired": 1}, "mixed up in one picture and put right"),
        ({"swaps_repaired": 3}, "mixed up in 3 pictures"),
        ({"turned": 9}, "turned, in 9 pictures"),
    ],
)
def test_bad_conditions_are_told(change: dict[str, int], words: str) -> None:
    (note,) = remarks(EXERCISE, FROM_THE_SIDE, replace(GOOD, **change))  # type: ignore[arg-type]
    assert words in note


@pytest.mark.parametrize(("implausible", "told"), [(10, False), (11, True)])
def test_implausible_bones_are_told_when_they_are_many(implausible: int, told: bool) -> None:
    notes = remarks(EXERCISE, FROM_THE_SIDE, replace(GOOD, frames=100, implausible=implausible))
    assert [("11 %" in note) for note in notes] == [True] * told


@pytest.mark.parametrize(
    ("view", "yaw", "words"), [("oblique", 45.0, "45° off a side view"), ("side", 25.0, "25° off a side view")]
)
def test_an_oblique_camera_is_told(view: str, yaw: float, words: str) -> None:
    (note,) = remarks(EXERCISE, ViewFound(view, yaw, "right", "right"), GOOD)  # type: ignore[arg-type]
    assert words in note
