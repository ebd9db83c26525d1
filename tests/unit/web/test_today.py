"""What the server tells of the days at the desk, and whom."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.server import TestClient, client_of, served, settings_in
from tests.unit.storage.desk_examples import FRIDAY, MONDAY, store, week

from formcheck.web.app import create_app

TODAY, WEEK = "/v1/desk/today", "/v1/desk/week"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    store(folder / "desk.db", week(None))  # in this computer's time zone, as the server sees it
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with served(settings_in(home)) as client:
        yield client


def test_a_day_is_told_in_figures_and_words(client: TestClient) -> None:
    told = client.get(TODAY, params={"day": MONDAY.isoformat()}).json()
    assert told["title"] == "Monday, 2 March 2026"
    assert told["sentence"].startswith("You sat for 5 h 45 min and stood for 40 min, with 4 breaks;")
    assert told["totals"]["standing_s"] == 2400.0
    assert (told["first_hour"], told["last_hour"]) == (9, 17)
    assert told["days"][0]["pieces"][0]["from_h"] == 9.0
    assert [rule["name"] for rule in told["rules"]] == ["Head forward", "Looking down"]


def test_a_week_is_told_in_the_language_that_is_asked_for(client: TestClient) -> None:
    told = client.get(WEEK, params={"day": FRIDAY.isoformat(), "language": "de"}).json()
    assert [day["figures"] == "nichts da" for day in told["days"]] == [True, True, False, False, True, False, False]
    assert told["set_ups"][0]["most_off"] == "Blick nach unten"


def test_today_is_the_day_without_another(client: TestClient) -> None:
    before = date.today()
    told = client.get(TODAY).json()
    assert before.isoformat() <= told["days"][0]["date"] <= date.today().isoformat()
    assert told["days"][0]["pieces"] == []


@pytest.mark.parametrize("query", ["day=tomorrow", "day=1066-10-14", "language=xx"])
def test_what_is_no_day_or_language_is_the_clients_mistake(client: TestClient, query: str) -> None:
    assert client.get(f"{TODAY}?{query}").status_code == 422


def test_a_damaged_history_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"damaged" * 500)
    answer = client_of(create_app(settings_in(tmp_path))).get(TODAY)
    assert answer.status_code == 422
    assert "is damaged; move it elsewhere" in answer.json()["detail"]


def test_looking_makes_no_history(tmp_path: Path) -> None:
    assert client_of(create_app(settings_in(tmp_path))).get(WEEK).status_code == 200
    assert not (tmp_path / "desk.db").exists()


@pytest.mark.parametrize("path", [TODAY, WEEK])
def test_other_computers_are_not_told_even_with_the_token(home: Path, path: str) -> None:
    token = "0123456789abcdef"
    app = create_app(settings_in(home, host="0.0.0.0", token=token))
    bearer = {"authorization": f"Bearer {token}"}
    other = client_of(app, client=("192.168.1.7", 9), headers=bearer, base_url="http://192.168.1.2:8000")
    assert other.get("/v1/exercises").status_code == 200
    answer = other.get(path)
    assert answer.status_code == 403
    assert answer.json()["detail"] == (
        "The days at the desk are shown only on the computer that formcheck serve runs on."
    )
    assert client_of(app, headers=bearer).get(path).status_code == 200


def test_the_page_is_there(client: TestClient) -> None:
    page = client.get("/today")
    assert page.status_code == 200
    assert '<a href="/today" aria-current="page"' in page.text
    for other in ("/", "/film", "/exercises"):
        assert '<a href="/today"' in client.get(other).text
