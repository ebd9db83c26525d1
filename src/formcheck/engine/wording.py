"""The sentences of a report that are not written in an exercise file."""

from collections.abc import Iterable, Sequence
from typing import Final

from formcheck.engine.report import Finding, Hold, Quality, Rep, Report, ViewFound
from formcheck.engine.watching import WatchTally
from formcheck.exercise.spec import Exercise

IMPLAUSIBLE_SHARE: Final = 0.1  # of the pictures; less is usual and not worth a sentence
ENOUGH: Final = 0.5  # coverage below which silence about faults says nothing
SEVERITY_ORDER: Final = {"safety": 0, "effectiveness": 1, "minor": 2}


def listed(numbers: Iterable[int]) -> str:
    """Return "1", "1 and 2" or "1, 2 and 5"."""
    words = [str(n) for n in sorted(set(numbers))]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def main_faults(findings: Sequence[Finding]) -> list[tuple[Finding, list[int]]]:
    """Return each rule that was at fault, most useful first, with the reps or holds where."""
    faults = [f for f in findings if f.verdict == "fault" and not f.borderline]
    first: dict[str, Finding] = {}
    for finding in faults:
        first.setdefault(finding.rule, finding)
    grouped = [(f, [g.rep for g in faults if g.rule == f.rule and g.rep is not None]) for f in first.values()]
    return sorted(grouped, key=lambda pair: (SEVERITY_ORDER[pair[0].severity], -len(pair[1])))


def summary(exercise: Exercise, reps: Sequence[Rep], holds: Sequence[Hold], findings: Sequence[Finding]) -> str:
    """Return the one sentence over the report."""
    parts = reps or holds
    word = exercise.movement.counts
    if not parts:
        return f"No {word} was counted."
    faults = main_faults(findings)
    if not faults:
        if sum(part.coverage for part in parts) < ENOUGH * len(parts):
            return "Counted, but too little could be seen to judge it."
        warned = [f for f in findings if f.verdict in ("warning", "fault")]
        if warned:
            return f"No fault; keep an eye on this: {warned[0].name[0].lower()}{warned[0].name[1:]}."
        return "Everything that could be judged was as it should be."
    finding, where = faults[0]
    many = len(parts) > 1
    place = f" in {word}{'s' if len(where) > 1 else ''} {listed(where)}" if where and many else ""
    more = len(faults) - 1
    rest = f" {more} other thing{'s' if more > 1 else ''} to change." if more else ""
    return f"{finding.name}{place}.{rest}"


def summary_of_watch(tally: WatchTally) -> str:
    """Return the one sentence over the report of a watched posture."""
    if not tally.watched_s:
        return "This posture was not seen."
    off: dict[str, float] = {}
    for episode in tally.episodes:
        if episode.verdict == "fault":
            off[episode.name] = off.get(episode.name, 0.0) + episode.t_end - episode.t_start
    if not any(times.met_s + times.warning_s + times.fault_s for times in tally.rule_times):
        return "Watched, but too little could be seen to judge it."
    if not off:
        return f"Nothing to change in {_time(tally.watched_s)}."
    name = max(off, key=lambda name: off[name])
    more = len(off) - 1
    rest = f" {more} other thing{'s' if more > 1 else ''} to change." if more else ""
    return f"{name} for {_time(off[name])} of {_time(tally.watched_s)}.{rest}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def remarks(exercise: Exercise, view: ViewFound, quality: Quality) -> list[str]:
    """Return what the reader should know about the conditions of measurement."""
    notes: list[str] = []
    if quality.frames == 1:
        notes.append("One picture shows a position, not a movement: nothing can be counted. Give a film.")
    if view.name == "oblique" and view.yaw_deg is not None:
        notes.append(
            f"The camera stands {view.yaw_deg:.0f}° off a side view: movements were counted, but angles cannot be "
            "judged. Film from the side."
        )
    elif view.name == "side" and view.yaw_deg is not None and view.yaw_deg > 20:
        notes.append(f"The camera stands {view.yaw_deg:.0f}° off a side view; closer to the side is more certain.")
    if quality.people > 1:
        notes.append(
            f"Up to {quality.people} people are in the picture; one was followed. Check that the drawn body is yours; "
            "if not, choose it with --person, counted from the left."
        )
    notes += _out_of_sight(quality)
    if quality.jumps:
        times = "once" if quality.jumps == 1 else f"{quality.jumps} times"
        notes.append(f"The body that was followed jumped {times}; what happened there was not judged.")
    if quality.body_share < 0.5:
        notes.append(
            f"Shoulder, hip, knee and ankle were seen together in {100 * quality.body_share:.0f} % of the pictures."
        )
    notes += _misread(quality)
    if quality.fps is not None and quality.fps < 14.5:
        notes.append(f"{quality.fps:.0f} pictures a second are too few to judge timing; film with 24 or more.")
    if quality.dropped:
        notes.append(f"{quality.dropped} damaged pictures were skipped.")
    if quality.truncated:
        notes.append("The film is cut short; what could be read was analysed.")
    return notes


def _out_of_sight(quality: Quality) -> list[str]:
    """Return what to know about the person who was followed."""
    nobody_else = "; nobody else was followed instead" if quality.others_refused else ""
    if quality.gone_since_s is not None:
        return [f"The person was last seen at {quality.gone_since_s:.1f} s and did not come back{nobody_else}."]
    if quality.lost:
        times = "once" if quality.lost == 1 else f"{quality.lost} times"
        return [f"The person was out of sight {times}{nobody_else}."]
    return []


def _misread(quality: Quality) -> list[str]:
    """Return what the pose model got wrong, and what was done about it."""
    notes = []
    if quality.swaps_repaired:
        notes.append(f"Left and right limbs were mixed up in {_pictures(quality.swaps_repaired)} and put right.")
    if quality.implausible > IMPLAUSIBLE_SHARE * quality.frames:
        share = 100 * quality.implausible / quality.frames
        notes.append(
            f"In {share:.0f} % of the pictures the bones of the body were not read plausibly; something may hide it. "
            "What was in doubt was not judged."
        )
    if quality.turned:
        notes.append(f"The body was read plausibly only with the picture turned, in {_pictures(quality.turned)}.")
    return notes


def _pictures(count: int) -> str:
    return "one picture" if count == 1 else f"{count} pictures"


def headline(report: Report) -> str:
    """Return exercise, count and score in one line."""
    word, parts = ("hold", report.holds) if report.holds else (report.exercise.counts, report.reps)
    counted = f"{len(parts)} {word}{'' if len(parts) == 1 else 's'}" if parts else "nothing counted"
    if report.rule_times:
        counted = f"watched for {_time(report.watched_s)}"
    share = f"{100 * report.score.coverage:.0f} % could be judged"
    score = "no score" if report.score.value is None else f"{report.score.value} technique match"
    return f"{report.exercise.name} · {counted} · {score}, {share}"
