"""Reports made by hand, for looking at and for tests: sets, holds, a watched posture, nothing, and hostile words."""

from dataclasses import replace
from typing import Any

import numpy as np

from formcheck.engine.report import (
    Attempt,
    Conditions,
    CueGiven,
    Episode,
    ExerciseRef,
    Fading,
    Finding,
    Hold,
    InstructionGiven,
    Lapse,
    Limits,
    PhaseSpan,
    Quality,
    Rep,
    Report,
    RuleTime,
    Score,
    SecondFilm,
    SetOver,
    SideTotal,
    ViewFound,
)
from formcheck.exercise.spec import Exercise, HoldPose, Rule, Watch
from formcheck.storage.html import Series

REP_STARTS_S = (3.6, 9.1, 14.9, 20.6, 26.0)
BACK = Limits(ideal_max=0.02, fault_above=0.045)
TRUNK = Limits(ideal_min=45.0, ideal_max=90.0, fault_below=35.0)
SOURCES = {
    "bengtsson-2022": "Bengtsson V, Aasa U, Öhberg F, Berglund L. Thoracolumbar and lumbopelvic spinal alignment "
    "during the deadlift exercise. Int J Sports Phys Ther 2022.",
    "shoji-2025": "Shoji K, et al. Load-dependent increase in lumbar kyphosis during deadlift. 2025.",
}
_BACK_ROUNDS: dict[str, Any] = {
    "rule": "DL-01",
    "name": "Back rounds",
    "unit": "chord lengths",
    "measure": "back_curvature",
    "severity": "safety",
    "limits": BACK,
    "cue": "Brace, chest up",
    "why": "More bend comes from the spine than at the start of the pull.",
    "sources": ("bengtsson-2022", "shoji-2025"),
}
_HIPS_FIRST: dict[str, Any] = {
    "rule": "DL-03",
    "name": "Hips rise first",
    "unit": "deg",
    "measure": "trunk_inclination",
    "severity": "effectiveness",
    "limits": Limits(ideal_max=5.0, fault_above=12.0),
    "cue": "Chest and hips together",
    "why": "It turns the pull into a lift with the back.",
    "sources": ("coaching",),
}
_LOCKOUT: dict[str, Any] = {
    "rule": "DL-05",
    "name": "No full lockout",
    "unit": "deg",
    "measure": "hip_flexion",
    "severity": "effectiveness",
    "limits": Limits(ideal_max=12.0, fault_above=22.0),
    "cue": "Stand tall",
    "why": "A rep ends with hips and knees straight.",
    "sources": ("coaching",),
}
_BAR: dict[str, Any] = {
    "rule": "DL-04",
    "name": "Bar away from the legs",
    "unit": "trunk lengths",
    "measure": "hand_ahead_of_ankle",
    "severity": "safety",
    "limits": Limits(ideal_min=-0.05, ideal_max=0.25, fault_above=0.38),
    "cue": "Bar close to legs",
    "why": "A bar that is further away is a longer lever.",
    "sources": ("coaching",),
}
_KNEES: dict[str, Any] = {
    "rule": "DL-13",
    "name": "Knees fall in",
    "unit": "deg",
    "measure": "knee_frontal_projection_angle",
    "severity": "safety",
    "limits": Limits(ideal_max=8.0, fault_above=15.0),
    "cue": "Knees over toes",
    "why": "Legs push straight when knees follow the feet.",
    "sources": (),
}


def finding(rule: dict[str, Any], verdict: str, value: float | None, rep: int | None, t: float, **more: Any) -> Finding:
    basis: dict[str, Any] = {
        **rule,
        "verdict": verdict,
        "value": value,
        "confidence": 0.0 if value is None else 0.86,
        "t_start": t - 0.6,
        "t_end": t + 0.6,
        "t_worst": t,
        "rep": rep,
        "reason": None,
    }
    return Finding(**{**basis, **more})


