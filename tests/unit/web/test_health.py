"""What a watchdog and Prometheus see."""

from pathlib import Path

import pytest
from tests.server import served, settings_in

from formcheck.web.metrics import Metrics


def test_a_server_that_answers_is_alive(tmp_path: Path) -> None:
    with served(settings_in(tmp_path)) as client:
        assert client.get("/healthz").json() == {"alive": True}


def test_a_server_without_a_model_is_not_ready_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path / "models"))
    with served(settings_in(tmp_path)) as client:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["model"] is False
        assert "formcheck models pull full" in answer.json()["text"]
        film = client.post("/v1/analyses", files={"film": ("a.mp4", b"x")}, data={"exercise": "plank"})
        assert film.status_code == 503
        assert "formcheck models pull full" in film.json()["detail"]
        assert client.get("/v1/analyses").json() == []


def test_a_server_with_a_model_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path))
    (tmp_path / "pose_landmarker_full.task").write_bytes(b"model")
    with served(settings_in(tmp_path)) as client:
        assert client.get("/readyz").json() == {"ready": True, "model": True, "waiting": 0, "text": None}


def test_requests_are_counted_by_route_and_not_by_address(tmp_path: Path) -> None:
    with served(settings_in(tmp_path)) as client:
        client.get("/v1/exercises/deadlift")
        client.get("/v1/exercises/squat")
        client.get("/secret-film-name")
        client.request("BREW", "/healthz")
        figures = client.get("/metrics").text
    assert 'formcheck_requests_total{method="GET",route="/v1/exercises/{name}",status="200"} 2.0' in figures
    assert 'route="none",status="404"} 1.0' in figures
    assert 'method="other"' in figures
    assert "secret" not in figures
    assert "BREW" not in figures
    assert 'formcheck_analyses{status="queued"} 0.0' in figures
    for name in ("live_sessions", "poses_judged_total", "frames_decoded_total", "frames_dropped_total"):
        assert f"formcheck_{name} 0.0" in figures
    assert "formcheck_pose_seconds_count 0.0" in figures


def test_two_servers_count_for_themselves() -> None:
    first, second = Metrics(), Metrics()
    first.poses_judged.inc(3)
    assert "formcheck_poses_judged_total 3.0" in first.text().decode()
    assert "formcheck_poses_judged_total 0.0" in second.text().decode()
