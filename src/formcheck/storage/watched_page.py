"""What the report's page says of a watched posture: how long each rule was met, and when it was not; no markup."""

from dataclasses import dataclass

from formcheck.engine.report import Episode, Finding, Report, RuleTime, Verdict
from formcheck.storage.report_page import VERDICT_WORDS, all_findings, excess
from formcheck.storage.wording import clock, lasting, measured_text, stretch, wanted_text


@dataclass(frozen=True, slots=True)
class TimeShare:
    """How long a rule had one verdict; `at` and `width` are in percent of the bar."""

    verdict: Verdict
    word: str
    seconds: str
    at: float
    width: float


@dataclass(frozen=True, slots=True)
class EpisodeMark:
    """A stretch of time in which a rule was not met; `at` and `width` are in percent of the timeline."""

    verdict: Verdict
    t: float
    t_end: float
    at: float
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class WatchedRule:
    """One rule of a watched posture."""

    name: str
    shares: tuple[TimeShare, ...]
    episodes: tuple[EpisodeMark, ...]
    worst: str
    wanted: str


def watched(report: Report, begins_s: float) -> list[WatchedRule]:
    """Return the rules that could be judged, the one that was off longest first.

    Parameters
    ----------
    report : Report
    begins_s : float
        Time of the film's first picture, where the timeline begins.
    """
    findings = all_findings(report)
    judged = [times for times in report.rule_times if times.met_s + times.warning_s + times.fault_s > 0.0]
    judged.sort(key=lambda times: (-times.fault_s, -times.warning_s))
    return [_watched(times, report, [f for f in findings if f.rule == times.rule], begins_s) for times in judged]


def _watched(times: RuleTime, report: Report, findings: list[Finding], begins_s: float) -> WatchedRule:
    values = {(f.verdict, f.t_start): measured_text(f) for f in findings}
    own = [episode for episode in report.episodes if episode.rule == times.rule]
    first = findings[0]
    return WatchedRule(
        first.name,
        _shares(times),
        tuple(_mark(e, values.get((e.verdict, e.t_start), ""), report.quality.duration_s, begins_s) for e in own),
        worst_text(findings),
        wanted_text(first.limits, first.unit),
    )


def _shares(times: RuleTime) -> tuple[TimeShare, ...]:
    seconds: dict[Verdict, float] = {
        "met": times.met_s,
        "warning": times.warning_s,
        "fault": times.fault_s,
        "unseen": times.unseen_s,
    }
    total, at = sum(seconds.values()), 0.0
    shares = []
    for verdict, length in seconds.items():
        width = 100.0 * length / total
        if width > 0.0:
            word = VERDICT_WORDS[verdict].lower()
            shares.append(TimeShare(verdict, word, lasting(length), round(at, 2), round(width, 2)))
        at += width
    return tuple(shares)


def _mark(episode: Episode, value: str, duration_s: float, begins_s: float) -> EpisodeMark:
    when = stretch(episode.t_start, episode.t_end)
    label = f"{episode.name}, {when}: {VERDICT_WORDS[episode.verdict].lower()}{f', {value}' if value else ''}"
    length = duration_s or 1.0
    at = 100.0 * (episode.t_start - begins_s) / length
    width = 100.0 * (episode.t_end - episode.t_start) / length
    return EpisodeMark(episode.verdict, episode.t_start, episode.t_end, round(at, 2), round(width, 2), label)


def worst_text(findings: list[Finding]) -> str:
    """Return the value of one rule that lies furthest beyond its band, and when; empty where it was always met."""
    off = [f for f in findings if f.verdict in ("fault", "warning")]
    if not off:
        return ""
    worst = max(off, key=excess)
    return f"{measured_text(worst)} at {clock(worst.t_worst)}"