def deadlift_report() -> Report:
    """Five reps; the back rounds in 4 and 5, the hips rise early in 5; hands hidden, knees only seen from the front."""
    reps = tuple(_rep(i, start) for i, start in enumerate(REP_STARTS_S, start=1))
    knees = finding(
        _KNEES,
        "unseen",
        None,
        None,
        0.0,
        reason="not assessable from this side: film from the front to see your knees",
    )
    return Report(
        exercise=ExerciseRef("deadlift", "Deadlift", 1),
        view=ViewFound("side", 8.0, "right", "right"),
        summary="Strong hinge. Your back rounds in reps 4–5.",
        reps=reps,
        holds=(),
        attempts=(Attempt(0.4, 1.9, "lowered without a pull before it"),),
        findings=(*(f for rep in reps for f in rep.findings), knees),
        score=Score(84, 0.80),
        phases=tuple(phase for start in REP_STARTS_S for phase in _phases(start)),
        cues=(CueGiven(21.9, "DL-01", "Brace, chest up", 4), CueGiven(27.3, "DL-01", "Brace, chest up", 5)),
        not_checked=("grip", "pelvic tilt", "load and effort"),
        remarks=("The start of the film is a rep already under way.",),
        quality=Quality(693, 693, 0, 0.99, 0.97, 23.976, 1280, 720, 28.9),
        versions={"formcheck": "0.1.0", "mediapipe": "0.10.31", "pose model": "full"},
    )


def _rep(index: int, start: float) -> Rep:
    curve = (0.004, 0.008, 0.013, 0.034, 0.058)[index - 1]
    back = "fault" if curve > 0.045 else "warning" if curve > 0.02 else "met"
    early = (2.1, 3.0, 3.4, 4.2, 8.4)[index - 1]
    bottom = start + 1.4
    findings = (
        finding(_BACK_ROUNDS, back, curve, index, bottom + 0.2, borderline=index == 4),
        finding(_HIPS_FIRST, "warning" if early > 5 else "met", early, index, bottom + 0.5),
        finding(_LOCKOUT, "met", 6.0 + index / 2, index, start + 0.1),
        finding(
            _BAR,
            "unseen",
            None,
            index,
            bottom,
            reason="the hands were hidden: film with small plates to see them",
        ),
    )
    score = (94, 93, 91, 80, 62)[index - 1]
    return Rep(index, start, bottom, start + 4.0 if index < 5 else 28.8, 68.0 + index, score, 0.80, findings)


def _phases(start: float) -> tuple[PhaseSpan, ...]:
    end = min(start + 4.0, 28.8)
    return (
        PhaseSpan("away", start, start + 1.2),
        PhaseSpan("turn", start + 1.2, end - 1.2),
        PhaseSpan("back", end - 1.2, end),
    )


def deadlift_series() -> list[Series]:
    t = np.arange(0.0, 28.9, 1 / 24)
    depth = np.max([_bump(t, start) for start in REP_STARTS_S], axis=0)
    trunk = 4.0 + 68.0 * depth
    rounding = np.interp(t, [0, 12, 20, 28], [0.1, 0.25, 0.8, 1.3])
    curve = -0.006 + depth * 0.05 * rounding + 0.002 * np.sin(7 * t)
    seen = (t < 19.4) | (t > 20.0)
    return [
        Series("trunk_inclination", "trunk inclination", "deg", t.tolist(), trunk.tolist()),
        Series(
            "back_curvature",
            "back curvature",
            "chord lengths",
            t.tolist(),
            [float(v) if ok else None for v, ok in zip(curve, seen, strict=True)],
            BACK,
        ),
    ]


def _bump(t: "np.typing.NDArray[np.float64]", start: float) -> "np.typing.NDArray[np.float64]":
    rise = np.clip((t - start) / 1.2, 0, 1)
    fall = np.clip((start + 4.0 - t) / 1.2, 0, 1)
    flat: np.typing.NDArray[np.float64] = np.minimum(rise, fall)
    return flat * flat * (3 - 2 * flat)


