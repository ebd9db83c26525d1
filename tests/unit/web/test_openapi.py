"""The description of the interface is true enough for a machine to throw a few hundred requests at it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from tests.server import settings_in

from formcheck.web.app import create_app

HOST = {"host": "127.0.0.1:8000"}
EXAMPLES = 40


def description(tmp_path: Path) -> dict[str, Any]:
    described: dict[str, Any] = create_app(settings_in(tmp_path)).openapi()
    return described


def operations(described: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def test_everything_of_the_interface_is_described(tmp_path: Path) -> None:
    assert set(operations(description(tmp_path))) == {
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
        "GET /v1/analyses",
        "POST /v1/analyses",
        "GET /v1/analyses/{name}",
        "DELETE /v1/analyses/{name}",
        "GET /v1/analyses/{name}/report",
        "GET /v1/analyses/{name}/report.json",
        "GET /v1/analyses/{name}/files/{file}",
        "GET /v1/desk/today",
        "GET /v1/desk/week",
        "GET /v1/exercises",
        "GET /v1/exercises/{name}",
        "GET /v1/languages/{code}",
        "GET /v1/limits",
    }


def test_the_upload_is_described_with_its_fields(tmp_path: Path) -> None:
    described = description(tmp_path)
    form = described["paths"]["/v1/analyses"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["properties"]) == {"film", "poses", "exercise", "language", "profile", "start", "end"}


def test_everything_that_is_asked_or_answered_has_an_example(tmp_path: Path) -> None:
    described = description(tmp_path)
    for name, operation in operations(described).items():
        assert operation["description"], name
        for parameter in operation.get("parameters", ()):
            assert parameter.get("examples") or parameter["schema"].get("examples"), (name, parameter["name"])
    for name in ("Analysis", "ExerciseSummary", "Problem"):
        assert described["components"]["schemas"][name]["example"]


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("home")
    (folder / "models").mkdir()
    (folder / "models" / "pose_landmarker_full.task").write_bytes(b"no model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMCHECK_MODEL_DIR", str(folder / "models"))
        app = create_app(settings_in(folder, queue_length=10**6))
        yield schemathesis.openapi.from_asgi("/openapi.json", app, headers=HOST)


def test_no_request_makes_the_server_fail(schema: Any) -> None:
    """Nothing but refusals and answers; the queue is not worked off, so no film is looked at."""
    seen: dict[int, int] = {}
    for found in schema.get_all_operations():

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=found.ok().as_strategy())
        def throw(case: Any) -> None:
            answer = case.call(headers=HOST)
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
            case.validate_response(answer, checks=[not_a_server_error])
            assert "Traceback" not in answer.text

        throw()
    assert 421 not in seen
    assert sum(seen.values()) > 100
    assert {200, 404, 422} <= set(seen)
