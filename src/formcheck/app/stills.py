"""Pictures of the worst moment of each thing that was not right."""

from pathlib import Path
from typing import Final

import cv2

from formcheck.body.pose import Pose
from formcheck.drawing.cues import around_body, draw_still
from formcheck.drawing.scaling import fit
from formcheck.drawing.style import Image
from formcheck.engine.report import Finding, Report
from formcheck.engine.wording import SEVERITY_ORDER
from formcheck.storage.recordings import load_poses
from formcheck.storage.report_page import excess
from formcheck.storage.wording import measured_text, wanted_text
from formcheck.video.reader import FilmReader

JPEG_QUALITY: Final = 82
LONGEST_PX: Final = 640
OF_NO_MOMENT: Final = ("s", "share", "/min")
"""Units of values that no single picture shows."""
MOST_OF_A_RULE: Final = 4
"""Pictures of one rule where a posture was watched; each takes a seek in the film."""


def worst_findings(report: Report) -> list[Finding]:
    """Return the findings that a picture is taken of.

    For each rule that was at fault or warned that is its clearest rep or hold; of a watched posture the worst moments
    of its longest faults, or of its worst warning.
    """
    off = [f for f in report.findings if f.verdict in ("fault", "warning") and f.unit not in OF_NO_MOMENT]
    rules: dict[str, list[Finding]] = {}
    if report.rule_times:
        for finding in sorted(off, key=lambda f: (f.verdict != "fault", f.t_start - f.t_end, -excess(f))):
            rules.setdefault(finding.rule, []).append(finding)
        return [f for found in rules.values() for f in _faults_or_one(found)]
    off = [f for f in off if f.rep is not None]  # what compares the sides of a set is no one moment
    off.sort(key=lambda f: (f.verdict != "fault", f.borderline, SEVERITY_ORDER[f.severity], -f.confidence))
    for finding in off:
        rules.setdefault(finding.rule, [finding])
    return [found[0] for found in rules.values()]


def _faults_or_one(found: list[Finding]) -> list[Finding]:
    return [f for f in found if f.verdict == "fault"][:MOST_OF_A_RULE] or found[:1]


def take_stills(film: Path, slow_motion: float, poses: Path, report: Report) -> dict[tuple[str, float], bytes]:
    """Read the film again at the worst moments and draw them.

    Returns
    -------
    dict
        (rule, moment) to a JPEG.
    """
    findings = worst_findings(report)
    if not findings:
        return {}
    recorded = {pose.t: pose for pose in load_poses(poses).poses() if pose.t in {f.t_worst for f in findings}}
    stills: dict[tuple[str, float], bytes] = {}
    for finding in findings:
        pose = recorded.get(finding.t_worst)
        if pose is not None and pose.has_person:
            stills[finding.rule, finding.t_worst] = _still(_picture(film, slow_motion, pose.t), pose, finding, report)
    return stills


def _picture(film: Path, slow_motion: float, t: float) -> Image:
    """Return the picture of a film at true time `t`."""
    with FilmReader(film, start_s=max(0.0, t * slow_motion - 1e-4), slow_motion=slow_motion) as reader:
        return next(iter(reader)).image


def _still(image: Image, pose: Pose, finding: Finding, report: Report) -> bytes:
    cut, pose = fit(*around_body(image, pose), LONGEST_PX)
    row = None if report.view.facing is None else 0 if report.view.facing == "right" else 1
    draw_still(
        cut,
        pose,
        finding,
        near_side=report.view.near_side,
        back_row=row,
        measured=measured_text(finding),
        wanted=wanted_text(finding.limits, finding.unit),
    )
    done, jpeg = cv2.imencode(".jpg", cut, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise RuntimeError("a still could not be encoded")
    return jpeg.tobytes()