def plank_report() -> Report:
    """One hold of 42 s whose hips sink near its end."""
    rule: dict[str, Any] = {
        "rule": "PL-01",
        "name": "Hips sink",
        "unit": "line lengths",
        "measure": "body_line_deviation",
        "severity": "safety",
        "limits": Limits(ideal_min=-0.03, ideal_max=0.08, fault_below=-0.06, fault_above=0.14),
        "cue": "Lift your hips",
        "why": "The trunk no longer carries itself.",
        "sources": (),
    }
    sinks = finding(rule, "fault", -0.081, 1, 36.5)
    head_rule = {**rule, "rule": "PL-04", "name": "Head drops or lifts", "unit": "deg", "measure": "face_to_trunk"}
    head = finding({**head_rule, "limits": Limits(-20.0, 25.0)}, "met", 8.0, 1, 20.0)
    hold = Hold(1, 2.0, 44.0, 33.0, 31.5, None, 78, 1.0, (sinks, head))
    return replace(
        deadlift_report(),
        exercise=ExerciseRef("plank", "Plank", 2),
        summary="A long steady hold. Your hips sink after half a minute.",
        reps=(),
        holds=(hold,),
        attempts=(),
        findings=(sinks, head),
        score=Score(78, 1.0),
        phases=(PhaseSpan("hold", 2.0, 44.0),),
        cues=(CueGiven(35.0, "PL-01", "Lift your hips", 1),),
        not_checked=(),
        remarks=(),
        quality=Quality(1380, 1380, 0, 1.0, 1.0, 30.0, 1920, 1080, 46.0),
    )


def plank_series() -> list[Series]:
    t = np.arange(0.0, 46.0, 0.1)
    line = np.interp(t, [0, 2, 30, 36.5, 42, 46], [0.3, 0.03, 0.01, -0.081, -0.04, 0.3])
    limits = Limits(ideal_min=-0.03, ideal_max=0.08, fault_below=-0.06, fault_above=0.14)
    return [Series("body_line_deviation", "body line deviation", "line lengths", t.tolist(), line.tolist(), limits)]


def sides_report() -> Report:
    """Four holds, two on each side; the second on the left lapses twice; filmed from two sides, and it fades."""
    rule: dict[str, Any] = {
        **_KNEES,
        "rule": "SP-01",
        "name": "Hips sink",
        "measure": "side_line_deviation",
        "limits": Limits(ideal_min=-8.0, fault_below=-14.0),
        "cue": "Lift your hips",
        "why": "The trunk no longer carries itself.",
    }
    values, verdicts = (-3.0, -4.0, -12.0, -19.0), ("met", "met", "warning", "fault")
    holds = []
    for i, (value, verdict) in enumerate(zip(values, verdicts, strict=True)):
        start, side = 2.0 + 12.0 * i, "left" if i % 2 else "right"
        lapses = (Lapse(41.0, 42.5, ("SP-01",)), Lapse(44.0, 44.6, ("SP-01", "SP-99"))) if i == 3 else ()
        found = (finding(rule, verdict, value, i + 1, start + 4.0),)
        holds.append(Hold(i + 1, start, start + 8.2, 6.1 if lapses else 8.2, 3.5, side, 80, 1.0, found, lapses))
    compared = finding({**rule, "rule": "SP-08", "name": "Sides differ", "unit": "share"}, "fault", 0.31, None, 30.0)
    return replace(
        plank_report(),
        exercise=ExerciseRef("side_plank", "Side plank", 1, "hold"),
        summary="Your hips sink in hold 4.",
        holds=tuple(holds),
        findings=(
            *(f for hold in holds for f in hold.findings),
            replace(compared, limits=Limits(0.0, 0.15, None, 0.3)),
        ),
        phases=tuple(PhaseSpan("hold", hold.t_start, hold.t_end) for hold in holds),
        side_totals=(SideTotal("right", 2, 16.4, 16.4, 8.2), SideTotal("left", 2, 16.4, 14.3, 8.2)),
        fading=(Fading("SP-01", "Hips sink", "deg", -3.5, -15.5, 3),),
        set_over=SetOver(46.2, "SP-01", "hips sink for the second time: rest, then go on with less load"),
        second=SecondFilm("front.mp4", ViewFound("front", 84.0, None, None), -1.5, 3),
        conditions=Conditions(
            yaw_deg=8.0,
            fill=0.62,
            cut_off={"head": 0.0, "feet": 0.12},
            roll_deg=3.0,
            brightness=120.0,
            contrast=40.0,
            people=2,
            instructions=(InstructionGiven(1.0, "step_back", "Step back"), InstructionGiven(3.0, "ready", "Good")),
        ),
    )


