"""One live set: set-up, countdown, the set itself with its pauses, and what is shown and said meanwhile.

The same for a window, a terminal and a browser: each feeds poses and camera states, and shows what `LiveCoach.shown`
says.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from formcheck.app.overlay import Overlay, OverlayState, is_praise
from formcheck.app.results import SampleTable
from formcheck.body.baseline import Baseline
from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.drawing.cues import Caption
from formcheck.engine.events import (
    CameraEvent,
    CameraState,
    CueEvent,
    Event,
    SetOverEvent,
    SetupEvent,
    Stage,
    StageEvent,
)
from formcheck.engine.report import Quality, Report
from formcheck.engine.sampling import Sample
from formcheck.engine.session import Session
from formcheck.engine.setup_coach import SetupCoach
from formcheck.exercise.language import Language
from formcheck.exercise.spec import Exercise, HoldPose

COUNTDOWN_S: Final = 3
HOLD_RING_S: Final = 30.0
"""A hold has no end of its own: the ring goes round once in so long."""
READY: Final = "ready"


@dataclass(frozen=True, slots=True)
class Shown:
    """What to show at one moment, in the language of the set.

    Attributes
    ----------
    stage : str
        ``"setup"``, ``"countdown"``, ``"set"``, ``"paused"`` or ``"over"``.
    instruction : str or None
        What to change about the set-up or the camera, or the number that is counted down; it goes before the cue.
    fits : bool
        Whether the set-up is as it should be.
    progress : float or None
        How far the movement has gone, in [0, 1]; None when that is not known.
    overlay : Overlay
        Body, back line, angle, count, phase and cue.
    cue_rule : str or None
        Id of the rule whose cue is shown.
    """

    stage: Stage
    instruction: str | None
    fits: bool
    progress: float | None
    overlay: Overlay
    cue_rule: str | None = None


class LiveCoach:
    """Lead one person through one set.

    Parameters
    ----------
    exercise : Exercise
    language : Language
        Of everything that is shown or said; the report stays as it is written.
    baseline : Baseline, optional
        The person's calibrated values.
    muted : iterable of str, optional
        Ids of rules whose cues are neither shown nor said; they are judged all the same.
    countdown_s : int, default 3
        Seconds from a good set-up to the start. With 0 the set begins with the first pose, whatever the set-up.

    Attributes
    ----------
    session : Session
    samples : SampleTable
        The measures of every pose of the set.
    stage : str
    """

    def __init__(
        self,
        exercise: Exercise,
        language: Language,
        *,
        baseline: Baseline | None = None,
        muted: Iterable[str] = (),
        countdown_s: int = COUNTDOWN_S,
    ) -> None:
        self.stage: Stage = "setup"
        self.samples = SampleTable(exercise.measures)
        self.session = Session(exercise, baseline=baseline, on_sample=self._note)
        self._exercise = exercise
        self._language = language
        self._muted = set(muted)
        self._overlays = OverlayState(self.session)
        self._setup = SetupCoach(exercise)
        self._fits = False
        self._countdown_s = countdown_s
        self._counting_since = math.nan
        self._left_s = 0
        self._camera: CameraState = "live"
        self._asked: SetupEvent | None = None

    @property
    def judging(self) -> bool:
        """Whether the poses of this moment belong to the set."""
        return self.stage == "set" and self._camera == "live"

    def update(self, pose: Pose, scene: Scene | None = None) -> list[Event]:
        """Take the next pose and return what it brought about; nothing is judged while paused or over.

        Parameters
        ----------
        pose : Pose
        scene : Scene, optional
            What only the picture knows, such as how light it is; once a second will do.

        Raises
        ------
        ValueError
            If time does not increase during the set.
        """
        begun = self.begin(pose.t) if self.stage == "setup" and not self._countdown_s else []
        if self.stage in ("setup", "countdown"):
            return self._set_up(pose, scene)
        return begun + self._follow(pose, scene) if self.judging else []

    def camera(self, t: float, state: CameraState) -> list[Event]:
        """Take what the camera gives from `t` on."""
        if state == self._camera:
            return []
        self._camera = state
        back_to_setup = self._enter(t, "setup") if self.stage == "countdown" and state != "live" else []
        return [CameraEvent(t, state), *back_to_setup]

    def begin(self, t: float) -> list[Event]:
        """Begin the set now, whatever the set-up."""
        return self._enter(t, "set") if self.stage in ("setup", "countdown") else []

    def pause(self, t: float) -> list[Event]:
        """Stop judging until `resume`."""
        return self._enter(t, "paused") if self.stage == "set" else []

    def resume(self, t: float) -> list[Event]:
        """Go on with the set."""
        return self._enter(t, "set") if self.stage == "paused" else []

    def mute(self, rule: str) -> None:
        """Neither show nor say the cues of a rule from now on."""
        self._muted.add(rule)

    def unmute(self, rule: str) -> None:
        """Show and say the cues of a rule again."""
        self._muted.discard(rule)

    def finish(self, quality: Quality | None = None, versions: dict[str, str] | None = None) -> Report:
        """End the set and return its report; arguments as for `Session.finish`."""
        self.stage = "over"
        return self.session.finish(quality, versions)

    def shown(self, pose: Pose) -> Shown:
        """Return what to show with the newest pose."""
        cue = self._overlays.cue(pose.t)
        caption = Caption(
            title=self._language.exercise(self._exercise.id, self._exercise.name),
            count=self._overlays.count(pose.t),
            phase=self._phase_words(),
            cue=None if cue is None or cue.rule in self._muted else self._cue_words(cue),
            reading=self._overlays.reading(pose),
            praise=is_praise(cue),
        )
        return Shown(
            self.stage,
            self._instruction(),
            self._fits,
            self._progress(pose.t),
            self._overlays.overlay(pose, caption),
            cue.rule if cue and caption.cue else None,
        )

    def spoken(self, event: Event) -> str | None:
        """Return what to say aloud of an event; None where it is not for the ears."""
        match event:
            case CueEvent():
                return None if event.rule in self._muted else self._cue_words(event)
            case SetupEvent(instruction=instruction):
                ready_again = instruction == READY and self.stage != "setup"
                return None if ready_again else self._setup_words(event)
            case StageEvent(stage="countdown", left_s=left) if left is not None:
                return str(left)
            case StageEvent(stage="set"):
                return self._language.say("go")
            case StageEvent(stage="paused"):
                return self._language.say("paused")
            case SetOverEvent():
                return self._language.say("set_over")
            case CameraEvent(state=state):
                return self._language.say("camera_back" if state == "live" else f"camera_{state}")
        return None

    # -- stages -------------------------------------------------------------------------------------------------------

    def _set_up(self, pose: Pose, scene: Scene | None) -> list[Event]:
        asked = self._setup.update(pose, scene)
        events: list[Event] = [asked] if asked else []
        self._asked = asked or self._asked
        now = self._setup.now
        self._fits = now == READY
        if now not in (READY, None):  # None: something has been amiss for less than a second, which breaks nothing off
            return events + (self._enter(pose.t, "setup") if self.stage == "countdown" else [])
        if self.stage == "setup":
            if now is None:
                return events
            self._counting_since, self._left_s = pose.t, self._countdown_s + 1
            self.stage = "countdown"
        return events + self._count_down(pose.t)

    def _count_down(self, t: float) -> list[Event]:
        left_s = math.ceil(self._countdown_s - (t - self._counting_since))
        if left_s <= 0:
            return self.begin(t)
        if left_s == self._left_s:
            return []
        self._left_s = left_s
        return [StageEvent(t, "countdown", left_s)]

    def _enter(self, t: float, stage: Stage) -> list[Event]:
        self.stage = stage
        return [StageEvent(t, stage)]

    def _follow(self, pose: Pose, scene: Scene | None) -> list[Event]:
        events = self.session.update(pose, scene)
        self._overlays.note(events)
        self._asked = next((e for e in events if isinstance(e, SetupEvent)), self._asked)
        return events

    def _note(self, sample: Sample) -> None:
        self.samples.add(sample)
        self._overlays.note_sample(sample)

    # -- words --------------------------------------------------------------------------------------------------------

    def _cue_words(self, cue: CueEvent) -> str:
        if cue.key != "cue":
            return self._language.say(cue.key)
        return self._language.cue(self._exercise.id, cue.rule, cue.text)

    def _phase_words(self) -> str:
        """Return the phase; for a watched posture, what is off."""
        worst = self._overlays.worst
        if worst is None:
            return self._language.phase(self._overlays.phase)
        name = self._language.rule_name(self._exercise.id, worst.rule, worst.name)
        return name if worst.verdict == "fault" else f"{self._language.say('keep_an_eye_on')}: {name}"

    def _setup_words(self, asked: SetupEvent) -> str:
        return self._language.setup(asked.instruction, asked.text, asked.value, asked.variant, asked.parts)

    def _instruction(self) -> str | None:
        if self._camera != "live":
            return self._language.say(f"camera_{self._camera}")
        if self.stage == "countdown":
            return str(self._left_s)
        if self.stage == "paused":
            return self._language.say("paused")
        if self.stage != "setup" or self._asked is None:
            return None
        outdated = self._asked.instruction == READY and not self._fits
        return None if outdated else self._setup_words(self._asked)

    def _progress(self, t: float) -> float | None:
        if isinstance(self._exercise.movement, HoldPose):
            held_s = self.session.held_s(t)
            return held_s % HOLD_RING_S / HOLD_RING_S if held_s else 0.0
        return self.session.progress
