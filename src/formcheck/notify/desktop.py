"""Native notifications, through the service that the desktop has for them.

The library reports success where there is no such service, and leaves a connection open each time. So the service is
asked for first, and a message counts as shown once it has been handed over.
"""

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import desktop_notifier

APP_NAME: Final = "formcheck"
ANSWERS_WITHIN_S: Final = 10.0
CLOSES_WITHIN_S: Final = 3.0
SERVICE: Final = "org.freedesktop.Notifications"
DAEMON: Final = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
NO_ANSWER: Final = "the notification service does not answer"
HOW_TO_GET: Final = {
    "linux": "run formcheck in a desktop session with a notification service, such as dunst, mako or its own",
    "darwin": "allow them for Python in System Settings under Notifications",
    "win32": "allow them in the settings of Windows under System, Notifications",
}

logger = logging.getLogger(__name__)


class DesktopNotifications:
    """A `Notifier` that shows one notification at a time; a missing service is told once, and asked for each time.

    Parameters
    ----------
    on_press : callable
        Takes the key of the action that was pressed; called from a thread of this notifier.
    """

    def __init__(self, on_press: Callable[[str], None]) -> None:
        self._on_press = on_press
        self._library: desktop_notifier.DesktopNotifier | None = None
        self._shown: str | None = None
        self._told: str | None = None
        self._one_at_a_time = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="formcheck-notify", daemon=True)
        self._thread.start()

    def show(self, title: str, text: str, actions: Mapping[str, str]) -> None:
        """See `Notifier.show`."""
        self._start(self._show(title, text, dict(actions)))

    def close(self) -> None:
        """See `Notifier.close`."""
        if self._loop.is_closed():
            return
        self._start(self._end())
        self._thread.join(CLOSES_WITHIN_S)
        if not self._thread.is_alive():
            self._loop.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(work, self._loop).add_done_callback(_log_failure)
        else:
            work.close()

    async def _show(self, title: str, text: str, actions: Mapping[str, str]) -> None:
        try:
            async with self._one_at_a_time, asyncio.timeout(ANSWERS_WITHIN_S):
                problem = await _missing() or await self._hand_over(title, text, actions)
        except TimeoutError:
            problem = NO_ANSWER
        if problem:
            await self._disconnect()  # the next one begins with a new connection: this one may have broken
        self._tell(problem)

    async def _hand_over(self, title: str, text: str, actions: Mapping[str, str]) -> str | None:
        """Give a notification to the service, then take the one before away; return what went wrong."""
        from desktop_notifier import Button, Notification  # noqa: PLC0415 - loads what talks to the desktop

        library = self._connected()
        handed_over = asyncio.Event()
        buttons = [
            Button(label, identifier=key, on_pressed=partial(self._on_press, key)) for key, label in actions.items()
        ]
        notification = Notification(title, text, buttons=tuple(buttons), on_dispatched=handed_over.set)
        await library.send_notification(notification)
        if not handed_over.is_set():
            return "the notification service refused the message"
        await self._take_away()
        self._shown = notification.identifier
        return None

    def _connected(self) -> "desktop_notifier.DesktopNotifier":
        """Return the library's notifier; it connects by itself."""
        if self._library is None:
            self._library = _library()
        return self._library

    async def _take_away(self) -> None:
        """Close the notification that is shown, where it has not been closed already."""
        if self._library and self._shown in await self._library.get_current_notifications():
            await self._library.clear(self._shown)
        self._shown = None

    @property
    def _bus(self) -> Any:
        """The library's connection to D-Bus; None where there is none."""
        return getattr(self._library and self._library._backend, "bus", None)

    async def _disconnect(self) -> None:
        """Close the library's connection to D-Bus, which it offers no way to close."""
        bus = self._bus
        self._library = self._shown = None
        if bus and bus.connected:
            bus.disconnect()
            await bus.wait_for_disconnect()

    async def _end(self) -> None:
        with contextlib.suppress(TimeoutError):  # what a service shows that does not answer stays
            async with asyncio.timeout(CLOSES_WITHIN_S / 2), self._one_at_a_time:
                if self._bus is None or self._bus.connected:  # it ends before formcheck does when somebody logs out
                    await self._take_away()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._disconnect()
        self._loop.stop()

    def _tell(self, problem: str | None) -> None:
        if problem and problem != self._told:
            logger.warning("No notification can be shown, because %s: %s.", problem, how_to_get())
        elif self._told and not problem:
            logger.warning("Notifications are shown again.")
        self._told = problem


def why_unreachable() -> str | None:
    """Return what keeps notifications from being shown on this computer; None where they can be.

    Nothing is shown. Waits for an answer for `ANSWERS_WITHIN_S` at most.
    """

    async def ask() -> str | None:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            return await _missing()

    try:
        return asyncio.run(ask())
    except TimeoutError:
        return NO_ANSWER


def how_to_get(platform: str = sys.platform) -> str:
    """Return what a person can do to get notifications."""
    return HOW_TO_GET.get(platform, "formcheck knows no way on this platform")


def _library() -> "desktop_notifier.DesktopNotifier":
    import desktop_notifier  # noqa: PLC0415

    logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)  # it shows tracebacks of what is told here
    return desktop_notifier.DesktopNotifier(APP_NAME, app_icon=None)


def _log_failure(done: Future[None]) -> None:
    """Keep an error that nobody foresaw from vanishing with its thread."""
    if not done.cancelled() and (error := done.exception()):
        logger.error("A notification failed.", exc_info=error)


async def _missing(platform: str = sys.platform) -> str | None:
    """Return why notifications cannot be shown."""
    if platform.startswith("linux"):
        return await _missing_service()
    library = _library()
    if not await library.get_capabilities():
        return "this platform has none that formcheck can use"
    return None if await library.has_authorisation() else "this program is not allowed to show any"


async def _missing_service() -> str | None:
    """Return why there is no notification service on D-Bus; one that can be started by being asked for is started."""
    from dbus_fast import Message, MessageType  # noqa: PLC0415 - exists on Linux only
    from dbus_fast.aio import MessageBus  # noqa: PLC0415
    from dbus_fast.errors import DBusFastError  # noqa: PLC0415

    try:
        bus = await MessageBus().connect()
    except (OSError, EOFError, KeyError, DBusFastError):
        return "there is no D-Bus session"
    try:
        owned = await bus.call(Message(*DAEMON, member="NameHasOwner", signature="s", body=[SERVICE]))
        if owned and owned.body == [True]:
            return None
        begun = await bus.call(Message(*DAEMON, member="StartServiceByName", signature="su", body=[SERVICE, 0]))
    except EOFError:
        return "the D-Bus session ended"
    finally:
        bus.disconnect()
    return None if begun and begun.message_type is MessageType.METHOD_RETURN else "no notification service runs"
