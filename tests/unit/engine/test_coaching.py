"""Which one thing is said, and when nothing is."""

from itertools import pairwise

import pytest
from tests import findings

from formcheck.engine.coaching import ENOUGH_REPEATS, ENOUGH_SAFETY_FAULTS, FIXED_CUES, REPEAT_AFTER, CueChooser
from formcheck.engine.report import Finding, Severity, Verdict

BETTER, REST, EASIER = FIXED_CUES["better"], FIXED_CUES["rest_less_load"], FIXED_CUES["easier"]
ORDER = ["XX-01", "XX-02", "XX-03", "XX-04"]


def finding(
    rule: str, verdict: Verdict, severity: Severity = "effectiveness", borderline: bool = False, value: float = 70.0
) -> Finding:
    return findings.finding(rule, verdict, value, severity, borderline=borderline)


class Coach:
    """A set whose reps lie ten seconds apart unless told otherwise."""

    def __init__(self) -> None:
        self._chooser = CueChooser(ORDER)
        self._t = 0.0
        self._rep = 0

    def rep(self, *found: Finding, after_s: float = 10.0) -> str | None:
        self._t += after_s
        self._rep += 1
        cue = self._chooser.choose(self._t, found, self._rep)
        if cue is not None:
            assert (cue.t, cue.rep) == (self._t, self._rep)
            assert cue.text == FIXED_CUES.get(cue.key, cue.text)
            assert (cue.key == "cue") == cue.text.startswith("Mend")
        return None if cue is None else cue.text

    def within_the_next_rep(self, *faults: Finding, after_s: float = 7.0) -> str | None:
        self._t += after_s
        cue = self._chooser.at_once(self._t, faults, self._rep + 1)
        return None if cue is None else cue.text


SAFETY_FAULT = finding("XX-01", "fault", "safety")


def test_a_good_rep_is_met_with_silence() -> None:
    coach = Coach()
    assert [coach.rep(finding("XX-01", "met", "safety"), finding("XX-02", "unseen")) for _ in range(5)] == [None] * 5


def test_a_safety_fault_is_said_at_once() -> None:
    assert Coach().rep(SAFETY_FAULT) == "Mend XX-01"


@pytest.mark.parametrize(
    "mild",
    [
        finding("XX-01", "fault"),
        finding("XX-01", "fault", "minor"),
        finding("XX-01", "warning", "safety"),
    ],
    ids=["effectiveness", "minor", "warning"],
)
def test_anything_milder_is_said_when_it_was_seen_twice_in_three(mild: Finding) -> None:
    coach, fine = Coach(), finding("XX-01", "met")
    assert coach.rep(mild) is None
    assert coach.rep(fine) is None
    assert coach.rep(mild) == "Mend XX-01"
    coach = Coach()
    assert [coach.rep(f) for f in (mild, fine, fine, mild)] == [None] * 4


@pytest.mark.parametrize("verdict", ["fault", "warning"])
def test_what_is_as_near_to_the_edge_as_a_camera_can_tell_is_not_said(verdict: Verdict) -> None:
    coach = Coach()
    assert [coach.rep(finding("XX-01", verdict, "safety", borderline=True)) for _ in range(5)] == [None] * 5


def test_faults_before_warnings_safety_before_the_rest_then_the_order_of_the_file() -> None:
    everything = [
        finding("XX-04", "warning", "safety"),
        finding("XX-03", "fault", "minor"),
        finding("XX-02", "fault", "effectiveness"),
        finding("XX-01", "fault", "effectiveness"),
    ]
    safety = finding("XX-03", "fault", "safety")
    coach = Coach()
    coach.rep(*everything)
    said = [coach.rep(*everything), coach.rep(*everything), coach.rep(*everything)]
    assert said == ["Mend XX-01", "Mend XX-02", "Mend XX-03"]
    assert Coach().rep(*everything, safety) == "Mend XX-03"


@pytest.mark.parametrize(("after_s", "said"), [(5.9, None), (6.1, "Mend XX-02")])
def test_cues_keep_a_distance(after_s: float, said: str | None) -> None:
    coach = Coach()
    coach.rep(SAFETY_FAULT)
    assert coach.rep(finding("XX-02", "fault", "safety"), after_s=after_s) == said


def test_the_same_cue_comes_again_only_after_three_judgements() -> None:
    coach = Coach()
    mild = finding("XX-01", "fault")
    said = [coach.rep(mild) for _ in range(2 + 2 * REPEAT_AFTER)]
    spoken = [i for i, text in enumerate(said) if text]
    assert spoken[0] == 1
    assert all(b - a == REPEAT_AFTER for a, b in pairwise(spoken))