def cycles_report() -> Report:
    """Two cycles of cat-cow, as a flow is reported."""
    rep = deadlift_report().reps[0]
    reps = tuple(replace(rep, index=i, t_start=5.0 * i, t_turn=5.0 * i + 2, t_end=5.0 * i + 4.5) for i in (1, 2))
    return replace(
        deadlift_report(),
        exercise=ExerciseRef("cat_cow", "Cat-cow", 1, "cycle"),
        reps=reps,
        findings=(),
        attempts=(Attempt(0.4, 1.9, "back at the start without cow"),),
        phases=(PhaseSpan("between", 0.0, 5.0), PhaseSpan("cat", 5.0, 7.0), PhaseSpan("cow", 7.5, 9.0)),
        cues=(CueGiven(7.0, "CC-01", "Round further", 2),),
    )


def watched_report() -> Report:
    """Forty seconds at a desk: the head comes forward twice, the trunk was fine, the elbows were seen half the time."""
    neck: dict[str, Any] = {
        **_KNEES,
        "rule": "DS-01",
        "name": "Head forward",
        "measure": "neck_inclination",
        "severity": "effectiveness",
        "limits": Limits(ideal_max=30.0, fault_above=45.0),
        "cue": "Head back over shoulders",
        "why": "A head in front of the shoulders is held by the neck.",
    }
    trunk = {**neck, "rule": "DS-03", "name": "Slumping", "measure": "trunk_inclination", "limits": Limits(-5.0, 15.0)}
    elbow = {**neck, "rule": "DS-06", "name": "Elbows too straight", "measure": "elbow_flexion"}
    findings = (
        finding(neck, "fault", 51.0, None, 13.0, t_start=10.0, t_end=18.0),
        finding(neck, "warning", 38.0, None, 19.0, t_start=18.0, t_end=22.0),
        finding(neck, "fault", 47.0, None, 31.0, t_start=30.0, t_end=32.0),
        finding(trunk, "met", 6.0, None, 39.0, t_start=38.0, t_end=40.0),
        finding(elbow, "unseen", None, None, 39.0, t_start=38.0, t_end=40.0, reason="the wrist was hidden"),
    )
    return replace(
        deadlift_report(),
        exercise=ExerciseRef("desk_side", "Sitting at a desk", 1, "window"),
        summary="Head forward for 10 s of 40 s.",
        reps=(),
        attempts=(),
        findings=findings,
        score=Score(None, 0.7, "a posture gets a score from ten minutes on"),
        phases=(PhaseSpan("away", 0.0, 1.0), PhaseSpan("settle", 1.0, 2.0), PhaseSpan("there", 2.0, 42.0)),
        cues=(),
        remarks=(),
        quality=Quality(420, 420, 0, 1.0, 0.0, 10.0, 1280, 720, 42.0),
        watched_s=40.0,
        episodes=tuple(
            Episode(f.rule, f.name, f.verdict, f.t_start, f.t_end)
            for f in findings
            if f.verdict in ("fault", "warning")
        ),
        rule_times=(
            RuleTime("DS-01", 26.0, 4.0, 10.0, 0.0),
            RuleTime("DS-03", 40.0, 0.0, 0.0, 0.0),
            RuleTime("DS-06", 0.0, 0.0, 0.0, 40.0),
        ),
    )


