"""`formcheck serve` as a process of its own: a film analysed end to end, restarts, and what is refused at the door."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from formcheck.errors import ModelError
from formcheck.estimators import models
from formcheck.shipped import shipped_file

pytestmark = pytest.mark.model

PROJECT = Path(__file__).parents[2]
SAMPLE = "plank_sagging.mp4"


@pytest.fixture(autouse=True)
def _ready(pose_model: Path) -> None:
    """Everything that serve would fetch is here."""
    try:
        models.model_path("lite")
        models.browser_dir()
    except ModelError as error:
        pytest.skip(str(error))


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "formcheck", "serve", "--port", "0", *options]


@contextmanager
def serving(folder: Path, *options: str, end: signal.Signals = signal.SIGTERM) -> Iterator[str]:
    """Start the server in its own process and give its address, as it prints it."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command("--data", str(folder), *options), stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        try:
            said = server.stdout.readline()
            found = re.fullmatch(r"formcheck is at (https?://\S+) until you press Ctrl\+C\.\n", said)
            assert found, said
            yield found[1]
        finally:
            server.send_signal(end)
            server.wait(timeout=30)


def wait_for(client: httpx.Client, url: str, *statuses: str) -> dict[str, Any]:
    """Ask until an analysis has one of these statuses."""
    while True:
        found: dict[str, Any] = client.get(url).json()
        if found["status"] in statuses:
            return found
        assert found["status"] in ("queued", "running"), found
        time.sleep(0.1)  # the child works at low priority: asking without a pause would keep it from its work


def send(client: httpx.Client, film: Path, exercise: str) -> dict[str, Any]:
    answer = client.post("/v1/analyses", files={"film": (film.name, film.read_bytes())}, data={"exercise": exercise})
    assert answer.status_code == 202, answer.text
    sent: dict[str, Any] = answer.json()
    return sent


def test_a_film_becomes_the_report_that_analyze_makes(tmp_path: Path) -> None:
    film = shipped_file("samples", SAMPLE)
    with serving(tmp_path / "data") as address, httpx.Client(base_url=address) as client:
        done = wait_for(client, send(client, film, "plank")["url"], "done")
        assert done["done"] == done["total"] > 0
        report = client.get(f"{done['url']}/report.json").json()
        recorded = client.get(f"{done['url']}/files/poses.parquet").content
        part = client.get(f"{done['url']}/files/annotated.mp4", headers={"range": "bytes=0-99"})
        assert part.status_code == 206
        assert len(part.content) == 100

        again = client.post("/v1/analyses", files={"poses": ("a.parquet", recorded)}, data={"exercise": "plank"}).json()
        replayed = client.get(f"{wait_for(client, again['url'], 'done')['url']}/report.json").json()
    analyze = [sys.executable, "-m", "formcheck", "analyze", str(film), "-e", "plank", "--out", str(tmp_path / "out")]
    subprocess.run([*analyze, "--quiet"], check=True)
    assert report == json.loads((tmp_path / "out" / "report.json").read_text())
    assert replayed["findings"] == report["findings"]
    assert report["summary"] == done["text"]
    assert not list((tmp_path / "data").glob("*/upload"))


