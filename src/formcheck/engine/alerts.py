"""When a posture is spoken of: after it has lasted, seldom, one thing at a time, and once for what belongs together."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from formcheck.engine.report import Finding, Verdict
from formcheck.engine.scoring import WEIGHT, quality_of

HOUR_S: Final = 3600.0
MENDED_S: Final = 30.0
"""For so long a rule must be met without a break to be called mended; what was before is forgotten then."""
LOOSE: Final = 1.25
"""How much further back than its onset delay a posture may have begun, so that good moments in it are allowed."""
_OFF: Final = ("warning", "fault")
_BRINGS_ABOUT: Final[Mapping[tuple[str, Verdict], tuple[str, ...]]] = {
    ("face_size", "fault"): ("head_height", "head_above_shoulders", "face_to_shoulders"),
    ("face_size", "warning"): ("face_to_shoulders",),
    ("face_pitch", "fault"): ("head_height", "head_above_shoulders"),
    ("face_pitch", "warning"): ("head_above_shoulders",),
    ("face_to_shoulders", "fault"): ("head_above_shoulders",),
    ("face_to_shoulders", "warning"): ("head_above_shoulders",),
}
"""A measure that is off, and what it takes along: who leans in is lower in the picture, with the head ahead of the
shoulders; a face turned down and a head pushed forward both take the room between chin and shoulders. Shoulders that
are raised take it, too, and neither turn the face down nor bring it nearer."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """When something is said at the desk; times in seconds.

    Attributes
    ----------
    onset_fault_s, onset_warning_s : float
        How long a rule must be at fault, or off at all, before it is spoken of.
    share : float
        For which share of that time it must be so.
    cooldown_s : float
        Least time between two alerts about one rule; it doubles with each one that changed nothing.
    most_alerts_per_hour : int
    settle_s : float
        After sitting down, nothing is said for so long.
    sitting_break_s : float
        Sitting for so long asks for a break; 0 turns this and any other reminder off.
    screen_break_s : float
        Sitting or standing at the desk for so long asks for a longer one.
    standing_limit_s : float
        Standing for so long asks to sit or walk.
    shift_s : float
        Sitting without a change of position for so long asks for one.
    eyes_s, water_s : float
        Time at the desk between two reminders to look far away, or to drink.
    merge_s : float
        What is due so soon is said together with what is due now.
    """

    onset_fault_s: float = 90.0
    onset_warning_s: float = 300.0
    share: float = 0.8
    cooldown_s: float = 600.0
    most_alerts_per_hour: int = 4
    settle_s: float = 120.0
    sitting_break_s: float = 30 * 60.0
    screen_break_s: float = 60 * 60.0
    standing_limit_s: float = 40 * 60.0
    shift_s: float = 20 * 60.0
    eyes_s: float = 0.0
    water_s: float = 0.0
    merge_s: float = 300.0


@dataclass(frozen=True, slots=True)
class PostureAlert:
    """A posture has lasted too long: an invitation to change it.

    Attributes
    ----------
    t : float
    rule : str
        Id of the rule that is furthest off, or of the one that brought it about.
    cue : str
        Its words, in English; `formcheck.exercise.language` has others.
    since_t : float
        When it began, to about five seconds.
    """

    t: float
    rule: str
    cue: str
    since_t: float


@dataclass(frozen=True, slots=True)
class PostureRecovered:
    """What an alert was about is over: mended, or nobody sits there any more."""

    t: float
    rule: str


@dataclass(frozen=True, slots=True)
class _Span:
    """One window's finding of a rule."""

    t_start: float
    t_end: float
    finding: Finding

    @property
    def middle(self) -> float:
        return (self.t_start + self.t_end) / 2.0

    @property
    def length(self) -> float:
        return self.t_end - self.t_start


@dataclass(slots=True)
class _Watched:
    """One rule: its latest windows, and what was said of it."""

    spans: deque[_Span] = field(default_factory=deque)
    told: int = 0
    """Alerts in this episode, this rule's own or one that covered it."""
    told_at: float = -math.inf
    named: bool = False
    met_since: float | None = None

    def off_s(self, since_t: float) -> float:
        """Return for how long it has been off since then."""
        return sum(s.length for s in self.spans if s.t_end > since_t and s.finding.verdict in _OFF)


