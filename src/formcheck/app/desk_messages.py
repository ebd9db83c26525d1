"""What the person is told of the desk's events, in their language, and other programs by webhook and MQTT."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Final, Protocol, Self

from formcheck.app.settings import Settings
from formcheck.engine.desk import (
    BreakTaken,
    CameraMoved,
    DeskEvent,
    DeskWatch,
    NotCalibrated,
    PostureAlert,
    PostureRecovered,
    Reminder,
    StateChanged,
)
from formcheck.exercise.language import Language
from formcheck.exercise.spec import Exercise
from formcheck.notify import Notifier
from formcheck.notify.speech import Speaker

SNOOZES: Final = ("snooze_30", "snooze_60", "snooze_day")


class States(Protocol):
    """Keeps other programs up to date; see `formcheck.notify.mqtt.MqttStates`."""

    def update(self, *, slouching: bool | None, posture_score: int | None, sitting_minutes: int | None) -> None:
        """Take what is the case now."""

    def close(self) -> None:
        """End."""


class Messages(Protocol):
    """Sends what happens to another program; see `formcheck.notify.webhook.Webhook`."""

    def send(self, kind: str, at: datetime, data: Mapping[str, object]) -> None:
        """Send a message."""

    def close(self) -> None:
        """End."""


class Reach:
    """Tells a person, and whatever else was switched on, what happens at the desk.

    A context manager; all that was given is closed with it.

    Parameters
    ----------
    language : Language
    exercises : sequence of Exercise
        Whose rules may be spoken of.
    notifiers : sequence of Notifier
    speaker : Speaker, optional
    webhook : Messages, optional
    states : States, optional
    """

    def __init__(
        self,
        language: Language,
        exercises: Sequence[Exercise],
        notifiers: Sequence[Notifier] = (),
        speaker: Speaker | None = None,
        webhook: Messages | None = None,
        states: States | None = None,
    ) -> None:
        self._language = language
        self._rules = {rule.id: (exercise.id, rule) for exercise in exercises for rule in exercise.rules}
        self._notifiers = notifiers
        self._speaker = speaker
        self._webhook = webhook
        self._states = states
        self._off: set[str] = set()
        self._score: int | None = None
        self._watching = True
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for closes in (*self._notifiers, self._speaker, self._webhook, self._states):
            if closes is not None:
                self._stack.callback(closes.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def event(self, event: DeskEvent, at: datetime, sitting_s: float) -> None:
        """Take an event of the watch; `at` is its time of day, `sitting_s` for how long somebody has sat."""
        match event:
            case PostureAlert():
                self._off.add(event.rule)
                self._alert(event)
            case PostureRecovered(rule=rule):
                self._off.discard(rule)
            case Reminder():
                self._show(*self._reminder(event, sitting_s), snooze=True)
            case CameraMoved():
                self.say("camera_moved")
            case NotCalibrated():
                self.say("not_calibrated")
        if self._webhook:
            kind, data = webhook_message(event)
            self._webhook.send(kind, at, data)
        self._update(sitting_s if not isinstance(event, StateChanged) or event.state == "sitting" else 0.0)

    def minute(self, watch: DeskWatch, score: int | None) -> None:
        """Take the state of affairs at the end of a minute."""
        self._score = score
        self._update(watch.sitting_s)

    def watching(self, on: bool) -> None:
        """Take whether anything is known from now on; if not, the states are unknown until it is again."""
        self._watching = on
        if not on:
            self._score = None
            self._update(0.0)

    def say(self, key: str) -> None:
        """Show a phrase by its key in the [desk] words, with what to do about it."""
        self._show(self._language.desk[key], self._language.desk[f"{key}_do"], snooze=False)

    def _alert(self, event: PostureAlert) -> None:
        exercise, rule = self._rules[event.rule]
        minutes = max(1, round((event.t - event.since_t) / 60.0))
        name = self._language.rule_name(exercise, rule.id, rule.name)
        text = self._language.desk["alert_one" if minutes == 1 else "alert_many"].format(name=name, minutes=minutes)
        self._show(self._language.cue(exercise, rule.id, event.cue), text, snooze=True)

    def _reminder(self, event: Reminder, sitting_s: float) -> tuple[str, str]:
        words = self._language.desk
        first, *others = event.kinds
        text = [words["sat"].format(minutes=round(sitting_s / 60.0))] if first == "break" else []
        return words[first], " ".join((*text, *(_sentence(words[kind]) for kind in others)))

    def _show(self, title: str, text: str, *, snooze: bool) -> None:
        actions = {key: self._language.desk[key] for key in SNOOZES} if snooze else {}
        for notifier in self._notifiers:
            notifier.show(title, text, actions)
        if self._speaker:
            self._speaker.say(title)

    def _update(self, sitting_s: float) -> None:
        if not self._states:
            return
        if not self._watching:
            self._states.update(slouching=None, posture_score=None, sitting_minutes=None)
            return
        self._states.update(
            slouching=bool(self._off), posture_score=self._score, sitting_minutes=int(sitting_s // 60.0)
        )


def webhook_message(event: DeskEvent) -> tuple[str, dict[str, object]]:
    """Return how an event is called for other programs, and what belongs to it; no picture, no landmark."""
    match event:
        case StateChanged(state=state):
            return "state.changed", {"state": state}
        case PostureAlert(rule=rule, cue=cue, t=t, since_t=since_t):
            return "posture.alert", {"rule": rule, "cue": cue, "lasted_s": round(t - since_t)}
        case PostureRecovered(rule=rule):
            return "posture.recovered", {"rule": rule}
        case Reminder(kinds=kinds):
            return "reminder.due", {"kinds": list(kinds)}
        case BreakTaken(seconds=seconds):
            return "break.taken", {"seconds": round(seconds)}
        case CameraMoved():
            return "camera.moved", {}
        case NotCalibrated(view=view):
            return "calibration.missing", {"view": view}


def reach(settings: Settings, language: Language, exercises: Sequence[Exercise], on_press: "OnPress") -> Reach:
    """Return who is told, by the settings; what is not switched on is not even loaded.

    Raises
    ------
    UserError
        If webhook or MQTT are switched on and cannot be.
    """
    notifiers: list[Notifier] = []
    desk = settings.desk
    if desk.notifications:
        from formcheck.notify.desktop import DesktopNotifications  # noqa: PLC0415

        notifiers.append(DesktopNotifications(on_press))
    if desk.hint:
        from formcheck.notify.hint import Hint  # noqa: PLC0415

        notifiers.append(Hint(on_press))
    if desk.sound:
        from formcheck.notify.sound import Chime  # noqa: PLC0415

        notifiers.append(Chime())
    return Reach(
        language, exercises, notifiers, _speaker(settings), webhook=_webhook(settings), states=_states(settings)
    )


class OnPress(Protocol):
    """Takes the key of an action that was pressed, from any thread."""

    def __call__(self, action: str, /) -> None:
        """Take it."""


def _speaker(settings: Settings) -> Speaker | None:
    if not settings.desk.voice:
        return None
    from formcheck.notify.speech import Voice  # noqa: PLC0415

    return Voice(settings.desk.language)


def _webhook(settings: Settings) -> Messages | None:
    if not settings.webhook.url:
        return None
    from formcheck.notify.webhook import Webhook  # noqa: PLC0415

    return Webhook(settings.webhook.url, settings.webhook.secret)


def _states(settings: Settings) -> States | None:
    mqtt = settings.mqtt
    if not mqtt.host:
        return None
    from formcheck.notify.mqtt import MqttStates  # noqa: PLC0415

    return MqttStates(
        mqtt.host, mqtt.port, username=mqtt.username, password=mqtt.password, topic=mqtt.topic, tls=mqtt.tls
    )


def _sentence(words: str) -> str:
    return words if words.endswith("?") else f"{words}."
