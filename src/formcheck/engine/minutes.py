"""What one minute at the desk was like: time in each state, time each rule was met or off, a score."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from formcheck.engine.presence import State
from formcheck.engine.report import Finding, Verdict
from formcheck.engine.scoring import WEIGHT, quality_of

MINUTE_S: Final = 60.0
MIN_COVERAGE: Final = 0.5
_VERDICTS: Final[tuple[Verdict, ...]] = ("met", "warning", "fault", "unseen")


@dataclass(frozen=True, slots=True)
class MinuteRecord:
    """One minute.

    Attributes
    ----------
    start_t : float
        Seconds, a multiple of 60.
    seconds : dict of str to float
        Time in each state, together at most 60: what is missing was not seen.
    rule_seconds : dict of str to tuple of float
        Rule id to time met, with a warning, at fault, and unseen; a window counts where it ends.
    score : int or None
        How well the posture went with the rules, 0 to 100, weighted by severity; None where less than half was seen.
    alerts, breaks : int
        How many postures were spoken of, and how many breaks ended.
    """

    start_t: float
    seconds: dict[State, float]
    rule_seconds: dict[str, tuple[float, float, float, float]]
    score: int | None
    alerts: int
    breaks: int


@dataclass(slots=True)
class _Open:
    """The minute that is under way."""

    start_t: float
    seconds: dict[State, float] = field(default_factory=dict)
    rules: dict[str, dict[Verdict, float]] = field(default_factory=dict)
    quality: float = 0.0
    judged: float = 0.0
    possible: float = 0.0
    alerts: int = 0
    breaks: int = 0

    def closed(self) -> MinuteRecord:
        scored = self.judged > 0.0 and self.judged >= MIN_COVERAGE * self.possible
        rules = {name: (s["met"], s["warning"], s["fault"], s["unseen"]) for name, s in self.rules.items()}
        score = round(100 * self.quality / self.judged) if scored else None
        return MinuteRecord(self.start_t, self.seconds, rules, score, self.alerts, self.breaks)


class Minutes:
    """Write down minute after minute; one of which nothing is known is left out."""

    def __init__(self) -> None:
        self._open: _Open | None = None
        self._finished: deque[MinuteRecord] = deque()

    def passed(self, t_start: float, t_end: float, state: State) -> None:
        """Count the time from `t_start` to `t_end` in a state, shared out among its minutes."""
        while t_start < t_end:
            minute = self._at(t_start)
            until = min(t_end, minute.start_t + MINUTE_S)
            minute.seconds[state] = minute.seconds.get(state, 0.0) + until - t_start
            t_start = until

    def judged(self, findings: Sequence[Finding], t_start: float, t_end: float) -> None:
        """Count the findings of a window."""
        minute, length = self._at(t_end), t_end - t_start
        for finding in findings:
            seconds = minute.rules.setdefault(finding.rule, dict.fromkeys(_VERDICTS, 0.0))
            seconds[finding.verdict] += length
            weight = WEIGHT[finding.severity] * length
            minute.possible += weight
            if finding.verdict != "unseen":
                minute.judged += weight
                minute.quality += weight * quality_of(finding)

    def alerted(self, t: float) -> None:
        """Count an alert."""
        self._at(t).alerts += 1

    def rested(self, t: float) -> None:
        """Count a break that ended."""
        self._at(t).breaks += 1

    def next_finished(self, t: float) -> MinuteRecord | None:
        """Return the earliest minute that was over at `t` and has not been returned yet."""
        if self._open is not None and t >= self._open.start_t + MINUTE_S:
            self._close()
        return self._finished.popleft() if self._finished else None

    def _at(self, t: float) -> _Open:
        start = t // MINUTE_S * MINUTE_S
        if self._open is None or start > self._open.start_t:
            self._close()
            self._open = _Open(start)
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._finished.append(self._open.closed())
        self._open = None
