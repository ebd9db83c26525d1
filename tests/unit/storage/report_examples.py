"""Reports made by hand, for looking at and for tests: a set of deadlifts, a plank, nothing, and hostile words."""

from dataclasses import replace
from typing import Any

import numpy as np

from formcheck.engine.report import (
    Attempt,
    CueGiven,
    ExerciseRef,
    Finding,
    Hold,
    Limits,
    PhaseSpan,
    Quality,
    Rep,
    Report,
    Score,
    ViewFound,
)
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
