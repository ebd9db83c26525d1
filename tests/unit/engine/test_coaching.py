"""Which one thing is said, and when nothing is."""

from itertools import pairwise

import pytest
from tests import findings

from formcheck.engine.coaching import BETTER_CUE, ENOUGH_SAFETY_FAULTS, REPEAT_AFTER, REST_CUE, CueChooser
from formcheck.engine.report import Finding, Severity, Verdict

ORDER = ["XX-01", "XX-02", "XX-03", "XX-04"]


def finding(rule: str, verdict: Verdict, severity: Severity = "effectiveness", borderline: bool = False) -> Finding:
    return findings.finding(rule, verdict, 70.0, severity, borderline=borderline)


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


def test_after_enough_safety_faults_rest_is_the_advice() -> None:
    coach = Coach()
    said = [coach.rep(SAFETY_FAULT) for _ in range(1 + REPEAT_AFTER)]
    assert said[0] == "Mend XX-01"
    assert said[REPEAT_AFTER] == REST_CUE
    assert REPEAT_AFTER + 1 > ENOUGH_SAFETY_FAULTS


def test_what_was_said_and_then_mended_is_praised_once() -> None:
    coach, fine = Coach(), finding("XX-01", "met", "safety")
    assert coach.rep(SAFETY_FAULT) == "Mend XX-01"
    assert [coach.rep(fine) for _ in range(3)] == [BETTER_CUE, None, None]


def test_a_relapse_after_praise_is_said_at_once() -> None:
    coach, fine = Coach(), finding("XX-01", "met", "safety")
    assert [coach.rep(f) for f in (SAFETY_FAULT, fine, SAFETY_FAULT)] == ["Mend XX-01", BETTER_CUE, REST_CUE]


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
