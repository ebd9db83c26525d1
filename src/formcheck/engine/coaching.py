"""Which one thing to say now, if any: faults before warnings, safety first, not too often, silence when all is well."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formcheck.engine.events import CueEvent, CueKey
from formcheck.engine.report import Finding
from formcheck.engine.scoring import quality_of
from formcheck.engine.wording import SEVERITY_ORDER

GAP_S: Final = 6.0
REPEAT_AFTER: Final = 3  # judgements before the same cue may come again
LOOK_BACK: Final = 3
ENOUGH_SAFETY_FAULTS: Final = 2
ENOUGH_REPEATS: Final = 3  # of words that have changed nothing
FIXED_CUES: Final[Mapping[CueKey, str]] = {
    "better": "Better",
    "rest_less_load": "Rest, then less load",
    "easier": "Easier version, less depth or load",
}


@dataclass(frozen=True, slots=True)
class _Told:
    """At which judgement a rule was last spoken of, and how often without having been mended."""

    at: int
    times: int


class CueChooser:
    """Choose cues over one set, one at a time.

    Parameters
    ----------
    order : sequence of str
        Ids of the rules, in the order of the exercise file.
    """

    def __init__(self, order: Sequence[str]) -> None:
        self._order = {rule: i for i, rule in enumerate(order)}
        self._recent: deque[dict[str, Finding]] = deque(maxlen=LOOK_BACK)
        self._said_at = -math.inf
        self._told: dict[str, _Told] = {}
        self._given_up: set[str] = set()
        self._safety_faults: dict[str, int] = {}
        self._judgements = 0

    def choose(self, t: float, findings: Sequence[Finding], rep: int | None) -> CueEvent | None:
        """Take the findings of one more rep (or of one more second of a hold) and return what to say, if anything."""
        now = {f.rule: f for f in findings if f.verdict in ("warning", "fault")}
        self._recent.append(now)
        self._judgements += 1
        for finding in now.values():
            if _is_safety_fault(finding):
                self._safety_faults[finding.rule] = self._safety_faults.get(finding.rule, 0) + 1
        if t - self._said_at < GAP_S:
            return None
        due = sorted((f for f in now.values() if self._due(f)), key=self._rank)
        if due:
            return self._say(t, due[0], rep)
        met = {f.rule for f in findings if f.verdict == "met"}
        mended = next((rule for rule in self._told if rule in met), None)
        if mended is None:
            return None
        self._said_at = t
        del self._told[mended]
        return CueEvent(t, mended, FIXED_CUES["better"], rep, "better")

    def at_once(self, t: float, faults: Sequence[Finding], rep: int) -> CueEvent | None:
        """Take faults of safety that are certain in the middle of a rep and return what to say, if anything.

        To rest is advice for the end of the rep: where it is due, that is waited for.
        """
        if t - self._said_at < GAP_S:
            return None
        due = [f for f in faults if self._fresh(f.rule, self._judgements + 1) and not self._enough(f.rule, 1)]
        return self._say(t, min(due, key=self._rank), rep, self._judgements + 1) if due else None

    def _due(self, finding: Finding) -> bool:
        """Whether to speak of a finding.

        A safety fault at once; anything else only when it was seen in two of the last three; the same not again too
        soon; nothing that is as near to the edge as the camera can tell.
        """
        if finding.borderline or not self._fresh(finding.rule, self._judgements):
            return False
        return _is_safety_fault(finding) or sum(finding.rule in found for found in self._recent) >= 2

    def _fresh(self, rule: str, judgement: int) -> bool:
        """Whether a rule has not been spoken of too lately or too often."""
        told = self._told.get(rule)
        return rule not in self._given_up and (told is None or judgement - told.at >= REPEAT_AFTER)

    def _enough(self, rule: str, coming: int = 0) -> bool:
        return self._safety_faults.get(rule, 0) + coming >= ENOUGH_SAFETY_FAULTS

    def _rank(self, finding: Finding) -> tuple[bool, int, float, int]:
        """Faults before warnings, safety first, then what was furthest off in the last reps, then the file's order."""
        off = sum(1.0 - quality_of(found[finding.rule]) for found in self._recent if finding.rule in found)
        return (
            finding.verdict != "fault",
            SEVERITY_ORDER[finding.severity],
            -off,
            self._order.get(finding.rule, len(self._order)),
        )

    def _say(self, t: float, finding: Finding, rep: int | None, judgement: int | None = None) -> CueEvent:
        told = self._told.get(finding.rule)
        times = told.times + 1 if told else 1
        self._said_at = t
        self._told[finding.rule] = _Told(self._judgements if judgement is None else judgement, times)
        if times > ENOUGH_REPEATS:
            self._given_up.add(finding.rule)
            return CueEvent(t, finding.rule, FIXED_CUES["easier"], rep, "easier")
        if self._enough(finding.rule):
            return CueEvent(t, finding.rule, FIXED_CUES["rest_less_load"], rep, "rest_less_load")
        return CueEvent(t, finding.rule, finding.cue, rep)


def _is_safety_fault(finding: Finding) -> bool:
    return finding.severity == "safety" and finding.verdict == "fault" and not finding.borderline