class PostureAlerts:
    """Decide from the findings of consecutive windows when to say what.

    Parameters
    ----------
    settings : DeskSettings
    """

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings
        self._rules: dict[str, _Watched] = {}
        self._given: deque[float] = deque()

    @property
    def pending(self) -> bool:
        """Whether a rule is off of which nothing has been said."""
        return any(w.spans and w.spans[-1].finding.verdict in _OFF and not w.told for w in self._all)

    @property
    def _all(self) -> Sequence[_Watched]:
        return list(self._rules.values())

    def add(self, findings: Sequence[Finding], t_start: float, t_end: float) -> list[PostureRecovered]:
        """Take the findings of one more window and return what is mended with it."""
        mended = []
        for finding in findings:
            watched = self._rules.setdefault(finding.rule, _Watched())
            watched.spans.append(_Span(t_start, t_end, finding))
            self._trim(watched, t_end)
            if self._is_mended(watched, finding, t_start, t_end):
                mended += [PostureRecovered(t_end, finding.rule)] if watched.named else []
                watched.told, watched.named = 0, False
                watched.spans.clear()
        return mended

    def choose(self, t: float) -> PostureAlert | None:
        """Return the one alert to give now, and count it as given."""
        while self._given and t - self._given[0] >= HOUR_S:
            self._given.popleft()
        if len(self._given) >= self._settings.most_alerts_per_hour:
            return None
        lasting = {rule: since for rule, w in self._rules.items() if (since := self._lasts_since(w, t)) is not None}
        causes = {rule: self._cause_of(rule, since, t) for rule, since in lasting.items()}
        ready = [rule for rule, cause in causes.items() if all(self._may(self._rules[r], t) for r in (rule, cause))]
        if not ready:
            return None
        first = max(ready, key=lambda rule: _weight(self._newest_off(self._rules[rule])))
        named = causes[first]
        self._given.append(t)
        self._tell(named, t)
        return PostureAlert(t, named, self._newest_off(self._rules[named]).cue, lasting[first])

    def _tell(self, chosen: str, t: float) -> None:
        """Count an alert for a rule, and for all that is off with it and matters no more: they are one posture."""
        weight = WEIGHT[self._newest_off(self._rules[chosen]).severity]
        for watched in self._all:
            newest = watched.spans[-1].finding if watched.spans else None
            if newest is not None and newest.verdict in _OFF and WEIGHT[newest.severity] <= weight:
                watched.told += 1
                watched.told_at = t
        self._rules[chosen].named = True

    def forget(self, t: float) -> list[PostureRecovered]:
        """Begin anew, as nobody sits there or nothing was seen; when what was said stays known."""
        over = [PostureRecovered(t, rule) for rule, watched in self._rules.items() if watched.named]
        for watched in self._all:
            watched.spans.clear()
            watched.told, watched.named, watched.met_since = 0, False, None
        return over

    def _may(self, watched: _Watched, t: float) -> bool:
        wait_s = self._settings.cooldown_s * 2.0 ** max(0, watched.told - 1)
        return t - watched.told_at >= wait_s

    def _lasts_since(self, watched: _Watched, t: float) -> float | None:
        """Return since when a rule has been at fault, or off, for long enough."""
        for off, onset_s in (
            (("fault",), self._settings.onset_fault_s),
            (_OFF, self._settings.onset_warning_s),
        ):
            for i, span in enumerate(watched.spans):
                if span.middle > t - onset_s:
                    break
                if span.middle < t - LOOSE * onset_s or span.finding.verdict not in off:
                    continue
                off_s = sum(s.length for s in list(watched.spans)[i:] if s.finding.verdict in off)
                if off_s >= self._settings.share * (t - span.t_start) and watched.spans[-1].finding.verdict in off:
                    return span.middle
        return None

    def _cause_of(self, rule: str, since_t: float, t: float) -> str:
        """Return the rule to name for one that has been off since then: what brought it about, or itself."""
        effect = self._newest_off(self._rules[rule]).measure
        causes = {}
        for other, watched in self._rules.items():
            newest = watched.spans[-1].finding if watched.spans else None
            if newest is None or effect not in _BRINGS_ABOUT.get((newest.measure, newest.verdict), ()):
                continue
            if newest.measure == "face_size" and _is_below(newest):
                continue  # too far away
            if watched.off_s(since_t) >= self._settings.share * (t - since_t):
                causes[other] = _excess(newest)
        return max(causes, key=lambda other: causes[other], default=rule)

    @staticmethod
    def _newest_off(watched: _Watched) -> Finding:
        return next(s.finding for s in reversed(watched.spans) if s.finding.verdict in _OFF)

    def _is_mended(self, watched: _Watched, finding: Finding, t_start: float, t_end: float) -> bool:
        if finding.verdict in _OFF:
            watched.met_since = None
        elif finding.verdict == "met" and watched.met_since is None:
            watched.met_since = t_start
        lasted_s = t_end - watched.met_since if watched.met_since is not None else 0.0
        return finding.verdict == "met" and lasted_s >= MENDED_S - 1e-6

    def _trim(self, watched: _Watched, t: float) -> None:
        longest = LOOSE * max(self._settings.onset_fault_s, self._settings.onset_warning_s)
        while t - watched.spans[0].middle > longest:
            watched.spans.popleft()


def _weight(finding: Finding) -> tuple[bool, float, float]:
    return finding.verdict == "fault", WEIGHT[finding.severity], _excess(finding)


def _is_below(finding: Finding) -> bool:
    """Whether a value is off because it is too small."""
    value, edge = finding.value, finding.limits.ideal_min
    return value is not None and edge is not None and value < edge


def _excess(finding: Finding) -> float:
    """Return how far a value lies outside its ideal: 1 at the edge to a fault."""
    value, limits = finding.value, finding.limits
    if value is None:
        return 0.0
    below = _is_below(finding)
    ideal, fault = (limits.ideal_min, limits.fault_below) if below else (limits.ideal_max, limits.fault_above)
    if ideal is None or fault is None or fault == ideal:
        return 1.0 - quality_of(finding)
    return (value - ideal) / (fault - ideal)
