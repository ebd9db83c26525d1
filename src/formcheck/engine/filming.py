"""How it was filmed, over a whole film: what the set-up coach's readings add up to, and in plain sentences."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Final

from formcheck.body.framing import Scene
from formcheck.body.view import FRONT_LIMIT_DEG
from formcheck.engine.report import Conditions, InstructionGiven

MIN_READINGS: Final = 10
"""A tilt or height of the camera that was read less often is not reported."""
LEVEL_WITHIN_DEG: Final = 1.5
DIM_BELOW: Final = 62.0
"""Below this the bright parts of a person are so dark that a noisier camera loses the person."""
MOSTLY_BURNT: Final = 0.45


class FilmingRecord:
    """Collect what each picture says about the camera, the light and the framing."""

    def __init__(self) -> None:
        self._seen = 0
        self._cut: Counter[str] = Counter()
        self._fill, self._roll, self._down = _Median(0.01), _Median(0.1), _Median(0.05)
        self._brightness, self._contrast, self._burnt = _Median(1.0), _Median(1.0), _Median(0.01)
        self._people: int | None = None

    def add_scene(self, scene: Scene) -> None:
        """Take the light and the people of one picture into account."""
        self._people = max(scene.people, self._people or 0)
        if scene.has_person:
            self._brightness.add(scene.person_brightness)
            self._contrast.add(scene.person_contrast)
            self._burnt.add(scene.person_burnt)

    def add_person(self, fill: float, cut: Iterable[str], roll_deg: float, down: float) -> None:
        """Take one picture with a person into account: how full it is, the parts cut off, the camera's attitude."""
        self._seen += 1
        for part in cut:
            self._cut[part] += 1
        self._fill.add(fill)
        self._roll.add(roll_deg)
        self._down.add(down)

    def conditions(
        self, yaw_deg: float, parts: Iterable[str], instructions: tuple[InstructionGiven, ...]
    ) -> Conditions:
        """Return what was found so far; `parts` are those that the exercise needs."""
        down = self._down.value if self._down.readings >= MIN_READINGS else None
        return Conditions(
            yaw_deg=None if math.isnan(yaw_deg) else yaw_deg,
            fill=self._fill.value,
            cut_off={part: round(self._cut[part] / self._seen, 4) for part in parts} if self._seen else {},
            roll_deg=self._roll.value if self._roll.readings >= MIN_READINGS else None,
            looks_down=None if down is None else down >= 1.0,
            brightness=self._brightness.value,
            contrast=self._contrast.value,
            burnt=self._burnt.value,
            people=self._people,
            instructions=instructions,
        )


def conditions_text(conditions: Conditions) -> list[str]:
    """Return plain sentences about how it was filmed; what could not be told is left out."""
    found = (
        _view_text(conditions.yaw_deg),
        None if conditions.fill is None else f"The body took up {min(conditions.fill, 1.0):.0%} of the picture.",
        _cut_text(conditions.cut_off),
        _roll_text(conditions.roll_deg),
        "The camera looked down from well above." if conditions.looks_down else None,
        _light_text(conditions),
        f"Up to {conditions.people} people were in the picture." if (conditions.people or 0) > 1 else None,
    )
    return [*(text for text in found if text), *_asked_for(conditions)]


def _asked_for(conditions: Conditions) -> list[str]:
    return [f"Asked for at {g.t:.0f} s: {g.text}." for g in conditions.instructions if g.instruction != "ready"]


def _view_text(yaw_deg: float | None) -> str | None:
    if yaw_deg is None:
        return None
    if yaw_deg >= FRONT_LIMIT_DEG:
        return f"The camera stood {90.0 - yaw_deg:.0f}° off a front or back view."
    return f"The camera stood {yaw_deg:.0f}° off a side view."


def _cut_text(cut_off: Mapping[str, float]) -> str | None:
    if not cut_off:
        return None
    outside = [f"the {part} in {share:.0%}" for part, share in cut_off.items() if share >= 0.01]
    if not outside:
        return "Everything that the exercise needs was in the picture."
    return f"Outside the picture: {', '.join(outside)} of the pictures."


def _roll_text(roll_deg: float | None) -> str | None:
    if roll_deg is None:
        return None
    if abs(roll_deg) < LEVEL_WITHIN_DEG:
        return "The camera was level."
    return f"The camera was tilted by {abs(roll_deg):.0f}°."


def _light_text(conditions: Conditions) -> str | None:
    if conditions.brightness is None or conditions.contrast is None:
        return None
    if conditions.brightness + 2.0 * conditions.contrast < DIM_BELOW:
        return "The light was dim."
    if conditions.burnt is not None and conditions.burnt > MOSTLY_BURNT:
        return "The light was so strong that much of the person is burnt out."
    return "There was light enough."


class _Median:
    """The median of any number of readings, to one step; NaN readings do not count."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._counts: Counter[int] = Counter()

    def add(self, value: float) -> None:
        if math.isfinite(value):
            self._counts[round(value / self._step)] += 1

    @property
    def readings(self) -> int:
        return self._counts.total()

    @property
    def value(self) -> float | None:
        steps = sorted(self._counts)
        for step, so_far in zip(steps, accumulate(self._counts[s] for s in steps), strict=True):
            if 2 * so_far >= self.readings:
                return round(step * self._step, 6)
        return None
