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
from formcheck.storage.wording import measured_text, wanted_text
from formcheck.video.reader import FilmReader

JPEG_QUALITY: Final = 82
LONGEST_PX: Final = 640


def worst_findings(report: Report) -> list[Finding]:
    """Return one finding for each rule that was at fault or warned: its clearest rep."""
    off = [f for f in report.findings if f.verdict in ("fault", "warning") and f.unit != "s"]
    off.sort(key=lambda f: (f.verdict != "fault", f.borderline, SEVERITY_ORDER[f.severity], -f.confidence))
    first: dict[str, Finding] = {}
    for finding in off:
        first.setdefault(finding.rule, finding)
    return list(first.values())


def take_stills(film: Path, slow_motion: float, poses: Path, report: Report) -> dict[tuple[str, int | None], bytes]:
    """Read the film again at the worst moments and draw them.

    Returns
    -------
    dict
        (rule, rep) to a JPEG.
    """
    findings = worst_findings(report)
    if not findings:
        return {}
    recorded = {pose.t: pose for pose in load_poses(poses).poses() if pose.t in {f.t_worst for f in findings}}
    stills: dict[tuple[str, int | None], bytes] = {}
    for finding in findings:
        pose = recorded.get(finding.t_worst)
        if pose is not None and pose.has_person:
            stills[finding.rule, finding.rep] = _still(_picture(film, slow_motion, pose.t), pose, finding, report)
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