def report_of(exercise: Exercise) -> Report:
    """Return a report in which every rule of an exercise has every verdict once, over four reps, holds or windows."""
    counts, watch = exercise.movement.counts, isinstance(exercise.movement, Watch)
    parts = [
        tuple(_of_rule(rule, verdict, None if watch or rule.over == "sides" else i, 4.0 * i) for rule in exercise.rules)
        for i, verdict in enumerate(("met", "warning", "fault", "unseen"), start=1)
    ]
    findings = tuple(f for part in parts for f in part)
    ids = tuple(rule.id for rule in exercise.rules)
    reps = tuple(
        Rep(i, 4.0 * i, 4.0 * i + 1, 4.0 * i + 3, 60.0, 70, 0.9, part, "left" if i % 2 else None)
        for i, part in enumerate(parts, start=1)
    )
    holds = tuple(
        Hold(r.index, r.t_start, r.t_end, 2.0, 1.5, r.side, None, 0.9, r.findings, (Lapse(r.t_start, r.t_turn, ids),))
        for r in reps
    )
    holding = isinstance(exercise.movement, HoldPose)
    return replace(
        sides_report(),
        exercise=ExerciseRef(exercise.id, exercise.name, exercise.version, counts),
        reps=() if holding or watch else reps,
        holds=holds if holding else (),
        findings=findings,
        side_totals=(SideTotal("left", 2, 4.0, 4.0, 1.5), SideTotal(None, 2, 4.0, 4.0, 1.5)) if holding else (),
        fading=() if watch else tuple(Fading(r.id, r.name, r.unit, 1.0, 2.0, 3) for r in exercise.rules),
        not_checked=exercise.not_checked,
        watched_s=16.0 if watch else 0.0,
        episodes=tuple(Episode(f.rule, f.name, f.verdict, f.t_start, f.t_end) for f in (*parts[1], *parts[2]))
        if watch
        else (),
        rule_times=tuple(RuleTime(rule, 4.0, 4.0, 4.0, 4.0) for rule in ids) if watch else (),
    )


def _of_rule(rule: Rule, verdict: str, rep: int | None, t: float) -> Finding:
    """Return a finding of a rule with a value in the middle of its band, of its warning zone, or beyond its fault."""
    low, high, below, above = rule.ideal_min, rule.ideal_max, rule.fault_below, rule.fault_above
    inside = high if low is None else low
    edge, fault = (high, above) if above is not None else (low, below)
    beyond = fault if fault is not None else (edge if edge is not None else inside) or 0.0
    value = {"met": inside, "warning": ((edge or 0.0) + beyond) / 2, "fault": beyond * 1.1, "unseen": None}[verdict]
    words: dict[str, Any] = {
        "rule": rule.id,
        "name": rule.name,
        "unit": rule.unit,
        "measure": rule.measure,
        "severity": rule.severity,
        "limits": Limits(low, high, below, above),
        "cue": rule.cue,
        "why": rule.why,
        "sources": rule.sources,
    }
    return finding(words, verdict, value, rep, t, reason="it was hidden" if verdict == "unseen" else None)


def empty_report() -> Report:
    """Nothing counted: two attempts, no score."""
    return replace(
        deadlift_report(),
        summary="No full rep was found.",
        reps=(),
        attempts=(
            Attempt(1.2, 3.0, "only 22 of 45 needed to count"),
            Attempt(6.0, 6.4, "too quick to be a rep: 0.4 s"),
        ),
        findings=(),
        score=Score(None, 0.0, "there was no rep to judge"),
        phases=(),
        cues=(),
        not_checked=(),
    )


def hostile_report() -> Report:
    """The words of somebody who tries to break out of the page, wherever a report holds words."""
    report, attack = deadlift_report(), HOSTILE
    findings = tuple(
        replace(f, name=attack, cue=attack, why=attack, reason=f.reason and attack, sources=(attack,))
        for f in report.findings
    )
    reps = tuple(replace(rep, findings=tuple(f for f in findings if f.rep == rep.index)) for rep in report.reps)
    return replace(
        report,
        exercise=ExerciseRef(attack, attack, 1),
        summary=attack,
        reps=reps,
        findings=findings,
        phases=tuple(replace(phase, name=attack) for phase in report.phases),
        attempts=(Attempt(0.0, 1.0, attack),),
        cues=(CueGiven(1.0, "X", attack, None),),
        not_checked=(attack,),
        remarks=(attack,),
        versions={attack: attack},
    )


HOSTILE = "</script><script>window.stolen = 1</script><img src=x onerror='window.stolen=1'>\"'&\u2028\udcff"