@pytest.mark.parametrize("fault", [finding("XX-01", "fault"), SAFETY_FAULT], ids=["effectiveness", "safety"])
def test_words_that_change_nothing_make_way_for_an_easier_version_and_then_for_silence(fault: Finding) -> None:
    coach = Coach()
    said = [text for text in (coach.rep(fault) for _ in range(40)) if text]
    assert said[0] == "Mend XX-01"
    assert said[ENOUGH_REPEATS:] == [EASIER]
    assert EASIER not in said[:ENOUGH_REPEATS]


def test_silence_about_one_thing_leaves_words_for_another() -> None:
    coach = Coach()
    for _ in range(20):
        coach.rep(finding("XX-01", "fault"))
    assert coach.rep(finding("XX-01", "fault"), finding("XX-02", "fault", "safety")) == "Mend XX-02"


def test_words_that_helped_once_are_counted_anew() -> None:
    coach, fault, fine = Coach(), finding("XX-01", "fault"), finding("XX-01", "met")
    said = [coach.rep(f) for _ in range(6) for f in (fault, fault, fine)]
    assert said == [None, "Mend XX-01", BETTER, *["Mend XX-01", None, BETTER] * 5]


def test_among_equals_what_was_further_off_in_the_last_reps_is_said() -> None:
    coach = Coach()
    slight, strong = finding("XX-01", "fault", value=62.0), finding("XX-04", "fault", value=95.0)
    coach.rep(slight, strong)
    assert coach.rep(slight, strong) == "Mend XX-04"


def test_after_enough_safety_faults_rest_is_the_advice() -> None:
    coach = Coach()
    said = [coach.rep(SAFETY_FAULT) for _ in range(1 + REPEAT_AFTER)]
    assert said[0] == "Mend XX-01"
    assert said[REPEAT_AFTER] == REST
    assert REPEAT_AFTER + 1 > ENOUGH_SAFETY_FAULTS


def test_what_was_said_and_then_mended_is_praised_once() -> None:
    coach, fine = Coach(), finding("XX-01", "met", "safety")
    assert coach.rep(SAFETY_FAULT) == "Mend XX-01"
    assert [coach.rep(fine) for _ in range(3)] == [BETTER, None, None]


def test_a_relapse_after_praise_is_said_at_once() -> None:
    coach, fine = Coach(), finding("XX-01", "met", "safety")
    assert [coach.rep(f) for f in (SAFETY_FAULT, fine, SAFETY_FAULT)] == ["Mend XX-01", BETTER, REST]


def test_what_was_never_said_is_not_praised() -> None:
    coach = Coach()
    coach.rep(finding("XX-01", "warning"))
    assert coach.rep(finding("XX-01", "met")) is None


def test_what_is_out_of_sight_is_not_praised() -> None:
    coach = Coach()
    coach.rep(SAFETY_FAULT)
    assert coach.rep(finding("XX-01", "unseen", "safety")) is None


def test_a_fault_that_is_due_comes_before_praise() -> None:
    coach = Coach()
    coach.rep(SAFETY_FAULT)
    assert coach.rep(finding("XX-01", "met", "safety"), finding("XX-02", "fault", "safety")) == "Mend XX-02"


def test_praise_waits_for_the_gap_and_is_not_lost() -> None:
    coach, fine = Coach(), finding("XX-01", "met", "safety")
    coach.rep(SAFETY_FAULT)
    assert [coach.rep(fine, after_s=4.0) for _ in range(3)] == [None, BETTER, None]


def test_what_is_said_within_a_rep_is_not_said_again_at_its_end() -> None:
    coach = Coach()
    assert coach.within_the_next_rep(SAFETY_FAULT) == "Mend XX-01"
    assert [coach.rep(SAFETY_FAULT, after_s=7.0) for _ in range(1 + REPEAT_AFTER)] == [None, None, None, REST]


@pytest.mark.parametrize(("after_s", "said"), [(5.9, None), (6.1, "Mend XX-02")])
def test_within_a_rep_cues_keep_their_distance_too(after_s: float, said: str | None) -> None:
    coach = Coach()
    coach.rep(SAFETY_FAULT)
    assert coach.within_the_next_rep(finding("XX-02", "fault", "safety"), after_s=after_s) == said


def test_to_rest_is_said_at_the_end_of_a_rep_only() -> None:
    coach = Coach()
    assert coach.rep(SAFETY_FAULT) == "Mend XX-01"
    assert [coach.rep(SAFETY_FAULT) for _ in range(REPEAT_AFTER - 1)] == [None, None]
    assert coach.within_the_next_rep(SAFETY_FAULT) is None
    assert coach.rep(SAFETY_FAULT) == REST


def test_who_straightens_at_the_word_hears_that_it_is_better() -> None:
    coach = Coach()
    assert coach.within_the_next_rep(SAFETY_FAULT) == "Mend XX-01"
    assert coach.rep(finding("XX-01", "met", "safety"), after_s=7.0) == BETTER
