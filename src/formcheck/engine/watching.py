"""Add up what was found about a watched posture, window by window."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from formcheck.engine.report import Episode, Finding, RuleTime, Score, Verdict
from formcheck.engine.scoring import WEIGHT, quality_of
from formcheck.exercise.spec import Rule

MIN_SCORED_S: Final = 600.0
TOO_SHORT: Final = "a posture gets a score from ten minutes on"
_OFF: Final = ("warning", "fault")


@dataclass(slots=True)
class _Watched:
    """One rule over all windows so far."""

    seconds: dict[Verdict, float] = field(
        default_factory=lambda: dict.fromkeys(("met", "warning", "fault", "unseen"), 0.0)
    )
    last: Finding | None = None
    """The newest met or unseen finding, to stand for all where nothing was off."""
    episodes: list[Finding] = field(default_factory=list)
    """The worst finding of every episode, stretched over it."""


class WatchTally:
    """Findings of consecutive windows to episodes, times and a score."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = {rule.id: _Watched() for rule in rules}
        self._quality = self._judged = self._possible = 0.0
        self.watched_s = 0.0

    def add(self, findings: Sequence[Finding], t_start: float, t_end: float) -> None:
        """Take the findings of one more window, which went from `t_start` to `t_end`."""
        self.watched_s += t_end - t_start
        for finding in findings:
            self._add(self._rules[finding.rule], finding, t_start, t_end)

    def _add(self, rule: _Watched, finding: Finding, t_start: float, t_end: float) -> None:
        length = t_end - t_start
        rule.seconds[finding.verdict] += length
        weight = WEIGHT[finding.severity] * length
        self._possible += weight
        if finding.verdict != "unseen":
            self._judged += weight
            self._quality += weight * quality_of(finding)
        if finding.verdict not in _OFF:
            if rule.last is None or rule.last.verdict == "unseen" or finding.verdict == "met":
                rule.last = finding
            return
        before = rule.episodes[-1] if rule.episodes else None
        if before and before.verdict == finding.verdict and t_start - before.t_end < 0.5:
            worst = min(before, finding, key=quality_of)
            rule.episodes[-1] = replace(worst, t_start=before.t_start, t_end=t_end)
        else:
            rule.episodes.append(replace(finding, t_start=t_start, t_end=t_end))

    @property
    def findings(self) -> list[Finding]:
        """One finding for every episode, and one for every rule that never was off."""
        found: list[Finding] = []
        for rule in self._rules.values():
            found += rule.episodes or ([rule.last] if rule.last else [])
        return found

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """All episodes in order of time."""
        worst = [f for rule in self._rules.values() for f in rule.episodes]
        return tuple(
            Episode(f.rule, f.name, f.verdict, f.t_start, f.t_end) for f in sorted(worst, key=lambda f: f.t_start)
        )

    @property
    def rule_times(self) -> tuple[RuleTime, ...]:
        """How long each rule was met, off or unseen."""
        times = ((name, rule.seconds) for name, rule in self._rules.items())
        return tuple(RuleTime(name, s["met"], s["warning"], s["fault"], s["unseen"]) for name, s in times)

    @property
    def score(self) -> Score:
        """Mean quality over the time judged, weighted by severity."""
        coverage = self._judged / self._possible if self._possible else 0.0
        if not self.watched_s:
            return Score(None, 0.0, "the posture was not seen")
        if self.watched_s < MIN_SCORED_S:
            return Score(None, coverage, TOO_SHORT)
        if coverage < 0.5:
            return Score(None, coverage, "not enough could be seen to give a score")
        return Score(round(100 * self._quality / self._judged), coverage)
