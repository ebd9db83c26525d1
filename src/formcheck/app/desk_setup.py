"""Which calibration belongs to a camera and the screens before it, and the watch that compares with it."""

import logging
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from formcheck.app.comparison import IN_THE_PICTURE
from formcheck.app.desk import Setup
from formcheck.app.settings import DeskTable
from formcheck.body.baseline import Baseline
from formcheck.engine.desk import DeskSettings, DeskWatch
from formcheck.errors import UserError
from formcheck.exercise.load import load_exercise
from formcheck.storage.profiles import OLD_AFTER_DAYS, Calibration, load_profile, profile_path

DESK_POSES: Final = ("desk-front", "desk-side")
FRONT: Final = "desk_front"
SIDE: Final = "desk_side"

logger = logging.getLogger(__name__)


def place_name(camera: str, screens: tuple[str, ...]) -> str:
    """Return what the calibration of a camera before some screens is called.

    >>> place_name("0", ("eDP-1 1920x1080",))
    'desk-camera0-1screen-8812'
    """
    known = re.sub(r"//[^/]*@", "//", camera)
    who = f"camera{camera}" if camera.isdecimal() else f"camera-{zlib.crc32(known.encode()) & 0xFFFF:04x}"
    return f"desk-{who}-{len(screens)}screen-{zlib.crc32('|'.join(screens).encode()) & 0xFFFF:04x}"


def is_calibrated(name: str, folder: Path) -> bool:
    """Whether anything of a desk was calibrated under this name.

    Raises
    ------
    UserError
        If what is stored cannot be read.
    """
    return bool(calibrations(name, folder))


def calibrations(name: str, folder: Path) -> dict[str, Calibration]:
    """Return what is stored of the poses at a desk; errors as of `is_calibrated`."""
    if not profile_path(name, folder).is_file():
        return {}
    poses = load_profile(name, folder).poses
    return {pose: poses[pose] for pose in DESK_POSES if pose in poses}


def baseline_of(entries: Mapping[str, Calibration], size_px: tuple[int, int], today: date) -> Baseline:
    """Return what to compare with in pictures of this size.

    Where and how large somebody is in a picture says nothing in pictures of another size, and is left out.
    """
    readings = {
        measure: reading
        for entry in entries.values()
        for measure, reading in entry.readings.items()
        if entry.size_px == size_px or measure not in IN_THE_PICTURE
    }
    return Baseline(
        {measure: reading.value for measure, reading in readings.items()},
        {measure: reading.spread for measure, reading in readings.items()},
        min((entry.taken_on for entry in entries.values()), default=today),
    )


def watch_settings(desk: DeskTable) -> DeskSettings:
    """Return the settings of the watch."""
    return DeskSettings(
        sitting_break_s=60.0 * desk.sitting_break_minutes,
        screen_break_s=60.0 * desk.screen_break_minutes,
        standing_limit_s=60.0 * desk.standing_limit_minutes,
        eyes_s=60.0 * desk.eyes_minutes,
        water_s=60.0 * desk.water_minutes,
    )


class SetUps:
    """Gives the watch for whatever screens are connected: the same one, which compares with what belongs to them.

    See `formcheck.app.desk.Desk`.

    Parameters
    ----------
    desk : DeskTable
    camera : str
    folder : Path
        Of the profiles.
    say : callable
        Shows a phrase of the desk by its key.
    today : callable, optional
    """

    def __init__(
        self,
        desk: DeskTable,
        camera: str,
        folder: Path,
        say: Callable[[str], None],
        today: Callable[[], date] = date.today,
    ) -> None:
        self._desk, self._camera, self._folder, self._say, self._today = desk, camera, folder, say, today
        self._watch: DeskWatch | None = None

    def __call__(self, screens: tuple[str, ...], size_px: tuple[int, int]) -> Setup:
        """Return the set-up for some screens and pictures of some size."""
        name = self._desk.profile or place_name(self._camera, screens)
        entries = self._entries(name)
        if any(entry.size_px != size_px for entry in entries.values()):
            logger.warning("Calibrated with pictures of another size: formcheck desk calibrate")
            self._say("recalibrate")
        if any(entry.is_old(self._today()) for entry in entries.values()):
            logger.info("Calibrated more than %d days ago: formcheck desk calibrate", OLD_AFTER_DAYS)
        baseline = baseline_of(entries, size_px, self._today())
        if self._watch is None:
            self._watch = DeskWatch(load_exercise(FRONT), load_exercise(SIDE), baseline, watch_settings(self._desk))
        else:
            self._watch.calibrated(baseline)
        return Setup(name, bool(entries), self._watch)

    def _entries(self, name: str) -> dict[str, Calibration]:
        try:
            return calibrations(name, self._folder)
        except UserError as error:  # it was sound when the desk was started; the day goes on without it
            logger.warning("%s", error)
            return {}
