"""A notification service on a D-Bus of its own: it keeps what it is asked to show, and can press a button."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from tests.heard import WITHIN_S

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INTROSPECTION = f"""<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node name="{PATH}"><interface name="{NAME}">
<method name="Notify">
 <arg name="app_name" type="s" direction="in"/><arg name="replaces_id" type="u" direction="in"/>
 <arg name="app_icon" type="s" direction="in"/><arg name="summary" type="s" direction="in"/>
 <arg name="body" type="s" direction="in"/><arg name="actions" type="as" direction="in"/>
 <arg name="hints" type="a{{sv}}" direction="in"/><arg name="expire_timeout" type="i" direction="in"/>
 <arg name="id" type="u" direction="out"/></method>
<method name="CloseNotification"><arg name="id" type="u" direction="in"/></method>
<method name="GetCapabilities"><arg name="capabilities" type="as" direction="out"/></method>
<method name="GetServerInformation">
 <arg name="name" type="s" direction="out"/><arg name="vendor" type="s" direction="out"/>
 <arg name="version" type="s" direction="out"/><arg name="spec_version" type="s" direction="out"/></method>
<signal name="ActionInvoked"><arg name="id" type="u"/><arg name="action_key" type="s"/></signal>
<signal name="NotificationClosed"><arg name="id" type="u"/><arg name="reason" type="u"/></signal>
</interface></node>"""


@dataclass(frozen=True)
class Shown:
    """One notification, as the service was asked to show it."""

    number: int
    app: str
    title: str
    text: str
    actions: dict[str, str]


@dataclass
class Service:
    """What the service was asked for, and pressing a button of it."""

    bus: MessageBus
    loop: asyncio.AbstractEventLoop
    refuses: bool = False
    answers: bool = True
    shown: list[Shown] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    changed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def wait(self, times: int = 1) -> None:
        """Wait until the service has been asked for something so many times."""
        for _ in range(times):
            assert self.changed.acquire(timeout=WITHIN_S), "the service was not asked"

    def press(self, number: int, key: str) -> None:
        """Press a button, as a person would."""
        signal = Message.new_signal(PATH, NAME, "ActionInvoked", "us", [number, key])
        asyncio.run_coroutine_threadsafe(self._send(signal), self.loop).result(WITHIN_S)

    async def _send(self, message: Message) -> None:
        await self.bus.send(message)

    def handle(self, message: Message) -> Message | bool:
        """Answer what is meant for the service."""
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return False
        if not self.answers:
            return True
        match message.member:
            case "Introspect":
                return Message.new_method_return(message, "s", [INTROSPECTION])
            case "GetServerInformation":
                return Message.new_method_return(message, "ssss", ["test", "formcheck", "1", "1.2"])
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [["actions", "body"]])
            case "Notify" if self.refuses:
                return Message.new_error(message, "org.freedesktop.DBus.Error.LimitsExceeded", "too many")
            case "Notify":
                return Message.new_method_return(message, "u", [self._keep(message.body)])
            case "CloseNotification":
                self.closed.append(message.body[0])
                self.changed.release()
                return Message.new_method_return(message)
        return False

    def _keep(self, body: list[Any]) -> int:
        app, _, _, title, text, actions, _, _ = body
        number = len(self.shown) + 1
        self.shown.append(Shown(number, app, title, text, dict(zip(actions[::2], actions[1::2], strict=True))))
        self.changed.release()
        return number


@contextmanager
def running_bus(address: str) -> Iterator[None]:
    """A message bus at an address of its own, without any service."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    command = [daemon, "--session", "--nofork", "--nosyslog", "--nopidfile", f"--address={address}", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as bus:
        assert bus.stdout is not None
        assert bus.stdout.readline().startswith("unix:")
        try:
            yield
        finally:
            bus.terminate()


@contextmanager
def running_service(address: str) -> Iterator[Service]:
    """The service on that bus, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> Service:
        service = Service(await MessageBus(bus_address=address).connect(), loop)
        service.bus.add_message_handler(service.handle)
        await service.bus.request_name(NAME)
        return service

    async def end(service: Service) -> None:
        service.bus.disconnect()
        await service.bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    service = asyncio.run_coroutine_threadsafe(begin(), loop).result(WITHIN_S)
    try:
        yield service
    finally:
        asyncio.run_coroutine_threadsafe(end(service), loop).result(WITHIN_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