def test_what_is_no_film_fails_with_formchecks_own_sentence(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('this must never be run')")
    with serving(tmp_path / "data") as address, httpx.Client(base_url=address) as client:
        failed = wait_for(client, send(client, tmp_path / "numpy.py", "plank")["url"], "failed")
        assert failed["text"].startswith("numpy.py is no film or photo that can be read")
        assert str(tmp_path) not in failed["text"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_server_that_is_killed_takes_its_children_along_and_says_so_afterwards(tmp_path: Path) -> None:
    film = shipped_file("samples", "deadlift_rounded.mp4")
    with serving(tmp_path, end=signal.SIGKILL) as address, httpx.Client(base_url=address) as client:
        running = send(client, film, "deadlift")
        wait_for(client, running["url"], "running")
        waiting = send(client, film, "deadlift")
    with serving(tmp_path) as address, httpx.Client(base_url=address) as client:
        for one in (running, waiting):
            found = client.get(one["url"]).json()
            assert found["status"] == "interrupted"
            assert found["text"] == "formcheck was stopped before this was analysed; send it again."
    assert not list(tmp_path.glob("*/upload"))
    assert not list(tmp_path.glob("*/report"))


def test_a_huge_upload_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://").rstrip("/"), timeout=10)
        connection.putrequest("POST", "/v1/analyses")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(3 * 2**30))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["detail"].startswith("The film is too large: at most 1024 MB")
        connection.close()


def test_names_origins_and_headers_hold_in_a_real_server(tmp_path: Path) -> None:
    with serving(tmp_path) as address, httpx.Client(base_url=address) as client:
        assert client.get("/healthz").json() == {"alive": True}
        assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 421
        assert client.get("/v1/analyses", headers={"origin": "http://evil.example"}).status_code == 403
        upgrade = {
            "connection": "Upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        refused = client.get("/v1/live", headers={**upgrade, "origin": "http://evil.example"})
        assert refused.status_code == 403
        assert refused.json()["detail"].startswith("Only formcheck's own pages may do that")
        assert "server" not in client.get("/").headers


def test_a_token_opens_once_and_becomes_a_cookie(tmp_path: Path) -> None:
    token = "only-for-this-test-1234"
    with serving(tmp_path, "--token", token) as address:
        assert address.endswith(f"/?token={token}")
        base = address.partition("?")[0]
        with httpx.Client(base_url=base) as client:
            assert client.get("/v1/analyses").status_code == 401
            assert client.get(address).status_code == 200
            assert client.get("/v1/analyses").json() == []


def test_on_a_network_a_token_is_made(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as address:
        found = re.fullmatch(r"http://([^:/]+):(\d+)/\?token=([\w-]{32})", address)
        assert found
        with httpx.Client(base_url=f"http://127.0.0.1:{found[2]}") as client:
            assert client.get("/v1/analyses").status_code == 401
            assert client.get("/v1/analyses", headers={"authorization": f"Bearer {found[3]}"}).json() == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_over_https_own_pages_are_https_pages(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *names, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    trust = ssl.create_default_context(cafile=certificate)
    with (
        serving(tmp_path / "data", "--cert", str(certificate), "--key", str(key)) as address,
        httpx.Client(base_url=address, verify=trust) as client,
    ):
        own = {"origin": address.rstrip("/"), "sec-fetch-site": "same-origin"}
        assert address.startswith("https://")
        assert client.get("/v1/analyses", headers=own).json() == []
        plain = {"origin": address.rstrip("/").replace("https", "http")}
        assert client.get("/v1/analyses", headers=plain).status_code == 403


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "TAKEN"], "cannot be opened: it is taken; choose another with --port."),
        (["--port", "99999"], "--port cannot be 99999"),
        (["--host", "no.such.name.invalid"], "There is no computer or address 'no.such.name.invalid'"),
        (["--token", "short"], "A token is 16 to 200 letters, digits, - and _"),
        (["--cert", "none.pem"], "For https both are needed: give --cert and --key."),
        (["--exercises", "no-such-folder"], "The folder no-such-folder of exercises cannot be read"),
    ],
)
def test_what_cannot_be_served_is_one_sentence_and_touches_nothing(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        options = [port if option == "TAKEN" else option for option in options]
        done = subprocess.run(
            command("--data", str(tmp_path / "data"), *options), capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_the_client_of_the_documentation_works(tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "server.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    with serving(tmp_path) as address:
        example = example.replace("http://127.0.0.1:8000", address.rstrip("/"))
        example = example.replace("deadlift.mp4", str(shipped_file("samples", "deadlift_rounded.mp4")))
        done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("done Back rounded")
        assert "3 reps, score" in done.stdout
        with urllib.request.urlopen(f"{address}v1/analyses") as answer:
            assert json.load(answer)[0]["status"] == "done"
