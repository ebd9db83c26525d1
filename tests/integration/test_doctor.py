"""The doctor, and the notifiers that are not set, talk to nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path

WATCHED = """
import socket, sys

opened = []


def note(event, args):
    if event == "socket.connect" and args[0].family != socket.AF_UNIX:
        opened.append(args[1])
    elif event in ("socket.bind", "socket.getaddrinfo", "socket.sendto"):
        opened.append(args[1:] if event == "socket.bind" else args)


sys.addaudithook(note)
"""
END = """
print(len(opened), opened[:3], file=sys.stderr)
print(*sorted({"httpx", "paho", "tenacity"} & set(sys.modules)), file=sys.stderr)
"""
DOCTOR = """
from formcheck.cli.main import main
sys.argv = ["formcheck", "doctor", "--no-camera", "--json"]
try:
    main()
except SystemExit:
    pass
"""
NOTIFIERS = """
from formcheck.notify import desktop, hint, mqtt, sound, webhook
for made in (desktop.DesktopNotifications(print), sound.Chime(), hint.Hint(print)):
    made.show("Head back", "over your shoulders", {"snooze_30": "30 min"})
    made.close()
"""


def watched(code: str, home: Path) -> tuple[str, list[str]]:
    """Run code while its sockets are watched; return what it prints, and what was opened and loaded."""
    environment = {**os.environ, "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    environment.pop("DISPLAY", None)
    environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home / 'nothing'}"
    run = subprocess.run(
        [sys.executable, "-c", WATCHED + code + END], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout, run.stderr.splitlines()[-2:]


def test_the_doctor_opens_no_network_socket(tmp_path: Path) -> None:
    printed, (opened, loaded) = watched(DOCTOR, tmp_path)
    checks = {check["name"]: check for check in json.loads(printed)["checks"]}
    assert checks["network"]["state"] == "ok"
    assert checks["notifications"]["found"] == "none can be shown, because there is no D-Bus session"
    assert (opened, loaded) == ("0 []", "")


def test_notifications_sounds_and_hints_open_no_network_socket(tmp_path: Path) -> None:
    _, (opened, loaded) = watched(NOTIFIERS, tmp_path)
    assert (opened, loaded) == ("0 []", "")
