"""What one report is compared with: the part of a profile that fits an exercise, and what the report says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from formcheck.body import MEASURES
from formcheck.body.baseline import Baseline
from formcheck.engine.report import Report, ViewFound
from formcheck.exercise.spec import BASELINE, Exercise
from formcheck.storage.profiles import Calibration, Profile, Reading

MOST_APART_DEG: Final = 8.0
"""A good set filmed 8° away widens the scatter of neutral backs from 0.001 to 0.007, half of what makes a fault; a
standing back reads 0.015 otherwise at 15°."""
IN_THE_PICTURE: Final = ("face_size", "head_height", "shoulder_place")
"""Measures that say where in the picture, or how large, somebody is: only comparable while the camera is not moved."""
_WORDS: Final = {
    "standing-side": "how you stood",
    "standing-front": "how you stood, from the front,",
    "all-fours": "how you kneeled on all fours",
    "desk-side": "how you sat",
    "desk-front": "how you sat, from the front,",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One person's own values for one exercise.

    Attributes
    ----------
    name : str
        The profile's.
    exercise : Exercise
    good_set : Calibration or None
        What the profile holds of this exercise done well.
    poses : mapping of str to Calibration
        What it holds of the poses that the exercise names in `baseline_poses`.
    today : date
        To tell how old they are.
    """

    name: str
    exercise: Exercise
    good_set: Calibration | None
    poses: Mapping[str, Calibration]
    today: date

    @property
    def baseline(self) -> Baseline:
        """Everything there is, for a film from where the calibration was filmed."""
        return self._baseline(self._readings(), self.good_set)

    def fits(self, report: Report) -> bool:
        """Whether all of `baseline` may be compared with a film; true where there is nothing to mislead."""
        return self.fitting(report) == self.baseline

    def fitting(self, report: Report) -> Baseline:
        """Return what may be compared with a film, now that it is known from where it was filmed."""
        readings = {
            measure: reading
            for pose, entry in self.poses.items()
            for measure, reading in self._readings_of(pose).items()
            if self._unlike(measure, entry, report) is None
        }
        good_set = self.good_set
        return self._baseline(readings, None if good_set and self._misplaced(good_set, report.view) else good_set)

    def noted(self, report: Report) -> Report:
        """Return the report with a remark on what it was compared with."""
        return replace(report, remarks=(*self._remarks(report), *report.remarks))

    def _readings(self) -> dict[str, Reading]:
        return {measure: reading for pose in self.poses for measure, reading in self._readings_of(pose).items()}

    def _readings_of(self, pose: str) -> dict[str, Reading]:
        """Return what a pose gives that this exercise compares with and no pose named before it gives."""
        giver = {measure: other for other in reversed(tuple(self.poses)) for measure in self.poses[other].readings}
        compared = {rule.measure for rule in self.exercise.rules if rule.relative_to == BASELINE}
        return {m: r for m, r in self.poses[pose].readings.items() if m in compared and giver[m] == pose}

    def _baseline(self, readings: Mapping[str, Reading], good_set: Calibration | None) -> Baseline:
        days = [entry.taken_on for entry in (*self.poses.values(), *([self.good_set] if self.good_set else []))]
        return Baseline(
            {measure: reading.value for measure, reading in readings.items()},
            {measure: reading.spread for measure, reading in readings.items()},
            min(days, default=self.today),
            {rule: reading.value for rule, reading in good_set.readings.items()} if good_set else {},
        )

    def _remarks(self, report: Report) -> list[str]:
        notes: list[str] = []
        if any(rule.own_set for rule in self.exercise.rules):
            notes += self._on_good_set(report.view)
        if any(rule.relative_to == BASELINE for rule in self.exercise.rules):
            notes += [note for pose in self.exercise.baseline_poses for note in self._on_pose(pose, report)]
        return notes or [f"The profile {self.name} was not needed: this exercise compares with nothing of your own."]

    def _on_good_set(self, view: ViewFound) -> list[str]:
        renew = f"formcheck calibrate {self.name} FILM --exercise {self.exercise.id}"
        if self.good_set is None:
            return [f"The profile {self.name} holds no set to compare with for this exercise: {renew}"]
        when, why = _day(self.good_set.taken_on), self._misplaced(self.good_set, view)
        if why:
            return [f"Your set of {when} (profile {self.name}) was not used: {why}. Film from where you calibrated."]
        return [f"Compared with your set of {when} (profile {self.name}).", *self._age(self.good_set, renew)]

    def _on_pose(self, pose: str, report: Report) -> list[str]:
        renew = f"formcheck calibrate {self.name} FILM --pose {pose}"
        if pose not in self.poses:
            return [f"The profile {self.name} does not hold {pose}, which this exercise compares with: {renew}"]
        entry = self.poses[pose]
        left_out = {m: why for m in self._readings_of(pose) if (why := self._unlike(m, entry, report))}
        notes = [self._compared(pose, left_out)] if len(left_out) < len(self._readings_of(pose)) else []
        for why in dict.fromkeys(left_out.values()):
            labels = [MEASURES[measure].label for measure, reason in left_out.items() if reason == why]
            notes.append(f"Not compared with it ({', '.join(labels)}): {why}.")
        return notes + (self._age(entry, renew) if notes else [])

    def _compared(self, pose: str, left_out: Mapping[str, str]) -> str:
        used = [measure for measure in self._readings_of(pose) if measure not in left_out]
        unmoved = ", taking it that the camera has not moved since" if set(used) & set(IN_THE_PICTURE) else ""
        clothes = "; the back is only alike in the same clothes" if any(MEASURES[m].outline for m in used) else ""
        when = _day(self.poses[pose].taken_on)
        return f"Compared with {_WORDS[pose]} on {when} (profile {self.name}){unmoved}{clothes}."

    def _unlike(self, measure: str, entry: Calibration, report: Report) -> str | None:
        """Say why a measure of a pose cannot be compared with a film; None if it can."""
        size_px = (report.quality.width, report.quality.height)
        if measure in IN_THE_PICTURE and size_px != entry.size_px:
            return (
                f"the picture has {size_px[0]}x{size_px[1]} pixels here and {entry.size_px[0]}x{entry.size_px[1]} "
                "there, so the camera is not as it was; calibrate again"
            )
        return _turned(entry, report.view) if MEASURES[measure].outline else None

    def _misplaced(self, good_set: Calibration, view: ViewFound) -> str | None:
        """Say why a film cannot be compared with the good set; None if it can."""
        if good_set.exercise_version != self.exercise.version:
            return "the exercise file has changed since, so calibrate again"
        return _turned(good_set, view)

    def _age(self, entry: Calibration, renew: str) -> list[str]:
        if not entry.is_old(self.today):
            return []
        days = entry.age_days(self.today)
        return [f"That was {days} days ago, and bodies and clothes change; renew it: {renew}"]


def comparison_with(profile: Profile, name: str, exercise: Exercise, today: date) -> Comparison:
    """Take from a profile what an exercise can be compared with.

    Parameters
    ----------
    profile : Profile
    name : str
        What the profile is called.
    exercise : Exercise
    today : date
        Entries older than thirty days are used and said to be old.
    """
    poses = {str(pose): profile.poses[pose] for pose in exercise.baseline_poses if pose in profile.poses}
    return Comparison(name, exercise, profile.sets.get(exercise.id), poses, today)


def _turned(entry: Calibration, view: ViewFound) -> str | None:
    """Say why a back that was filmed from elsewhere cannot be compared; None if it can."""
    if view.yaw_deg is None:
        return "how far you are turned could not be read"
    if view.near_side != entry.near_side:
        return f"it shows your {entry.near_side} side, this film your {view.near_side} one"
    if abs(view.yaw_deg - entry.yaw_deg) > MOST_APART_DEG:
        return (
            f"you are turned by {view.yaw_deg:.0f}° here and by {entry.yaw_deg:.0f}° there, and more than "
            f"{MOST_APART_DEG:.0f}° apart the back reads differently"
        )
    return None


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
