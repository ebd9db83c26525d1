"""Notifications reach the desktop's service, and a missing one is told in one sentence."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.heard import WITHIN_S, Pressed, Told, told_by
from tests.notification_service import running_bus, running_service

from formcheck.notify import desktop
from formcheck.notify.desktop import DesktopNotifications, how_to_get, why_unreachable

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the test's service is a Linux one")

NOBODY = (
    "No notification can be shown, because no notification service runs: run formcheck in a desktop session with a "
    "notification service, such as dunst, mako or its own."
)


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    where = f"unix:path={tmp_path / 'bus'}"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", where)
    with running_bus(where):
        yield where


@pytest.fixture
def pressed() -> Pressed:
    return Pressed()


@pytest.fixture
def notifier(pressed: Pressed) -> Iterator[DesktopNotifications]:
    made = DesktopNotifications(pressed)
    yield made
    made.close()


@pytest.fixture
def told() -> Iterator[Told]:
    with told_by(desktop.__name__) as heard:
        yield heard


def settled(notifier: DesktopNotifications) -> None:
    """Wait until all that was asked of the notifier has been done."""

    async def queue_up() -> None:
        async with notifier._one_at_a_time:
            pass

    asyncio.run_coroutine_threadsafe(queue_up(), notifier._loop).result(WITHIN_S)


def test_a_notification_arrives_with_its_buttons_and_a_press_comes_back(
    address: str, notifier: DesktopNotifications, pressed: Pressed
) -> None:
    with running_service(address) as service:
        notifier.show("Head back", "over your shoulders", {"snooze_30": "30 min", "snooze_60": "1 h"})
        service.wait()
        shown = service.shown[0]
        assert (shown.app, shown.title, shown.text) == ("formcheck", "Head back", "over your shoulders")
        assert {"snooze_30": "30 min", "snooze_60": "1 h"}.items() <= shown.actions.items()
        settled(notifier)
        service.press(shown.number, "snooze_60")
        assert pressed.wait() == "snooze_60"
        assert pressed.keys == ["snooze_60"]


def test_a_new_notification_takes_the_place_of_the_one_before_and_closing_takes_the_last_away(
    address: str, pressed: Pressed
) -> None:
    notifier = DesktopNotifications(pressed)
    with running_service(address) as service:
        notifier.show("one", "", {})
        notifier.show("two", "", {})
        service.wait(3)
        assert [shown.title for shown in service.shown] == ["one", "two"]
        assert service.closed == [1]
        notifier.close()
        assert service.closed == [1, 2]
    notifier.show("late", "", {})
    notifier.close()


def test_a_missing_service_is_told_once_and_one_that_comes_is_used(
    address: str, notifier: DesktopNotifications, told: Told
) -> None:
    for _ in range(3):
        notifier.show("Head back", "", {})
    settled(notifier)
    assert told.wait(1) == [NOBODY]
    with running_service(address) as service:
        notifier.show("Head back", "", {})
        service.wait()
        assert told.wait(1) == [NOBODY, "Notifications are shown again."]


def test_a_session_that_ended_first_leaves_nothing_to_take_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pressed: Pressed, told: Told
) -> None:
    where = f"unix:path={tmp_path / 'bus'}"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", where)
    notifier = DesktopNotifications(pressed)
    with running_bus(where), running_service(where) as service:
        notifier.show("Head back", "", {})
        service.wait()
        settled(notifier)
        connection = notifier._bus
    asyncio.run_coroutine_threadsafe(ended(connection), notifier._loop).result(WITHIN_S)
    notifier.close()
    assert told.sentences == []


async def ended(connection: Any) -> None:
    """Wait until a connection has noticed that its other side is gone."""
    with suppress(EOFError):
        await connection.wait_for_disconnect()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_missing_service_leaves_no_connection_open(address: str, notifier: DesktopNotifications) -> None:
    notifier.show("Head back", "", {})
    settled(notifier)
    before = open_files()
    for _ in range(20):
        notifier.show("Head back", "", {})
    settled(notifier)
    assert open_files() <= before


def test_no_bus_at_all_is_told(
    notifier: DesktopNotifications,
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    notifier.show("Head back", "", {})
    assert told.wait(1)[0].startswith("No notification can be shown, because there is no D-Bus session: run formcheck")


@pytest.mark.parametrize("display", [None, ":7"])
def test_a_session_that_says_nothing_of_a_bus_is_no_crash(display: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.setenv("HOME", "/nonexistent")
    assert why_unreachable() == "there is no D-Bus session"


def test_a_service_that_refuses_is_told(address: str, notifier: DesktopNotifications, told: Told) -> None:
    with running_service(address) as service:
        service.refuses = True
        notifier.show("Head back", "", {})
        assert "because the notification service refused the message" in told.wait(1)[0]


def test_a_service_that_never_answers_holds_nobody_up(
    address: str,
    notifier: DesktopNotifications,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desktop, "ANSWERS_WITHIN_S", 0.3)
    with running_service(address) as service:
        service.answers = False
        notifier.show("Head back", "", {})
        assert "because the notification service does not answer" in told.wait(1)[0]


def test_closing_does_not_wait_for_a_service_that_never_answers(
    address: str, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "CLOSES_WITHIN_S", 4.0)
    notifier = DesktopNotifications(pressed)
    with running_service(address) as service:
        service.answers = False
        notifier.show("Head back", "", {})
        notifier.close()
    assert not notifier._thread.is_alive()


def test_the_library_itself_says_nothing(
    address: str, notifier: DesktopNotifications, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with running_service(address) as service:
        service.refuses = True
        notifier.show("Head back", "", {})
        told.wait(1)
    assert {record.name for record in caplog.records if record.levelno >= logging.WARNING} == {desktop.__name__}


def test_whether_notifications_can_be_shown_is_known_beforehand(address: str) -> None:
    assert why_unreachable() == "no notification service runs"
    with running_service(address) as service:
        assert why_unreachable() is None
        assert service.shown == []


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "plan9"])
def test_every_platform_has_an_advice(platform: str) -> None:
    assert how_to_get(platform)
