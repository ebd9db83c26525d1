"""One live set whose camera is elsewhere: messages in, what to show and say out. No sockets, no tasks."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

from formcheck.app.coach import LiveCoach, Shown
from formcheck.app.comparison import Comparison
from formcheck.app.results import SampleTable
from formcheck.body.pose import Pose
from formcheck.engine.events import Event
from formcheck.engine.report import Quality, Report
from formcheck.engine.session import Session
from formcheck.exercise.language import Language
from formcheck.exercise.spec import Exercise
from formcheck.web.metrics import Metrics
from formcheck.web.protocol import Camera, Muting, Plain, PoseMessage, Start, decode, event_text, quality_text

TOLD_EVERY_S: Final = 1.0
"""How often the client is told how its poses come in."""
TAPE_BYTES: Final = 2**20
"""What of a set's poses is kept in memory; the rest goes to a file without a name."""
_LENGTH_BYTES: Final = 4


class Tape:
    """The poses of a set, as the messages in which they came: for the recording, and to judge them again.

    Parameters
    ----------
    folder : Path
        Where long sets go to; they leave nothing behind there.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(TAPE_BYTES, dir=str(folder))  # noqa: SIM115 - closed by its owner

    def add(self, message: bytes) -> None:
        """Append a message."""
        self._file.write(len(message).to_bytes(_LENGTH_BYTES) + message)

    def messages(self) -> Iterator[PoseMessage]:
        """Return all poses from the beginning; nothing may be added meanwhile."""
        self._file.seek(0)
        while length := self._file.read(_LENGTH_BYTES):
            message = decode(self._file.read(int.from_bytes(length)))
            if isinstance(message, PoseMessage):
                yield message

    def poses(self) -> Iterator[Pose]:
        """Return the poses alone."""
        return (message.pose for message in self.messages())

    def close(self) -> None:
        """Forget everything; may be called twice."""
        self._file.close()


class RemoteSet:
    """Follow one set; count what came in and what did not.

    Parameters
    ----------
    exercise : Exercise
    language : Language
    start : Start
        What the client asked for.
    comparison : Comparison or None
        The person's own values.
    metrics : Metrics
    tape : Tape
        Closed with the set.

    Attributes
    ----------
    name : str or None
        The client's own name for the set.
    seq : int
        Number of the newest pose.
    pose : Pose
        The newest pose; nobody's before the first.
    overtaken : int
        Poses that were left out for lack of time, and pictures in which none was looked for: damaged, or overtaken.
    """

    def __init__(
        self,
        exercise: Exercise,
        language: Language,
        start: Start,
        comparison: Comparison | None,
        metrics: Metrics,
        tape: Tape,
    ) -> None:
        self.exercise = exercise
        self.name = start.set
        self.seq = 0
        self.pose = Pose.nobody(0.0, (1, 1))
        self.overtaken = self._late = 0
        self._comparison = comparison
        self._metrics = metrics
        self._tape = tape
        self._at_once = start.countdown_s == 0
        self._coach = LiveCoach(
            exercise,
            language,
            baseline=comparison.baseline if comparison else None,
            muted=start.muted,
            countdown_s=start.countdown_s,
        )
        self._first_t = math.nan
        self._judged = 0
        self._people = 1
        self._since = _Tally()

    @property
    def dropped(self) -> int:
        """Poses and pictures that were not judged; poses are left out when they come late."""
        return self._late + self.overtaken

    @property
    def lasted_s(self) -> float:
        """How long poses have been coming, by their own clock."""
        return self.pose.t - self._first_t if self._judged else 0.0

    @property
    def paused(self) -> bool:
        """Whether the person has paused."""
        return self._coach.stage == "paused"

    def take(self, data: bytes, message: PoseMessage) -> list[str] | None:
        """Judge a pose, given also as the bytes it came in; return what happened as JSON, None if it came too late."""
        pose = message.pose
        if self._judged and not pose.t > self.pose.t:
            self._late += 1
            return None
        begun = perf_counter()
        events = [self._event(event) for event in self._update(data, message)]
        if not self._judged:
            self._first_t = self._since.t = pose.t
        self.seq, self.pose = message.seq, pose
        self._judged += 1
        self._since.add(pose, perf_counter() - begun)
        if pose.t - self._since.t >= TOLD_EVERY_S:
            events.append(self._tell())
        return events

    def command(self, command: Plain | Muting | Camera) -> list[str]:
        """Do what the client asks for; return what happened as JSON."""
        match command:
            case Camera(t=t, state=state):
                happened = self._coach.camera(t, state)
            case Muting(type="mute", rule=rule):
                self._coach.mute(rule)
                happened = []
            case Muting(rule=rule):
                self._coach.unmute(rule)
                happened = []
            case Plain(type="begin"):
                happened = self._coach.begin(self.pose.t)
            case Plain(type="pause"):
                happened = self._coach.pause(self.pose.t)
            case Plain(type="resume"):
                happened = self._coach.resume(self.pose.t)
            case Plain():
                happened = []
        return [self._event(event) for event in happened]

    def shown(self) -> Shown:
        """Return what to show with the newest pose."""
        return self._coach.shown(self.pose)

    def finish(self, versions: dict[str, str]) -> tuple[Report, SampleTable]:
        """End the set; return the report and every sample. May take a second: call it in a thread."""
        report = self._coach.finish(self._quality(), versions)
        comparison, samples = self._comparison, self._coach.samples
        if comparison and not comparison.fits(report):  # from where it was filmed is known only now
            report, samples = self._judged_again(report, comparison)
        return (comparison.noted(report) if comparison else report), samples

    def poses(self) -> Iterator[Pose]:
        """Return the poses that were judged."""
        return self._tape.poses()

    def close(self) -> None:
        """Forget the poses."""
        self._flush()
        self._tape.close()

    def _update(self, data: bytes, message: PoseMessage) -> list[Event]:
        before = self._coach.judging
        events = self._coach.update(message.pose, message.scene)
        if self._coach.judging and (before or self._at_once):
            self._tape.add(data)
        if message.scene:
            self._people = max(self._people, message.scene.people)
        return events

    def _event(self, event: Event) -> str:
        return event_text(event, self._coach.spoken(event))

    def _tell(self) -> str:
        since = self._since
        over_s = self.pose.t - since.t
        told = quality_text(self.pose.t, since.poses / over_s, self.dropped, since.with_person / since.poses)
        self._flush()
        return told

    def _flush(self) -> None:
        """Hand over the figures of the last second, in one go: counting each pose would take as long as judging it."""
        if self._since.poses:
            self._metrics.poses_judged.inc(self._since.poses)
            self._metrics.pose_seconds.observe(self._since.spent_s / self._since.poses)
        self._since = _Tally(self.pose.t)

    def _quality(self) -> Quality:
        over_s = self.lasted_s
        fps = (self._judged - 1) / over_s if over_s > 0 else None
        return Quality(
            self._judged, self._judged + self.dropped, self.dropped, 0.0, 0.0, fps, *self.pose.size_px, over_s,
            people=self._people,
        )  # fmt: skip

    def _judged_again(self, report: Report, comparison: Comparison) -> tuple[Report, SampleTable]:
        samples = SampleTable(self.exercise.measures)
        session = Session(self.exercise, baseline=comparison.fitting(report), on_sample=samples.add)
        for message in self._tape.messages():
            session.update(message.pose, message.scene)
        return session.finish(report.quality, dict(report.versions)), samples


class _Tally:
    """What came since a moment."""

    def __init__(self, t: float = math.nan) -> None:
        self.t = t
        self.poses = 0
        self.with_person = 0
        self.spent_s = 0.0

    def add(self, pose: Pose, spent_s: float) -> None:
        self.poses += 1
        self.with_person += pose.has_person
        self.spent_s += spent_s


def anything_counted(report: Report) -> bool:
    """Whether a report holds anything worth keeping."""
    return bool(report.reps or report.holds or report.watched_s)
