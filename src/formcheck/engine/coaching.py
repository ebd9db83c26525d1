"""Which one thing to say now, if any: faults before warnings, safety first, not too often, silence when all is well."""

import math
from collections import deque
from collections.abc import Sequence
from typing import Final

from formcheck.engine.events import CueEvent
from formcheck.engine.report import Finding
from formcheck.engine.wording import SEVERITY_ORDER

GAP_S: Final = 6.0
REPEAT_AFTER: Final = 3  # judgements before the same cue may come again
LOOK_BACK: Final = 3
ENOUGH_SAFETY_FAULTS: Final = 2
REST_CUE: Final = "Rest, then less load"
BETTER_CUE: Final = "Better"


class CueChooser:
    """Choose cues over one set, one at a time."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order = {rule: i for i, rule in enumerate(order)}
        self._recent: deque[dict[str, Finding]] = deque(maxlen=LOOK_BACK)
        self._said_at = -math.inf
        self._said: dict[str, int] = {}
        self._safety_faults: dict[str, int] = {}
        self._judgements = 0

    def choose(self, t: float, findings: Sequence[Finding], rep: int | None) -> CueEvent | None:
        """Take the findings of one more rep (or of one more second of a hold) and return what to say, if anything."""
        before = self._recent[-1] if self._recent else {}
        now = {f.rule: f for f in findings if f.verdict in ("warning", "fault")}
        self._recent.append(now)
        self._judgements += 1
        for finding in now.values():
            if finding.severity == "safety" and finding.verdict == "fault" and not finding.borderline:
                self._safety_faults[finding.rule] = self._safety_faults.get(finding.rule, 0) + 1
        if t - self._said_at < GAP_S:
            return None
        due = sorted((f for f in now.values() if self._due(f)), key=self._rank)
        if due:
            return self._say(t, due[0], rep)
        mended = [rule for rule in before if rule in self._said and rule not in now and self._was_seen(rule, findings)]
        if mended:
            self._said_at = t
            del self._said[mended[0]]
            return CueEvent(t, mended[0], BETTER_CUE, rep)
        return None

    def _due(self, finding: Finding) -> bool:
        """Whether to speak of a finding.

        A safety fault at once; anything else only when it was seen in two of the last three; the same not again too
        soon; nothing that is as near to the edge as the camera can tell.
        """
        if finding.borderline:
            return False
        said = self._said.get(finding.rule)
        if said is not None and self._judgements - said < REPEAT_AFTER:
            return False
        if finding.severity == "safety" and finding.verdict == "fault":
            return True
        return sum(finding.rule in found for found in self._recent) >= 2

    def _rank(self, finding: Finding) -> tuple[bool, int, int]:
        return (
            finding.verdict != "fault",
            SEVERITY_ORDER[finding.severity],
            self._order.get(finding.rule, len(self._order)),
        )

    def _say(self, t: float, finding: Finding, rep: int | None) -> CueEvent:
        self._said_at = t
        self._said[finding.rule] = self._judgements
        enough = self._safety_faults.get(finding.rule, 0) >= ENOUGH_SAFETY_FAULTS
        return CueEvent(t, finding.rule, REST_CUE if enough else finding.cue, rep)

    @staticmethod
    def _was_seen(rule: str, findings: Sequence[Finding]) -> bool:
        return any(f.rule == rule and f.verdict == "met" for f in findings)
