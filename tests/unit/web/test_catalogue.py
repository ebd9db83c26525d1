"""What the catalogue says, and that a request makes the server read no file it should not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server import TestClient, client_of, served, settings_in

from formcheck.exercise.language import load_language
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.shipped import shipped_file
from formcheck.web.app import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served(settings_in(tmp_path_factory.mktemp("home"))) as client:
        yield client


def test_every_exercise_is_listed_with_what_it_needs(client: TestClient) -> None:
    listed = client.get("/v1/exercises").json()
    assert [entry["id"] for entry in listed] == list(catalogue())
    deadlift = next(entry for entry in listed if entry["id"] == "deadlift")
    assert deadlift["name"] == "Deadlift"
    assert deadlift["counts"] == "rep"
    assert deadlift["views"] == list(load_exercise("deadlift").views)
    assert deadlift["measure"] == load_exercise("deadlift").movement.measure


def test_an_exercise_says_what_it_checks_and_what_it_cannot_see(client: TestClient) -> None:
    spec = load_exercise("glute_bridge")
    shown = client.get("/v1/exercises/glute_bridge").json()
    assert {rule["id"] for rule in shown["checks"]} == {r.id for r in spec.rules if not r.not_measurable}
    assert {rule["id"] for rule in shown["cannot_see"]} == {r.id for r in spec.rules if r.not_measurable} != set()
    assert all(key in shown["sources"] for rule in shown["checks"] for key in rule["sources"])
    assert all(rule["wanted"] and rule["cue"] and rule["why"] for rule in shown["checks"])


def test_names_and_cues_come_in_the_language_that_is_asked_for(client: TestClient) -> None:
    german = load_language("de")
    shown = client.get("/v1/exercises/deadlift", params={"language": "de"}).json()
    rule = load_exercise("deadlift").rules[0]
    assert shown["name"] == german.exercise("deadlift", "Deadlift") != "Deadlift"
    assert shown["checks"][0]["cue"] == german.cue("deadlift", rule.id, rule.cue) != rule.cue


def test_the_words_of_the_pages_come_by_language(client: TestClient) -> None:
    shown = client.get("/v1/languages/de").json()
    assert shown == {"code": "de", "languages": ["en", "de"], "page": dict(load_language("de").page)}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/v1/exercises/dedlift", "There is no exercise of that name (did you mean 'deadlift'?)."),
        ("/v1/languages/xx", "There is no language 'xx'; known are en, de."),
        ("/nothing", "There is nothing at this address; the pages are /, /film, /exercises and /today."),
    ],
)
def test_what_is_not_there_is_one_sentence(client: TestClient, path: str, sentence: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"title": "Not Found", "status": 404, "detail": sentence}
    page = client.get(path, headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


def test_an_unknown_language_of_names_is_the_clients_mistake(client: TestClient) -> None:
    assert client.get("/v1/exercises", params={"language": "xx"}).status_code == 422


def test_a_path_is_no_exercise(client: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text("password = 'open sesame'")
    answer = client.get(f"/v1/exercises/{str(secret).replace('/', '%2F')}")
    assert answer.status_code == 404
    assert "sesame" not in answer.text
    assert client.app.state.formcheck.exercises.keys() == set(catalogue())  # type: ignore[attr-defined]


def test_exercises_of_ones_own_are_called_by_their_folder(tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path, exercises=shipped_file("samples", "exercises")))
    assert client_of(app).get("/v1/exercises/exercises:good_morning").json()["name"] == "Good morning"


def test_the_limits_are_said(client: TestClient) -> None:
    assert client.get("/v1/limits").json() == {"max_upload_mb": 1024.0, "max_film_s": 1800.0}


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2Fapp.py", "/pose/%2e%2e/x"]
)
def test_no_file_outside_its_folder_is_given(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 503)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_pages_that_load_scripts_from_elsewhere_are_off(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
