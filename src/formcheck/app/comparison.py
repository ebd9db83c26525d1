"""What one report is compared with: the part of a profile that fits an exercise, and what the report says of it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from formcheck.body.baseline import Baseline
from formcheck.engine.report import Report, ViewFound
from formcheck.exercise.spec import BASELINE, Exercise
from formcheck.storage.profiles import Calibration, Profile

MOST_APART_DEG: Final = 8.0
"""A good set filmed 8° away widens the scatter of neutral backs from 0.001 to 0.007, half of what makes a fault."""
OLD_AFTER_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """One person's own values for one exercise.

    Attributes
    ----------
    name : str
        The profile's.
    exercise : Exercise
    good_set, standing : Calibration or None
        What the profile holds for this exercise.
    today : date
        To tell how old they are.
    """

    name: str
    exercise: Exercise
    good_set: Calibration | None
    standing: Calibration | None
    today: date

    @property
    def baseline(self) -> Baseline:
        """Everything there is, for a film from where the good set was filmed."""
        good = self.good_set.readings if self.good_set else {}
        return replace(self.without_good_set, good_set={rule: reading.value for rule, reading in good.items()})

    @property
    def without_good_set(self) -> Baseline:
        """The standing values alone."""
        standing = self.standing.readings if self.standing else {}
        entry = self.standing or self.good_set
        return Baseline(
            {measure: reading.value for measure, reading in standing.items()},
            {measure: reading.spread for measure, reading in standing.items()},
            entry.taken_on if entry else self.today,
        )

    def fits(self, view: ViewFound) -> bool:
        """Whether a film was made from where the good set was; true where there is none to mislead."""
        return self.good_set is None or self._misplaced(self.good_set, view) is None

    def noted(self, report: Report) -> Report:
        """Return the report with a remark on what it was compared with."""
        return replace(report, remarks=(*self._remarks(report.view), *report.remarks))

    def _remarks(self, view: ViewFound) -> list[str]:
        notes: list[str] = []
        if any(rule.own_set for rule in self.exercise.rules):
            notes += self._on_good_set(view)
        if any(rule.relative_to == BASELINE for rule in self.exercise.rules):
            notes += self._on_standing()
        return notes or [f"The profile {self.name} was not needed: this exercise compares with nothing of your own."]

    def _on_good_set(self, view: ViewFound) -> list[str]:
        renew = f"formcheck calibrate {self.name} FILM --exercise {self.exercise.id}"
        if self.good_set is None:
            return [f"The profile {self.name} holds no set to compare with for this exercise: {renew}"]
        when, why = _day(self.good_set.taken_on), self._misplaced(self.good_set, view)
        if why:
            return [f"Your set of {when} (profile {self.name}) was not used: {why}. Film from where you calibrated."]
        return [f"Compared with your set of {when} (profile {self.name}).", *self._age(self.good_set, renew)]

    def _on_standing(self) -> list[str]:
        renew = f"formcheck calibrate {self.name} FILM --pose standing-side"
        if self.standing is None:
            return []
        compared = f"Compared with how you stood on {_day(self.standing.taken_on)} (profile {self.name})."
        return [compared, *self._age(self.standing, renew)]

    def _misplaced(self, good_set: Calibration, view: ViewFound) -> str | None:
        """Say why a film cannot be compared with the good set; None if it can."""
        if good_set.exercise_version != self.exercise.version:
            return "the exercise file has changed since, so calibrate again"
        if view.yaw_deg is None:
            return "how far you are turned could not be read"
        if view.near_side != good_set.near_side:
            return f"it shows your {good_set.near_side} side, this film your {view.near_side} one"
        if abs(view.yaw_deg - good_set.yaw_deg) > MOST_APART_DEG:
            return (
                f"you are turned by {view.yaw_deg:.0f}° here and by {good_set.yaw_deg:.0f}° there, and more than "
                f"{MOST_APART_DEG:.0f}° apart the back reads differently"
            )
        return None

    def _age(self, entry: Calibration, renew: str) -> list[str]:
        days = (self.today - entry.taken_on).days
        if days <= OLD_AFTER_DAYS:
            return []
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
    return Comparison(name, exercise, profile.sets.get(exercise.id), profile.poses.get("standing-side"), today)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
